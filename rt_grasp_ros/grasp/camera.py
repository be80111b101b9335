"""The camera: pixels to rays and back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .distortion import Distortion
from .errors import IntrinsicsInvalid


@dataclass(frozen=True, slots=True)
class Intrinsics:
    """A pinhole camera, behind a lens or rectified (REP 104).

    The optical frame follows REP 103: +z forward, +x right, +y down. A pixel's coordinates
    follow `GraspRectangle`; `cx_px`, `cy_px` follow ROS and OpenCV, where the centre of the top
    left pixel is (0, 0), hence the half pixel between the two in the formulas below.

    Attributes:
        fx_px: focal length along x.
        fy_px: focal length along y.
        cx_px: principal point.
        cy_px: principal point.
        width_px: image width.
        height_px: image height.
        distortion: of the lens; None for rectified pictures.
    """

    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float
    width_px: int
    height_px: int
    distortion: Distortion | None = None

    def __post_init__(self) -> None:
        """Refuse an uncalibrated camera.

        Raises:
            IntrinsicsInvalid: a number is not finite or a focal length is not positive.
        """
        numbers = (self.fx_px, self.fy_px, self.cx_px, self.cy_px)
        if not all(math.isfinite(number) for number in numbers) or min(self.fx_px, self.fy_px) <= 0:
            raise IntrinsicsInvalid(
                f"The camera matrix is not usable (fx={self.fx_px:g}, fy={self.fy_px:g}); "
                "calibrate the camera or let its driver publish camera_info with K filled in."
            )

    def back_project(
        self, pixels: NDArray[np.floating], depth_m: NDArray[np.floating] | float
    ) -> NDArray[np.float64]:
        """Return the points at the given depth along z behind pixels.

        Args:
            pixels: `[x, y]`, shape (..., 2).
            depth_m: distance along the optical z axis (not along the ray), shape (...).

        Returns:
            Points in the optical frame in metres, shape (..., 3); NaN at the rim of a picture
            where the lens shows nothing.
        """
        pixels = np.asarray(pixels, dtype=np.float64)
        depth = np.asarray(depth_m, dtype=np.float64)
        x, y = (pixels[..., axis] for axis in range(2))
        x, y = (x - 0.5 - self.cx_px) / self.fx_px, (y - 0.5 - self.cy_px) / self.fy_px
        if self.distortion is not None:
            x, y = np.moveaxis(self.distortion.undistorted(np.stack([x, y], axis=-1)), -1, 0)
        points_m = np.empty((*np.broadcast_shapes(x.shape, depth.shape), 3))
        np.multiply(x, depth, out=points_m[..., 0])
        np.multiply(y, depth, out=points_m[..., 1])
        points_m[..., 2] = depth
        return points_m

    def back_project_all(self, depth_m: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the point behind the middle of each pixel, see `back_project`.

        Args:
            depth_m: of the whole picture, shape (H, W).

        Returns:
            Shape (H, W, 3), metres; NaN where the depth is, or the lens shows nothing.
        """
        height_px, width_px = depth_m.shape
        columns, rows = np.arange(width_px) + 0.5, np.arange(height_px) + 0.5
        if self.distortion is not None:
            return self.back_project(np.stack(np.meshgrid(columns, rows), axis=-1), depth_m)
        points_m = np.empty((height_px, width_px, 3))
        points_m[..., 2] = depth_m
        # Without a lens a ray's x is that of its column, its y that of its row.
        np.multiply(points_m[..., 2], (columns - 0.5 - self.cx_px) / self.fx_px, points_m[..., 0])
        rays_y = (rows - 0.5 - self.cy_px) / self.fy_px
        np.multiply(points_m[..., 2], rays_y[:, None], points_m[..., 1])
        return points_m

    def project(self, points_m: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the pixels `[x, y]` (shape (..., 2)) of points in the optical frame.

        Args:
            points_m: points in front of the camera in metres, shape (..., 3).
        """
        points = np.asarray(points_m, dtype=np.float64)
        rays = points[..., :2] / points[..., 2:]
        if self.distortion is not None:
            rays = self.distortion.distorted(rays)
        return rays * (self.fx_px, self.fy_px) + (self.cx_px, self.cy_px) + 0.5


def intrinsics_of_matrix(
    matrix: NDArray[np.float64],
    width_px: int,
    height_px: int,
    distortion: Distortion | None = None,
) -> Intrinsics:
    """Return the camera of a matrix.

    Args:
        matrix: K, or the first three columns of P, shape (3, 3), in pixels.
        width_px: of the pictures.
        height_px: of the pictures.
        distortion: of the lens.

    Raises:
        IntrinsicsInvalid: the matrix is transposed, has skew, or is none of a camera.
    """
    fx_px, skew, cx_px, low, fy_px, cy_px = matrix[:2].ravel().tolist()
    is_camera = np.allclose(matrix[2], (0.0, 0.0, 1.0)) and low == 0.0
    is_filled = matrix.any() and np.isfinite(matrix).all()
    if is_filled and not (is_camera and abs(skew) <= 1e-3 * abs(fx_px)):
        raise IntrinsicsInvalid(
            f"{matrix.round(3).tolist()} is no camera matrix; give [[fx, 0, cx], [0, fy, cy], "
            "[0, 0, 1]] row by row, in pixels and without skew."
        )
    return Intrinsics(fx_px, fy_px, cx_px, cy_px, width_px, height_px, distortion)

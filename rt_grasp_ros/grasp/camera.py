"""The pinhole camera: pixels to rays and back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .errors import IntrinsicsInvalid


@dataclass(frozen=True, slots=True)
class Intrinsics:
    """A rectified pinhole camera (REP 104: the K of a rectified image).

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
    """

    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float
    width_px: int
    height_px: int

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
            Points in the optical frame in metres, shape (..., 3).
        """
        pixels = np.asarray(pixels, dtype=np.float64)
        depth = np.asarray(depth_m, dtype=np.float64)
        x = (pixels[..., 0] - 0.5 - self.cx_px) / self.fx_px * depth
        y = (pixels[..., 1] - 0.5 - self.cy_px) / self.fy_px * depth
        return np.stack(np.broadcast_arrays(x, y, depth), axis=-1)

    def project(self, points_m: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the pixels `[x, y]` (shape (..., 2)) of points in the optical frame.

        Args:
            points_m: points in front of the camera in metres, shape (..., 3).
        """
        points = np.asarray(points_m, dtype=np.float64)
        x = points[..., 0] / points[..., 2] * self.fx_px + self.cx_px + 0.5
        y = points[..., 1] / points[..., 2] * self.fy_px + self.cy_px + 0.5
        return np.stack([x, y], axis=-1)

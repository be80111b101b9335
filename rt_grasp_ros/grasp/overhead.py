"""A camera that is not there, straight above the table, and rectangles in its picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .camera import Intrinsics
from .plane import Plane
from .rectangle import GraspRectangle

_UP_IN_PICTURE = np.array([0.0, -1.0, 0.0])
_RIGHT_IN_PICTURE = np.array([1.0, 0.0, 0.0])


@dataclass(frozen=True, slots=True, eq=False)
class TableAxes:
    """Coordinates on a plane, in metres; up in the picture is up on the table.

    Attributes:
        plane: in the optical frame of the real camera.
        right: unit vector on the plane, shape (3,).
        down: unit vector on the plane, square to it, shape (3,).
    """

    plane: Plane
    right: NDArray[np.float64]
    down: NDArray[np.float64]

    @classmethod
    def of(cls, plane: Plane) -> TableAxes:
        """Return the axes of a plane; the real camera's foot is their origin."""
        up = _UP_IN_PICTURE - plane.normal * float(_UP_IN_PICTURE @ plane.normal)
        if np.linalg.norm(up) < 1e-3:  # it looks along the picture's up: never at a table
            up = _RIGHT_IN_PICTURE
        down = -up / np.linalg.norm(up)
        return cls(plane, np.cross(down, -plane.normal), down)

    def coordinates_m(self, points_m: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return where on the plane points (shape (..., 3)) stand, shape (..., 2)."""
        return np.asarray(points_m) @ np.stack([self.right, self.down], axis=1)

    def point_m(self, coordinates_m: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the point of the plane (shape (..., 3)) at coordinates (shape (..., 2))."""
        on_plane = np.asarray(coordinates_m) @ np.stack([self.right, self.down])
        return on_plane - self.plane.offset_m * self.plane.normal


@dataclass(frozen=True, slots=True, eq=False)
class Overhead:
    """A camera straight above a place of the table.

    Attributes:
        camera: the real one.
        view: the one above.
        axes: of the table.
        position_m: of the one above in the optical frame of the real one, shape (3,).
    """

    camera: Intrinsics
    view: Intrinsics
    axes: TableAxes
    position_m: NDArray[np.float64]

    @classmethod
    def above(
        cls,
        camera: Intrinsics,
        view: Intrinsics,
        axes: TableAxes,
        place_m: NDArray[np.floating],
        distance_m: float,
    ) -> Overhead:
        """Put a camera above a place.

        Args:
            camera: the real one.
            view: the one above.
            axes: of the table.
            place_m: coordinates on the table, shape (2,).
            distance_m: from the table.
        """
        position_m = axes.point_m(place_m) + distance_m * axes.plane.normal
        return cls(camera, view, axes, position_m)

    @property
    def R_camera_view(self) -> NDArray[np.float64]:
        """Columns are the optical axes of the camera above, shape (3, 3)."""
        return np.stack([self.axes.right, self.axes.down, -self.axes.plane.normal], axis=1)

    def in_view_m(self, points_m: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return points (shape (..., 3)) in the optical frame of the camera above."""
        return np.asarray((np.asarray(points_m) - self.position_m) @ self.R_camera_view)

    def points_of_m(
        self, pixels: NDArray[np.floating], height_m: NDArray[np.floating] | float
    ) -> NDArray[np.float64]:
        """Return what pixels of the view show, in the optical frame of the real camera.

        Args:
            pixels: `[x, y]` in the view, shape (..., 2).
            height_m: how high above the table it is, shape (...).
        """
        depth_m = self.axes.plane.height_m(self.position_m) - height_m
        return self.view.back_project(pixels, depth_m) @ self.R_camera_view.T + self.position_m

    def pixels_px(
        self, height_m: NDArray[np.floating]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
        """Return where the real picture shows what each pixel of the view does.

        Args:
            height_m: how high above the table that is, shape (h, w).

        Returns:
            x and y in the real picture from the middle of its first pixel, and whether the place is
            in front of the real camera, each of shape (h, w).
        """
        depth_m = self.axes.plane.height_m(self.position_m) - height_m
        across = (np.arange(self.view.width_px) - self.view.cx_px) / self.view.fx_px
        down = (np.arange(self.view.height_px) - self.view.cy_px) / self.view.fy_px
        x_m, y_m, z_m = (
            (row[0] * across + row[2] + (row[1] * down)[:, None]) * depth_m + offset_m
            for row, offset_m in zip(self.R_camera_view, self.position_m, strict=True)
        )
        is_in_front = z_m > 0
        for axis_m, instead_m in ((x_m, 0.0), (y_m, 0.0), (z_m, 1.0)):
            axis_m[~is_in_front] = instead_m
        if self.camera.distortion is None:
            x_px = x_m / z_m * self.camera.fx_px + self.camera.cx_px
            y_px = y_m / z_m * self.camera.fy_px + self.camera.cy_px
        else:
            pixels = self.camera.project(np.stack([x_m, y_m, z_m], axis=-1)) - 0.5
            x_px, y_px = np.moveaxis(pixels, -1, 0)
        return x_px.astype(np.float32), y_px.astype(np.float32), is_in_front

    def to_picture(self, rectangle: GraspRectangle, height_m: float) -> GraspRectangle:
        """Carry a rectangle from the view to the real picture; the jaws' ends stay where they are.

        Args:
            rectangle: in the view.
            height_m: how high above the table the jaws are.
        """
        ends_px = self.camera.project(self.points_of_m(rectangle.jaw_centres(), height_m))
        return _with_jaws_at(rectangle, ends_px, self.camera)

    def to_view(self, rectangle: GraspRectangle, height_m: float) -> GraspRectangle:
        """Carry a rectangle from the real picture to the view, see `to_picture`."""
        rays = self.camera.back_project(rectangle.jaw_centres(), 1.0)
        plane = self.axes.plane
        reach = (plane.offset_m - height_m) / -(rays @ plane.normal)
        ends_px = self.view.project(self.in_view_m(rays * reach[:, None]))
        return _with_jaws_at(rectangle, ends_px, self.view)


def _with_jaws_at(
    rectangle: GraspRectangle, ends_px: NDArray[np.float64], camera: Intrinsics
) -> GraspRectangle:
    """Return a rectangle of the same shape between two jaws, shape (2, 2), of another picture."""
    along = ends_px[1] - ends_px[0]
    opening_px = float(np.linalg.norm(along))
    x_px, y_px = ends_px.mean(axis=0)
    return GraspRectangle(
        x_px=float(x_px),
        y_px=float(y_px),
        theta_rad=math.atan2(-along[1], along[0]),
        opening_px=opening_px,
        jaw_px=rectangle.jaw_px * opening_px / rectangle.opening_px,
        image_width_px=camera.width_px,
        image_height_px=camera.height_px,
    )

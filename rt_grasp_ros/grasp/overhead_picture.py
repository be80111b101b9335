"""What a camera straight above the table would see, drawn from a colour and a depth picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from .bearing import TALLEST_M
from .depth import samples_in_polygon
from .depth_holes import fill_holes
from .drawn_heights import drawn_heights_m
from .frame import RgbdFrame
from .overhead import Overhead, TableAxes
from .plane import Plane
from .rectangle import GraspRectangle

_FILL_SCALE = 8  # what nobody sees is filled with the table around it, from a picture so small
_FILL_SIGMA = 3.0
_MEDIAN_PX = 5
_TABLE_WITHIN_M = 0.01
_TOP_PERCENTILE = 90.0
_BESIDE_ROBOT_SHARE = 1 / 120  # of the picture's width: so far beside the robot depth is a mixture


@dataclass(frozen=True, slots=True, eq=False)
class OverheadPicture:
    """The picture of a camera that is not there.

    Attributes:
        overhead: that camera.
        rgb: uint8, shape (h, w, 3).
        height_m: of what each pixel shows above the table, float32, shape (h, w).
        seen: which pixels the real camera sees, shape (h, w), bool; the others are filled.
    """

    overhead: Overhead
    rgb: NDArray[np.uint8]
    height_m: NDArray[np.float32]
    seen: NDArray[np.bool_]

    def height_at_m(self, rectangle: GraspRectangle) -> float:
        """Return how high the upper part of what is inside a rectangle of the view stands."""
        inside = samples_in_polygon(self.height_m, self.overhead.view, rectangle.corners())
        heights_m = inside.points_m[:, 2]
        return float(np.percentile(heights_m, _TOP_PERCENTILE)) if len(heights_m) else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class TableScene:
    """A frame with the height of everything above the table.

    Attributes:
        frame: colour and depth, small holes at the edges of things filled.
        axes: of the table.
        height_m: of each pixel, float32, shape (H, W), NaN where depth is.
        is_thing: which pixels show something that stands on the table, shape (H, W), bool.
        is_table: which show the table itself, shape (H, W), bool.
        is_robot: which show the robot, or depth mixed of it and what is behind, shape (H, W), bool.
        drawn_m: how high each pixel is drawn in a view, see `drawn_heights_m`, shape (H, W).
    """

    frame: RgbdFrame
    axes: TableAxes
    height_m: NDArray[np.float32]
    is_thing: NDArray[np.bool_]
    is_table: NDArray[np.bool_]
    is_robot: NDArray[np.bool_]
    drawn_m: NDArray[np.float32]

    @classmethod
    def of(cls, frame: RgbdFrame, plane: Plane) -> TableScene:
        """Measure a frame.

        Args:
            frame: colour and depth.
            plane: the table.
        """
        is_robot = _robot_and_beside(frame)
        frame = replace(frame, depth_m=np.where(is_robot, np.float32(np.nan), frame.depth_m))
        _, is_thing, _ = _heights(frame, plane)
        whole = replace(frame, depth_m=fill_holes(frame.depth_m, frame.rgb, is_thing))
        whole = replace(whole, depth_m=np.where(is_robot, np.float32(np.nan), whole.depth_m))
        height_m, is_thing, is_table = _heights(whole, plane)
        pixel_m = _sight_m(plane) / min(frame.intrinsics.fx_px, frame.intrinsics.fy_px)
        drawn_m = drawn_heights_m(height_m, is_thing, plane.noise_m, pixel_m)
        return cls(whole, TableAxes.of(plane), height_m, is_thing, is_table, is_robot, drawn_m)


def _robot_and_beside(frame: RgbdFrame) -> NDArray[np.bool_]:
    """Return what shows the robot or borders on it, shape (H, W)."""
    if frame.is_robot is None:
        return np.zeros(frame.depth_m.shape, bool)
    side_px = 2 * math.ceil(frame.depth_m.shape[1] * _BESIDE_ROBOT_SHARE) + 1
    grown = cv2.dilate(frame.is_robot.astype(np.uint8), np.ones((side_px, side_px), np.uint8))
    return np.asarray(grown > 0)


def _heights(
    frame: RgbdFrame, plane: Plane
) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the height of each pixel, which show a thing, and which the table, each (H, W)."""
    camera = frame.intrinsics
    right = (np.arange(camera.width_px) - camera.cx_px) / camera.fx_px * plane.normal[0]
    down = (np.arange(camera.height_px) - camera.cy_px) / camera.fy_px * plane.normal[1]
    slope = (right + plane.normal[2] + down[:, None]).astype(np.float32)
    height_m = frame.depth_m * slope + np.float32(plane.offset_m)
    # Noise grows with the square of the distance; that of the plane is of what is seen of it.
    further = np.maximum(frame.depth_m / np.float32(_sight_m(plane)), 1.0) ** 2
    least_m = np.float32(plane.object_height_m) * further
    with np.errstate(invalid="ignore"):
        is_thing = (height_m > least_m) & (height_m < TALLEST_M)
        is_table = np.abs(height_m) <= np.maximum(least_m, _TABLE_WITHIN_M)
    return height_m, is_thing, is_table


def _sight_m(plane: Plane) -> float:
    """Return how far away the table is where the camera points, in metres."""
    return plane.offset_m / -float(plane.normal[2])


def draw_overhead(scene: TableScene, overhead: Overhead) -> OverheadPicture:
    """Draw the view from above.

    Depth says how high everything is, so tall things stand where they stand and do not lean.
    What has no depth is drawn as if it lay on the table. What the real camera can't see, behind
    things and the robot and beyond its picture, is filled with the colour of the table around it.

    Args:
        scene: colour, depth and heights.
        overhead: the camera above.
    """
    frame = scene.frame
    height_m = _height_of_pixels_m(scene, overhead)
    x, y, in_front = overhead.pixels_px(height_m)
    rgb = np.asarray(cv2.remap(_smoothed(frame, overhead), x, y, cv2.INTER_LINEAR), np.uint8)
    last_row, last_column = frame.depth_m.shape[0] - 1, frame.depth_m.shape[1] - 1
    seen = in_front & (x >= 0) & (x <= last_column) & (y >= 0) & (y <= last_row)
    # Where the table should be and the real camera shows a thing or the robot, that hides it.
    with_edge = cv2.dilate((scene.drawn_m > 0).astype(np.uint8), np.ones((3, 3), np.uint8))
    with_edge = np.maximum(with_edge, scene.is_robot)
    shows_thing = cv2.remap(with_edge, x, y, cv2.INTER_NEAREST) > 0
    seen &= (height_m > 0) | ~shows_thing
    rgb = _filled(rgb, ~seen, seen & (height_m == 0))
    return OverheadPicture(overhead, rgb, height_m, seen)


def _height_of_pixels_m(scene: TableScene, overhead: Overhead) -> NDArray[np.float32]:
    """Return how high above the table what each pixel of the view shows is, shape (h, w)."""
    view = overhead.view
    cells = np.argwhere(scene.drawn_m > 0)
    heights_m = scene.drawn_m[tuple(cells.T)]
    rays = scene.frame.intrinsics.back_project(cells[:, ::-1] + 0.5, 1.0)
    plane = scene.axes.plane
    points_m = rays * ((plane.offset_m - heights_m) / -(rays @ plane.normal))[:, None]
    x, y = np.floor(view.project(overhead.in_view_m(points_m))).astype(np.int64).T
    inside = (x >= 0) & (x < view.width_px) & (y >= 0) & (y < view.height_px)
    drawn = np.zeros((view.height_px, view.width_px), np.float32)
    np.maximum.at(drawn.ravel(), (y * view.width_px + x)[inside], heights_m[inside])
    size = 2 * math.ceil(_pixel_ratio(scene.frame, overhead)) + 1
    closed = cv2.morphologyEx(drawn, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    return np.asarray(cv2.medianBlur(closed, _MEDIAN_PX), np.float32)


def _pixel_ratio(frame: RgbdFrame, overhead: Overhead) -> float:
    """Return how many pixels of the view one of the picture covers on the table."""
    plane = overhead.axes.plane
    sight = overhead.axes.point_m(overhead.axes.coordinates_m(overhead.position_m))
    distance_m = float(np.linalg.norm(sight))
    above_m = float(plane.height_m(overhead.position_m))
    slant = plane.offset_m / distance_m  # cosine: a slanted pixel covers more
    focal_px = min(frame.intrinsics.fx_px, frame.intrinsics.fy_px)
    return distance_m / focal_px / max(slant, 0.2) * overhead.view.fx_px / above_m


def _smoothed(frame: RgbdFrame, overhead: Overhead) -> NDArray[np.uint8]:
    """Return the colours without what is finer than a pixel of the view."""
    shrunk = 1.0 / _pixel_ratio(frame, overhead)
    if shrunk < 1.2:
        return frame.rgb
    return np.asarray(cv2.GaussianBlur(frame.rgb, (0, 0), 0.4 * shrunk), np.uint8)


def _filled(
    rgb: NDArray[np.uint8], hidden: NDArray[np.bool_], table: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """Return a picture whose hidden pixels have the colour of the table around them."""
    if not hidden.any() or not table.any():
        return rgb
    size = (rgb.shape[1] // _FILL_SCALE, rgb.shape[0] // _FILL_SCALE)
    weight = table.astype(np.uint8)
    weighted = cv2.merge([*cv2.split(cv2.bitwise_and(rgb, rgb, mask=weight)), weight])
    known = cv2.resize(weighted.astype(np.float32), size, None, 0, 0, cv2.INTER_AREA)
    everywhere = known.reshape(-1, 4).mean(axis=0)
    around = cv2.GaussianBlur(known, (0, 0), _FILL_SIGMA) + 1e-4 * everywhere
    colours = cv2.resize(around[..., :3] / around[..., 3:], rgb.shape[1::-1])
    filled = rgb.copy()
    filled[hidden] = np.clip(colours[hidden], 0, 255).astype(np.uint8)
    return filled

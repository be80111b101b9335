"""Whether depth shows what is to be grasped: glass, chrome and black things are often not there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .camera import Intrinsics
from .depth import samples_in_polygon
from .errors import DepthShowsNothing
from .grasp import Gripper
from .plane import Plane
from .rectangle import GraspRectangle

_CORE_SHARE = 0.7  # of the opening: the middle, where the object is and a neighbour is not
_SHOWN_SHARE = 0.05  # of the core's pixels; the rim of a cup covers more
_SHOWN_PIXELS = 4
_LOW_M = 0.015  # depth of a table through glass is bumpy: what is lower than this
_LOW_VALID_SHARE = 0.5  # counts only where depth has few holes
_TOP_PERCENTILE = 90.0


def require_shown(
    rectangle: GraspRectangle,
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    plane: Plane,
    gripper: Gripper,
) -> None:
    """Refuse a grasp where depth shows nothing above the plane between the jaws.

    Its height would be made up: the fingers would go to the table, and the hand into whatever is
    there. Looked at is the middle of the jaw line, as broad as a finger.

    Args:
        rectangle: in the pixels of the depth image.
        depth_m: shape (H, W), float32, NaN where invalid.
        intrinsics: the camera of the depth image.
        plane: the plane that bears the object.
        gripper: its measures.

    Raises:
        DepthShowsNothing: there is the plane, or nothing measured, or too little of either.
    """
    core = samples_in_polygon(
        depth_m, intrinsics, _core_corners_px(rectangle, intrinsics, plane, gripper)
    )
    heights_m = plane.height_m(core.points_m)
    shown_m = heights_m[heights_m > plane.object_height_m]
    pixels = len(core.points_m) / max(core.valid_fraction, 1e-9)
    if len(shown_m) < max(_SHOWN_PIXELS, _SHOWN_SHARE * pixels):
        raise DepthShowsNothing(core.valid_fraction)
    is_low = float(np.percentile(shown_m, _TOP_PERCENTILE)) < _LOW_M
    if is_low and core.valid_fraction < _LOW_VALID_SHARE:
        raise DepthShowsNothing(core.valid_fraction)


def _core_corners_px(
    rectangle: GraspRectangle, intrinsics: Intrinsics, plane: Plane, gripper: Gripper
) -> NDArray[np.float64]:
    """Return the corners of the middle of the jaw line, as broad as a finger, shape (4, 2)."""
    sight = intrinsics.back_project(rectangle.centre, 1.0)
    distance_m = plane.offset_m / max(-float(sight @ plane.normal), 1e-3)
    focal_px = (intrinsics.fx_px + intrinsics.fy_px) / 2
    direction = rectangle.opening_direction
    along = direction * _CORE_SHARE * rectangle.opening_px / 2
    across = np.array([-direction[1], direction[0]])
    across = across * gripper.finger_breadth_m * focal_px / distance_m / 2
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    corners: NDArray[np.float64] = rectangle.centre + signs @ np.stack([along, across])
    return corners

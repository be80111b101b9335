"""Whether a grasp on a real table is on the right thing, and right in space.

Right in space is judged by what the camera measured: something of the named thing lies between the
pads, nothing measured is where the fingers come down. What the camera does not see does not count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.camera import Intrinsics
from ..grasp.grasp import Grasp
from ..grasp.rectangle import GraspRectangle

MASK_MARGIN_PX = 4
"""How far beside its mask a grasp's centre still counts as on a thing: as good as the masks are."""

MAX_OPENING_M = 0.0805
PAD_BREADTH_M = 0.018
PAD_REACH_M = 0.025
"""How far up from the fingertips something may lie to be held."""

FINGER_THICKNESS_M = 0.012
FINGER_LENGTH_M = 0.060
TOLERANCE_M = 0.003

_NEAR_M = 0.12
_BELOW_TIPS_M = 0.005
_LEAST_POINTS = 10
_SPARED_POINTS, _SPARED_SHARE = 8, 0.03
_MOST_SKEW = 0.1


@dataclass(frozen=True, slots=True)
class TabletopVerdict:
    """What is true of a grasp.

    Attributes:
        right_object: its centre is on the named thing.
        right_part: its centre is on the named part, or on the thing where no part is named.
        closing: right in space as well: the jaws close on what is named, the fingers are free.
    """

    right_object: bool
    right_part: bool
    closing: bool


def judge_grasp(
    rectangle: GraspRectangle,
    grasp: Grasp | None,
    object_mask: NDArray[np.bool_],
    part_mask: NDArray[np.bool_],
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
) -> TabletopVerdict:
    """Judge a grasp.

    Args:
        rectangle: where it is in the picture.
        grasp: in the colour optical frame; None where it could not be brought into space.
        object_mask: the named thing, shape (H, W).
        part_mask: the named part; the same as `object_mask` where none is named.
        depth_m: shape (H, W), NaN where invalid.
        intrinsics: of the picture.
    """
    return TabletopVerdict(
        right_object=_is_on(_grown(object_mask), rectangle),
        right_part=_is_on(_grown(part_mask), rectangle),
        closing=grasp is not None
        and grasp.has_pose
        and closes_on(
            grasp.T_camera_grasp, grasp.opening_m, scene_points(depth_m, intrinsics), part_mask
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class ScenePoints:
    """What the camera measured.

    Attributes:
        points_m: in the colour optical frame, shape (N, 3).
        pixels: their rows and columns, shape (N, 2).
    """

    points_m: NDArray[np.float64]
    pixels: NDArray[np.int64]


def scene_points(depth_m: NDArray[np.float32], intrinsics: Intrinsics) -> ScenePoints:
    """Return the measured points of a depth picture."""
    pixels = np.argwhere(depth_m > 0)
    centres = pixels[:, ::-1] + 0.5
    points_m = intrinsics.back_project(centres, depth_m[pixels[:, 0], pixels[:, 1]])
    return ScenePoints(points_m, pixels)


def closes_on(
    T_camera_grasp: NDArray[np.float64],
    opening_m: float,
    scene: ScenePoints,
    mask: NDArray[np.bool_],
) -> bool:
    """Whether jaws that come down open close on what a mask shows, their fingers free.

    At least ten of its measured points lie between the pads, at most 25 mm up from their tips;
    where the fingers are, there is nothing but 3 % as many points, or eight.

    Args:
        T_camera_grasp: the grasp, shape (4, 4), metres; see `Grasp`.
        opening_m: between the pads.
        scene: what was measured.
        mask: what is to be held, shape (H, W).
    """
    closing, across, approach = T_camera_grasp[:3, :3].T
    half_m = opening_m / 2
    if not 0 < opening_m <= MAX_OPENING_M or abs(closing @ approach) > _MOST_SKEW:
        return False
    relative_m = scene.points_m - T_camera_grasp[:3, 3]
    is_near = np.linalg.norm(relative_m, axis=1) < _NEAR_M
    relative_m, pixels = relative_m[is_near], scene.pixels[is_near]
    along_m, deep_m = relative_m @ closing, relative_m @ approach
    is_at_pads = np.abs(relative_m @ across) < PAD_BREADTH_M / 2
    is_held = mask[pixels[:, 0], pixels[:, 1]] & is_at_pads & (np.abs(along_m) < half_m)
    is_held &= (deep_m > -PAD_REACH_M) & (deep_m < _BELOW_TIPS_M)
    if np.count_nonzero(is_held) < _LEAST_POINTS:
        return False
    spared = max(_SPARED_POINTS, _SPARED_SHARE * np.count_nonzero(is_held))
    is_in_way = is_at_pads & (deep_m > -FINGER_LENGTH_M) & (deep_m < -TOLERANCE_M)
    for side in (1, -1):
        beside_m = side * along_m - half_m
        is_finger = (beside_m > TOLERANCE_M) & (beside_m < FINGER_THICKNESS_M)
        if np.count_nonzero(is_in_way & is_finger) > spared:
            return False
    return True


def _grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    side_px = 2 * MASK_MARGIN_PX + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side_px, side_px))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)


def _is_on(mask: NDArray[np.bool_], rectangle: GraspRectangle) -> bool:
    row, column = math.floor(rectangle.y_px), math.floor(rectangle.x_px)
    is_inside = 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1]
    return is_inside and bool(mask[row, column])

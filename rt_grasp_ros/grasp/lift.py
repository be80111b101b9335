"""From a grasp rectangle in the picture to a grasp in space."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .camera import Intrinsics
from .depth import require_size, samples_in_polygon
from .errors import (
    DepthInvalidAtGrasp,
    GraspOutsideImage,
    OpeningTooWide,
    RequestInvalid,
    SizeMismatch,
)
from .grasp import Grasp, Gripper
from .plane import Plane
from .rectangle import GraspRectangle
from .section import Section, measure_section, points_per_bin, section_reach_m
from .shown import require_shown
from .support import find_support

_MIN_VALID_FRACTION = 0.15
_MIN_POINTS = 12
_TOP_ITERATIONS = 4
_TOP_CONVERGED_M = 2e-4
_FLATTEST_APPROACH = 0.17  # cosine to the line of sight: 80 degrees


def lift(
    rectangle: GraspRectangle,
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    gripper: Gripper,
    *,
    plane: Plane | None = None,
    approach: str | Sequence[float] = "plane",
    recentre: bool = True,
    score: float = 1.0,
) -> Grasp:
    """Bring a rectangle into space.

    The rectangle's jaw line is taken to lie at the height of the object's top under the fingers:
    the rays through the jaw ends meet the plane of that height, square to the approach. That is
    right for an oblique camera too, where the angle in the picture is not the angle on the table.
    The top is measured between the jaws, so the two are found by turns until they agree.

    Where depth shows both edges of the object between the jaws, the opening becomes its width plus
    the gripper's clearance and (with `recentre`) the grasp moves along the closing axis to its
    middle, where a person would put the fingers. Otherwise the rectangle's own opening is kept.

    The grasp goes `finger_depth_m` below the object's top, but the ends of the fingers never closer
    to the support plane than `table_clearance_m`.

    Args:
        rectangle: in the pixels of the colour image.
        depth_m: registered to the colour image, shape (H, W), float32, NaN where invalid.
        intrinsics: of the colour image.
        gripper: its measures.
        plane: the plane that bears the object; found in `depth_m` where not given.
        approach: `"plane"` (square onto the support plane), `"camera"` (along the optical axis), or
            a direction in the optical frame, such as gravity from TF (shape (3,)).
        recentre: whether to move to the middle of the object between the jaws.
        score: passed on to the grasp.

    Raises:
        SizeMismatch: rectangle, depth and intrinsics are of different sizes.
        GraspOutsideImage: the rectangle's centre is not in the picture.
        DepthInvalidAtGrasp: too little valid depth inside the rectangle.
        DepthShowsNothing: depth shows nothing above the plane between the jaws.
        NoSupportPlane: no plane was given and none was found.
        SupportPlaneFar: no plane was given and the object stands on none that was found.
        OpeningTooWide: the object, or the rectangle where depth does not show the object's edges,
            is wider than the gripper opens.
        RequestInvalid: the approach does not lead away from the camera.
    """
    _require_same_sizes(rectangle, depth_m, intrinsics)
    inside = samples_in_polygon(depth_m, intrinsics, rectangle.corners())
    if inside.valid_fraction < _MIN_VALID_FRACTION or len(inside.points_m) < _MIN_POINTS:
        raise DepthInvalidAtGrasp(
            f"Only {inside.valid_fraction:.0%} of the depth inside the grasp is valid; move the "
            "camera or the light, the object may be shiny, transparent, or too near."
        )
    if plane is None:
        plane = find_support(depth_m, intrinsics).under(rectangle, depth_m, intrinsics)
    require_shown(rectangle, depth_m, intrinsics, plane, gripper)
    up = -_approach_axis(approach, plane, rectangle, intrinsics)
    levels_m = inside.points_m @ up
    above = plane.height_m(inside.points_m) > plane.object_height_m
    top_m = float(np.percentile(levels_m[above], 90) if above.any() else np.median(levels_m))
    for _ in range(_TOP_ITERATIONS):
        jaw_ends_m = _jaw_ends_at(rectangle, intrinsics, up, top_m)
        section = _section_at(jaw_ends_m, top_m, up, depth_m, intrinsics, gripper, plane)
        if section is None or abs(section.top_m - top_m) < _TOP_CONVERGED_M:
            break
        top_m = section.top_m
    middle_m, closing, opening_m = _opened_around(section, jaw_ends_m, gripper, recentre)
    T_camera_grasp = np.eye(4)
    T_camera_grasp[:3, :3] = np.stack([closing, np.cross(-up, closing), -up], axis=1)
    T_camera_grasp[:3, 3] = origin_above_plane(
        middle_m - up * gripper.finger_depth_m, closing * opening_m, up, plane, gripper
    )
    return Grasp(
        rectangle=rectangle,
        T_camera_grasp=T_camera_grasp,
        opening_m=opening_m,
        object_width_m=section.width_m if section is not None and section.is_clear else None,
        score=score,
    )


def _opened_around(
    section: Section | None, jaw_ends_m: NDArray[np.float64], gripper: Gripper, recentre: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return middle, unit direction and length of the jaw line, fitted to what lies on it.

    Args:
        section: of the object between the jaws, as far as depth shows it.
        jaw_ends_m: the rectangle's at the level of the object's top, shape (2, 3).
        gripper: its measures.
        recentre: whether to move to the middle of the section.

    Raises:
        OpeningTooWide: it is wider than the gripper opens.
    """
    middle_m, closing, opening_m = _jaw_line(jaw_ends_m)
    if section is not None and section.is_clear:
        opening_m = opening_for(section.width_m, gripper)
        middle_m = middle_m + closing * section.centre_m if recentre else middle_m
    elif section is not None and section.spans_jaws and section.width_m > gripper.max_opening_m:
        raise OpeningTooWide(section.width_m + gripper.min_clearance_m, gripper.max_opening_m)
    elif opening_m > gripper.max_opening_m:
        raise OpeningTooWide(opening_m, gripper.max_opening_m)
    return middle_m, closing, opening_m


def opening_for(object_width_m: float, gripper: Gripper) -> float:
    """Return the jaw distance to approach an object with.

    Raises:
        OpeningTooWide: the object and the least clearance do not fit between the jaws.
    """
    needed_m = object_width_m + gripper.min_clearance_m
    if needed_m > gripper.max_opening_m:
        raise OpeningTooWide(needed_m, gripper.max_opening_m)
    return min(object_width_m + gripper.clearance_m, gripper.max_opening_m)


def origin_above_plane(
    origin_m: NDArray[np.float64],
    jaw_line_m: NDArray[np.float64],
    up: NDArray[np.float64],
    plane: Plane,
    gripper: Gripper,
) -> NDArray[np.float64]:
    """Return a grasp's origin, drawn back where a finger would come too near to the plane.

    Args:
        origin_m: between the finger pads, shape (3,).
        jaw_line_m: from one jaw to the other, shape (3,).
        up: unit, against the approach, shape (3,).
        plane: the support plane.
        gripper: its measures.
    """
    finger_ends_m = origin_m - up * gripper.finger_overhang_m + np.outer([-0.5, 0.5], jaw_line_m)
    too_low_m = gripper.table_clearance_m - float(plane.height_m(finger_ends_m).min())
    if too_low_m <= 0:
        return origin_m
    return origin_m + up * too_low_m / max(float(up @ plane.normal), _FLATTEST_APPROACH)


def _section_at(
    jaw_ends_m: NDArray[np.float64],
    top_m: float,
    up: NDArray[np.float64],
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    gripper: Gripper,
    plane: Plane,
) -> Section | None:
    """Measure the object in the box that the fingers sweep when they close.

    Args:
        jaw_ends_m: at the level of the object's top, shape (2, 3).
        top_m: that level.
        up: against the approach, shape (3,).
        depth_m: shape (H, W).
        intrinsics: of the depth.
        gripper: its measures.
        plane: the support plane, which is not the object.
    """
    middle_m, closing, opening_m = _jaw_line(jaw_ends_m)
    across = np.cross(up, closing)
    half_breadth_m = gripper.finger_breadth_m / 2
    deep_m = gripper.finger_depth_m + gripper.finger_overhang_m
    sides = np.array(list(itertools.product((-1, 1), (-1, 1), (0, -1))))
    extents_m = np.stack(
        [section_reach_m(opening_m) * closing, half_breadth_m * across, deep_m * up]
    )
    corners_px = intrinsics.project(middle_m + sides @ extents_m)
    points_m = samples_in_polygon(depth_m, intrinsics, corners_px).points_m

    relative_m = points_m - middle_m
    level_m = points_m @ up
    height_m = plane.height_m(points_m)
    top_height_m = float(plane.height_m(middle_m))
    # Stereo rounds the foot of an object off; half its height is where its edge is sharp.
    touched = height_m > max(plane.object_height_m, min(top_height_m, deep_m) / 2)
    touched &= np.abs(relative_m @ across) < half_breadth_m
    touched &= level_m > top_m - deep_m
    pixel_area_m2 = middle_m[2] ** 2 / (intrinsics.fx_px * intrinsics.fy_px)
    return measure_section(
        relative_m[touched] @ closing,
        level_m[touched],
        opening_m,
        points_per_bin(gripper.finger_breadth_m, pixel_area_m2),
    )


def _jaw_line(
    jaw_ends_m: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return middle, unit direction and length of the line between jaw ends (shape (2, 3))."""
    line_m = jaw_ends_m[1] - jaw_ends_m[0]
    length_m = float(np.linalg.norm(line_m))
    return jaw_ends_m.mean(axis=0), line_m / length_m, length_m


def _jaw_ends_at(
    rectangle: GraspRectangle, intrinsics: Intrinsics, up: NDArray[np.float64], level_m: float
) -> NDArray[np.float64]:
    """Return where the rays of the jaw ends meet the plane `up . p = level_m`, shape (2, 3)."""
    rays = intrinsics.back_project(rectangle.jaw_centres(), 1.0)
    slopes = rays @ up
    if slopes.max() > -1e-3:
        raise GraspOutsideImage(
            "The grasp's jaw line runs above the horizon of the table; point the camera down at "
            "the table."
        )
    return rays * (level_m / slopes)[:, None]


def _approach_axis(
    approach: str | Sequence[float],
    plane: Plane,
    rectangle: GraspRectangle,
    intrinsics: Intrinsics,
) -> NDArray[np.float64]:
    """Return the unit approach direction in the optical frame, shape (3,)."""
    if isinstance(approach, str):
        axes = {"plane": -plane.normal, "camera": np.array([0.0, 0.0, 1.0])}
        if approach not in axes:
            raise RequestInvalid(
                f"The approach '{approach}' is not known; use 'plane', 'camera' or a direction."
            )
        return axes[approach]
    axis = np.asarray(approach, dtype=np.float64)
    sight = intrinsics.back_project(rectangle.centre, 1.0)
    sight /= np.linalg.norm(sight)
    length = np.linalg.norm(axis) if axis.shape == (3,) else 0.0
    if not np.isfinite(length) or length < 1e-6 or axis @ sight < _FLATTEST_APPROACH * length:
        raise RequestInvalid(
            f"The approach {list(approach)} does not lead away from the camera; give a direction "
            "in the colour optical frame, where +z points into the scene."
        )
    return axis / length


def _require_same_sizes(
    rectangle: GraspRectangle, depth_m: NDArray[np.float32], intrinsics: Intrinsics
) -> None:
    """Refuse a rectangle, depth and intrinsics that do not belong together."""
    size = (rectangle.image_width_px, rectangle.image_height_px)
    require_size(depth_m, *size, of="the picture of the grasp")
    if size != (intrinsics.width_px, intrinsics.height_px):
        raise SizeMismatch(
            f"The camera matrix is for {intrinsics.width_px}x{intrinsics.height_px} pixels but the "
            f"picture has {size[0]}x{size[1]}; use the camera_info of the same stream."
        )
    if not rectangle.is_inside_image:
        raise GraspOutsideImage(
            f"The grasp's centre ({rectangle.x_px:.0f}, {rectangle.y_px:.0f}) is outside the "
            f"{size[0]}x{size[1]} picture; say the command another way."
        )

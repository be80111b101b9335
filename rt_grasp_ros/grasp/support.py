"""The plane that bears the objects: not the largest one, but the one that things stand on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .bearing import FEWEST_THINGS, TALLEST_M, standing_on
from .camera import Intrinsics
from .depth import samples_in_polygon
from .errors import NoSupportPlane, SupportPlaneFar
from .plane import Plane
from .plane_search import PlanePatch, find_planes, grid_points
from .rectangle import GraspRectangle

_FEWEST_PIXELS = 50
_SMALLEST_SHARE = 0.2  # of the measured picture that a plane without anything on it must hold
_SMALLEST_AREA_M2 = 0.015  # less is a thing's own face, such as a banana's side
_LEANING_NORMAL_Y = 0.35  # a plane that faces down in the picture is a wall seen from above,
_LEANING_WEIGHT = 0.2  # unless the camera hangs upside down
_KNOWN_WITHIN_RAD = math.radians(15)
_KNOWN_WITHIN_M = 0.05
_LANDING_SHARE = 0.4  # of the opening, beside each jaw: where a finger comes down
_LANDING_PX = 8.0
_LANDED_SHARE = 0.3
_LANDING_TOLERANCE_M = 0.005
_TOP_PERCENTILE = 90.0
_BELOW_M = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Support:
    """The planes that things may stand on.

    Attributes:
        planes: the one that bears the most first, at least one.
    """

    planes: tuple[Plane, ...]

    @property
    def plane(self) -> Plane:
        """The one that bears most of what is seen."""
        return self.planes[0]

    def under(
        self, rectangle: GraspRectangle, depth_m: NDArray[np.float32], intrinsics: Intrinsics
    ) -> Plane:
        """Return the plane that bears what is between the jaws.

        It is the highest one that shows where one of the fingers comes down, and that has what
        is between the jaws above it; a box's own top shows between the fingers, but not where
        they come down.

        Args:
            rectangle: in the pixels of the depth image.
            depth_m: shape (H, W), float32, NaN where invalid.
            intrinsics: the camera of the depth image.

        Raises:
            SupportPlaneFar: what is grasped stands on none of them.
        """
        points_m = samples_in_polygon(depth_m, intrinsics, rectangle.corners()).points_m
        if len(points_m) == 0:
            return self.plane
        tops_m = [_top_m(plane, points_m) for plane in self.planes]
        landings = [
            samples_in_polygon(depth_m, intrinsics, corners_px).points_m
            for corners_px in _landing_corners_px(rectangle)
        ]
        seen = [i for i, plane in enumerate(self.planes) if _is_seen_at(plane, landings)]
        bearing = [i for i in seen if self.planes[i].object_height_m < tops_m[i] < TALLEST_M]
        chosen = min(bearing or seen or [0], key=lambda i: abs(tops_m[i]))
        lowest_m = -max(_BELOW_M, self.planes[chosen].object_height_m)
        if not lowest_m < tops_m[chosen] < TALLEST_M:
            raise SupportPlaneFar(tops_m[chosen])
        return self.planes[chosen]


def fit_support_plane(
    depth_m: NDArray[np.float32], intrinsics: Intrinsics, *, known: Plane | None = None
) -> Plane:
    """Return the plane that bears most of what is seen, see `find_support`."""
    return find_support(depth_m, intrinsics, known=known).plane


def find_support(
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    *,
    known: Plane | None = None,
    seed: int = 0,
) -> Support:
    """Find the planes of a depth image and sort them by what stands on them.

    Args:
        depth_m: shape (H, W), NaN where invalid.
        intrinsics: the camera of the depth image.
        known: the table as TF and its height in the base frame give it, in the optical frame.
            Planes that are not parallel to it, to 15 degrees, are left out; one at its height,
            to 5 cm, comes first.
        seed: of the random hypotheses.

    Raises:
        NoSupportPlane: no plane holds enough of the picture, or none fits what is known.
    """
    grid = grid_points(depth_m, intrinsics)
    if len(grid.points_m) < _FEWEST_PIXELS:
        raise NoSupportPlane(
            "The depth image holds too few valid pixels to find the table; "
            "check the depth sensor's view and light."
        )
    patches = [p for p in find_planes(grid, seed) if p.area_m2 > _SMALLEST_AREA_M2]
    if known is not None and patches:
        patches = _parallel_to(known, patches)
    votes = standing_on(grid, patches)
    shares = [patch.size / len(grid.points_m) for patch in patches]
    worth = [
        _Worth(
            is_enough=share >= _SMALLEST_SHARE or vote >= FEWEST_THINGS,
            is_known=_is_at(known, patch.plane),
            things=vote * _weight(patch.plane) if vote >= FEWEST_THINGS else 0.0,
            share=share * _weight(patch.plane),
        )
        for patch, share, vote in zip(patches, shares, votes, strict=True)
    ]
    if not any(each.is_enough for each in worth):
        raise NoSupportPlane(
            f"No table was found: the largest plane holds {max(shares, default=0.0):.0%} of the "
            f"depth and nothing stands on it, {_SMALLEST_SHARE:.0%} are needed; point the camera "
            "so that it sees more table."
        )
    order = sorted(range(len(patches)), key=lambda i: worth[i], reverse=True)
    return Support(tuple(patches[i].plane for i in order))


@dataclass(frozen=True, slots=True, order=True)
class _Worth:
    """What speaks for a plane; the first that differs decides.

    Attributes:
        is_enough: something stands on it, or it holds enough of the picture.
        is_known: it is where the table is known to be.
        things: how many points stand on it.
        share: of the picture that it holds.
    """

    is_enough: bool
    is_known: bool
    things: float
    share: float


def _weight(plane: Plane) -> float:
    """Return how likely a plane that is so turned is one that things stand on."""
    return _LEANING_WEIGHT if plane.normal[1] > _LEANING_NORMAL_Y else 1.0


def _parallel_to(known: Plane, patches: Sequence[PlanePatch]) -> list[PlanePatch]:
    """Return the planes that are as level as the table is known to be."""
    angles_rad = [
        math.acos(min(1.0, float(patch.plane.normal @ known.normal))) for patch in patches
    ]
    parallel = [
        patch
        for patch, angle_rad in zip(patches, angles_rad, strict=True)
        if angle_rad < _KNOWN_WITHIN_RAD
    ]
    if not parallel:
        raise NoSupportPlane(
            "No plane in the depth image lies as TF says that the table does: the nearest is "
            f"{math.degrees(min(angles_rad)):.0f} degrees off; check the camera's pose in TF."
        )
    return parallel


def _is_at(known: Plane | None, plane: Plane) -> bool:
    """Whether a plane is at the height where the table is known to be."""
    return known is not None and abs(plane.offset_m - known.offset_m) < _KNOWN_WITHIN_M


def _top_m(plane: Plane, points_m: NDArray[np.float64]) -> float:
    """Return how high the upper part of points is above a plane."""
    return float(np.percentile(plane.height_m(points_m), _TOP_PERCENTILE))


def _is_seen_at(plane: Plane, landings: Sequence[NDArray[np.float64]]) -> bool:
    """Whether one of the places where fingers come down shows the plane."""
    tolerance_m = max(_LANDING_TOLERANCE_M, plane.object_height_m)
    return any(
        float(np.mean(np.abs(plane.height_m(points_m)) < tolerance_m)) > _LANDED_SHARE
        for points_m in landings
        if len(points_m)
    )


def _landing_corners_px(rectangle: GraspRectangle) -> list[NDArray[np.float64]]:
    """Return the corners of the two places beside the jaws, each of shape (4, 2)."""
    along = rectangle.opening_direction
    across = np.array([-along[1], along[0]]) * rectangle.jaw_px / 2
    reach_px = max(_LANDING_SHARE * rectangle.opening_px, _LANDING_PX)
    corners = []
    for jaw_px, outward in zip(rectangle.jaw_centres(), (-along, along), strict=True):
        far_px = jaw_px + outward * reach_px
        corners.append(
            np.stack([jaw_px - across, far_px - across, far_px + across, jaw_px + across])
        )
    return corners

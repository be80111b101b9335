"""Glass, chrome and black things, of which depth shows the table behind, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.strangers.case import Case, CaseFailed
from benchmarks.strangers.view import View, look
from rt_grasp_ros.grasp.candidates import ranked_grasps
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.grasp import Grasp, Gripper
from rt_grasp_ros.grasp.support import find_support

_ITEM = "glass"
_THINGS = ("mug", "banana", "screwdriver")
_LOWEST_M = 0.049 + 0.005  # a palm that is lower meets the rim of a mug
_REFUSALS = (ErrorCode.DEPTH_SHOWS_NOTHING, ErrorCode.DEPTH_INVALID_AT_GRASP)

Spoil = Callable[[View, NDArray[np.bool_], NDArray[np.float32]], NDArray[np.float32]]
"""Returns the depth, shape (H, W), of a view whose mug (the mask) is of something else."""


def cases() -> list[Case]:
    """Return the cases of this kind."""
    kinds: dict[str, Spoil] = {
        "depth shows the table behind": _through,
        "the table behind, 60 % holes": partial(_holes, 0.6, 0),
        "holes, with a margin": partial(_holes, 1.0, 5),
        "the table behind, 8 mm of bumps and holes": _bumpy,
        "a mirror: depth below the table": _mirror,
    }
    return [
        *(
            Case(
                _ITEM,
                f"a mug, {name}",
                "anygrasp_sdk#13, tue_robocup#505",
                "rejected, and said why",
                partial(_refused, spoil),
            )
            for name, spoil in kinds.items()
        ),
        Case(
            _ITEM,
            "a mug of which depth shows the rim alone",
            "anygrasp_sdk#13",
            "rejected, or the palm stays above the rim",
            _rim,
        ),
        Case(
            _ITEM,
            "the same mug, opaque, and thin things: spoon, marker, scissors",
            "review",
            "executable",
            _opaque,
        ),
    ]


def _through(view: View, mug: NDArray[np.bool_], table_m: NDArray[np.float32]) -> NDArray:
    return np.where(mug, table_m, view.depth_m)


def _holes(
    share: float, margin_px: int, view: View, mug: NDArray[np.bool_], table_m: NDArray[np.float32]
) -> NDArray:
    wide = cv2.dilate(mug.astype(np.uint8), np.ones((2 * margin_px + 1,) * 2, np.uint8)) > 0
    hidden = wide & (np.random.default_rng(1).random(mug.shape) < share)
    return np.where(hidden, np.nan, _through(view, mug, table_m)).astype(np.float32)


def _bumpy(view: View, mug: NDArray[np.bool_], table_m: NDArray[np.float32]) -> NDArray:
    bumps_m = np.random.default_rng(2).uniform(0.0, 0.008, (24, 32)).astype(np.float32)
    bumps_m = cv2.resize(bumps_m, mug.shape[::-1])
    return _holes(0.6, 0, view, mug, (table_m - bumps_m).astype(np.float32))


def _mirror(view: View, mug: NDArray[np.bool_], table_m: NDArray[np.float32]) -> NDArray:
    return np.where(mug, table_m + 0.2, view.depth_m).astype(np.float32)


def _grasps(view: View, depth_m: NDArray[np.float32], name: str) -> list[Grasp]:
    rectangles = [label.rectangle for label in view.labels if label.object_name == name]
    ranked = ranked_grasps(
        rectangles,
        [1.0] * len(rectangles),
        depth_m,
        view.intrinsics,
        Gripper(),
        find_support(depth_m, view.intrinsics),
    )
    return [grasp for _, grasp in ranked]


def _spoiled(spoil: Spoil) -> list[Grasp]:
    view = look(_THINGS, 5)
    table_m = view.depth_of_plane_m((0.0, 0.0, 1.0), (0.0, 0.0, 0.0))
    return _grasps(view, spoil(view, view.mask(0), table_m), "mug")


def _refused(spoil: Spoil) -> str:
    grasps = _spoiled(spoil)
    seen = ", ".join(grasp.rejected_code.name for grasp in grasps)
    if any(grasp.rejected_code not in _REFUSALS for grasp in grasps):
        raise CaseFailed(seen)
    return seen


def _rim(margin_m: float = 0.008) -> str:
    view = look(_THINGS, 5)
    mug = view.mask(0)
    top = mug & (view.depth_m < np.nanmin(view.depth_m[mug]) + margin_m)
    depth_m = np.where(mug & ~top, np.nan, view.depth_m).astype(np.float32)
    plane = find_support(depth_m, view.intrinsics).plane
    palms_m = [
        float(plane.height_m(grasp.position_m)) + Gripper().palm_height_m
        for grasp in _grasps(view, depth_m, "mug")
        if grasp.is_executable
    ]
    seen = f"{len(palms_m)} executable, palm at {', '.join(f'{z:.3f}' for z in palms_m)} m"
    if any(palm_m < _LOWEST_M for palm_m in palms_m):
        raise CaseFailed(seen)
    return seen


def _opaque() -> str:
    seen = []
    for names, seed in ((_THINGS, 5), (("spoon", "marker", "scissors"), 21)):
        view = look(names, seed)
        for name in names:
            grasps = _grasps(view, view.depth_m, name)
            good = sum(grasp.is_executable for grasp in grasps)
            seen.append(f"{name} {good} of {len(grasps)}")
            if any(grasp.rejected_code is ErrorCode.DEPTH_SHOWS_NOTHING for grasp in grasps):
                raise CaseFailed(seen[-1])
            if good == 0:
                raise CaseFailed(f"{seen[-1]}: {grasps[0].rejected_reason}")
    return ", ".join(seen)

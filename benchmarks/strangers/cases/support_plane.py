"""The plane that bears the objects is not always the largest one."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.strangers.case import Case, CaseFailed
from benchmarks.strangers.view import CELL, View, look, slanted, straight_down
from rt_grasp_ros.grasp.candidates import ranked_grasps
from rt_grasp_ros.grasp.depth import decode_depth
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.support import find_support, fit_support_plane

_ITEM = "support plane"
_THINGS = ("banana", "remote", "apple")
_PLACES = {0: (0.46, 0.10), 1: (0.55, -0.06), 2: (0.42, -0.14)}
_STAND_M = (0.18, 0.23)
_MIDDLE_M = (0.5, 0.0)


def cases() -> list[Case]:
    """Return the cases of this kind."""
    right = "the plane is the table's top, and right rectangles stay executable"
    return [
        *(
            Case(
                _ITEM,
                f"a stand of 36 x 46 cm, the floor {below_m:.2f} m lower",
                "mrover-workspace#473",
                right,
                partial(_stand, below_m),
            )
            for below_m in (0.1, 0.3, 0.75)
        ),
        *(
            Case(
                _ITEM,
                f"a wall {x_m - 0.5:.2f} m behind the middle of the table",
                "gpd#59",
                "the plane is the table's top",
                partial(_wall, x_m),
            )
            for x_m in (0.7, 1.0)
        ),
        Case(
            _ITEM,
            "65535 where nothing was measured, on 70 % of the table",
            "librealsense#3508",
            "invalid, the plane is the table's top",
            _saturated,
        ),
    ]


def _stand(below_m: float) -> str:
    view = look(_THINGS, 21, CELL, straight_down(CELL, 0.7), _PLACES)
    return _on_table(view.with_floor(*_STAND_M, below_m, _MIDDLE_M))


def _wall(x_m: float) -> str:
    view = look(("banana", "mug", "screwdriver"), 3, CELL, slanted(CELL, 0.85, 50))
    view = view.with_wall(x_m)
    return _say_plane(view, view.depth_m)


def _saturated() -> str:
    view = look(_THINGS, 21, CELL, straight_down(CELL, 0.7), _PLACES)
    counts = np.round(np.nan_to_num(view.depth_m) * 1000).astype(np.uint16)
    hidden = (view.part_ids == 0) & (np.arange(CELL.width_px) < 0.7 * CELL.width_px)
    counts[hidden] = 65535
    return _say_plane(view, decode_depth(counts, "16UC1"))


def _say_plane(view: View, depth_m: np.ndarray) -> str:
    plane = fit_support_plane(depth_m, view.intrinsics)
    up_world = view.T_world_camera[:3, :3] @ plane.normal
    seen = f"{plane.offset_m:.3f} m below the camera, {view.height_m:.3f} is right"
    if abs(plane.offset_m - view.height_m) > 0.005 or up_world[2] < 0.999:
        raise CaseFailed(seen)
    return seen


def _on_table(view: View) -> str:
    seen = _say_plane(view, view.depth_m)
    support = find_support(view.depth_m, view.intrinsics)
    rectangles = [label.rectangle for label in view.labels]
    ranked = ranked_grasps(
        rectangles,
        [1.0] * len(rectangles),
        view.depth_m,
        view.intrinsics,
        Gripper(),
        support,
    )
    rejected = [grasp.rejected_reason for _, grasp in ranked if not grasp.is_executable]
    seen = f"{seen}; {len(ranked) - len(rejected)} of {len(ranked)} executable"
    if rejected:
        raise CaseFailed(f"{seen}: {rejected[0]}")
    return seen

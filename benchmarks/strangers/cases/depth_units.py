"""Depth in units that its encoding does not have."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.strangers.case import Case, CaseFailed
from benchmarks.strangers.view import CELL, look, straight_down
from rt_grasp_ros.grasp.depth import decode_depth
from rt_grasp_ros.grasp.plausible import depth_unit_problem

_UNITS = (
    ("0.1 mm", 1e-4, "16UC1"),
    ("0.25 mm", 2.5e-4, "16UC1"),
    ("0.2 mm", 2e-4, "16UC1"),
    ("10 mm", 1e-2, "16UC1"),
    ("1 m", 1.0, "16UC1"),
    ("1 mm", 1e-3, "32FC1"),
)


def cases() -> list[Case]:
    """Return the cases of this kind."""
    return [
        Case(
            "depth units",
            f"{encoding} counts {name}",
            "realsense-ros#3438",
            "refused before the model, the unit named, read with depth_scale",
            partial(_try, name, unit_m, encoding),
        )
        for name, unit_m, encoding in _UNITS
    ]


def _try(name: str, unit_m: float, encoding: str) -> str:
    view = look(("banana", "mug"), 3, CELL, straight_down(CELL, 0.7))
    dtype = np.uint16 if encoding == "16UC1" else np.float32
    counts = (np.nan_to_num(view.depth_m) / unit_m + (0.5 if dtype == np.uint16 else 0)).astype(
        dtype
    )
    problem = depth_unit_problem(decode_depth(counts, encoding))
    if problem is None or f"{name} (depth_scale {unit_m:g})" not in problem:
        raise CaseFailed(str(problem))
    if unit_m < 0.1 and depth_unit_problem(decode_depth(counts, encoding, unit_m)) is not None:
        raise CaseFailed("refused with its depth_scale as well")
    return problem

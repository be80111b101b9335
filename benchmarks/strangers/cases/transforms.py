"""TF trees as mobile robots, careless launch files and several calibrations make them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.strangers.case import Case, CaseFailed
from rt_grasp_ros.grasp.errors import TransformUnavailable
from rt_grasp_ros.ros.frames.transform_tree import TransformTree

_ITEM = "transforms"
_S = 1_000_000_000
_NOW_NS = 1_700_000_000 * _S


def cases() -> list[Case]:
    """Return the cases of this kind."""
    tries: tuple[tuple[str, str, str, Callable[[], str]], ...] = (
        ("a localisation 3 s old above arm and camera", "review", "not asked", _old_localisation),
        ("a circle above arm and camera", "review", "not asked", _circle_above),
        ("a circle that the question goes through", "review", "refused", _circle_between),
        ("a frame below two parents in turns", "review", "refused", _two_parents),
        ("a moving branch 3 s old in between", "review", "refused", _old_branch),
        ("names with a slash", "geometry2", "as without", _slashes),
    )
    return [Case(_ITEM, name, source, right, run) for name, source, right, run in tries]


def _at(x_m: float) -> NDArray[np.float64]:
    pose = np.eye(4)
    pose[0, 3] = x_m
    return pose


def _mounted() -> TransformTree:
    tree = TransformTree()
    tree.put("base_link", "arm", _at(0.2), 0, is_static=True)
    tree.put("base_link", "camera", _at(0.5), 0, is_static=True)
    return tree


def _right(tree: TransformTree, target: str = "arm") -> str:
    x_m = float(tree.lookup(target, "camera", _NOW_NS, 0.0)[0, 3])
    if abs(x_m - 0.3) > 1e-9:
        raise CaseFailed(f"the camera is {x_m:.3f} m away instead of 0.300")
    return "0.300 m away"


def _refused(tree: TransformTree, target: str, words: str) -> str:
    try:
        tree.lookup(target, "camera", _NOW_NS, 0.0)
    except TransformUnavailable as error:
        if words in error.message:
            return error.message
        raise CaseFailed(error.message) from error
    raise CaseFailed("answered")


def _old_localisation() -> str:
    tree = _mounted()
    tree.put("map", "odom", _at(9.0), _NOW_NS - 3 * _S, is_static=False)
    tree.put("odom", "base_link", _at(1.0), _NOW_NS, is_static=False)
    return _right(tree)


def _circle_above() -> str:
    tree = _mounted()
    tree.put("map", "base_link", _at(1.0), 0, is_static=True)
    tree.put("odom", "map", _at(1.0), 0, is_static=True)
    tree.put("map", "odom", _at(1.0), 0, is_static=True)
    return _right(tree)


def _circle_between() -> str:
    tree = _mounted()
    tree.put("camera", "base_link", _at(-0.5), 0, is_static=True)
    return _refused(tree, "arm", "circle")


def _two_parents() -> str:
    tree = _mounted()
    for turn in range(10):
        parent = ("map", "odom")[turn % 2]
        tree.put(parent, "base_link", _at(turn), _NOW_NS + turn * _S // 50, is_static=False)
    return _refused(tree, "odom", "only one node")


def _old_branch() -> str:
    tree = _mounted()
    tree.put("base_link", "hand", _at(0.1), _NOW_NS - 3 * _S, is_static=False)
    return _refused(tree, "hand", "'hand' is 3.0 s older")


def _slashes() -> str:
    tree = TransformTree()
    tree.put("/base_link", "/arm", _at(0.2), 0, is_static=True)
    tree.put("base_link", "camera", _at(0.5), 0, is_static=True)
    return _right(tree, "/arm")

"""Joint state messages that are partly bad: what is right of them counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from rt_grasp_ros.doctor.robot_checks import check_joints
from rt_grasp_ros.motion.joint_reading import read_joints

from ..case import Case, CaseFailed

WANTED = ("a", "b")
NAN = math.nan


def read(
    names: Sequence[str],
    positions: Sequence[float],
    velocities: Sequence[float],
    right: dict[str, float],
    status: str,
) -> str:
    """Read a message as nodes and doctor do, and return what both say.

    Raises:
        CaseFailed: other joints are taken, or the verdict is another.
    """
    reading = read_joints(names, positions, velocities, WANTED)
    finding = check_joints(WANTED, reading.positions, reading.problems)
    seen = f"{reading.positions}, {finding.status}: {finding.message}"
    if reading.positions != right or finding.status != status:
        raise CaseFailed(seen)
    return seen


def cases() -> list[Case]:
    """Return one message a case."""
    both = {"a": 1.0, "b": 2.0}
    messages = [
        ("a NaN", ["a", "b"], [NAN, 2.0], [], {"b": 2.0}, "wrong"),
        ("an extra joint, NaN", ["a", "b", "wheel"], [1.0, 2.0, NAN], [], both, "ok"),
        ("reordered", ["b", "wheel", "a"], [2.0, 9.0, 1.0], [], both, "ok"),
        ("a name twice, alike", ["a", "a", "b"], [1.0, 1.0, 2.0], [], both, "ok"),
        ("a name twice, unlike", ["a", "a", "b"], [1.0, 1.5, 2.0], [], {"b": 2.0}, "wrong"),
        ("too few positions", ["a", "b"], [1.0], [], {"a": 1.0}, "wrong"),
        ("too many positions", ["a", "b"], [1.0, 2.0, 3.0], [], both, "ok"),
        ("one velocity for two joints", ["a", "b"], [1.0, 2.0], [0.5], both, "ok"),
        ("velocities of NaN", ["a", "b"], [1.0, 2.0], [NAN, NAN], both, "ok"),
    ]
    right = "what is right of it counts; node and doctor say the same of the rest"
    return [
        Case("joint states", name, "review", right, partial(read, *message))
        for name, *message in messages
    ]

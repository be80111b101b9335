"""Fingers as they are driven and measured: mirrored, mimicking, beyond what their map knows."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.strangers.case import Case, CaseFailed
from benchmarks.strangers.made_arm import FINGER_JOINTS, MadeArm, write_hand
from rt_grasp_ros.doctor.robot_checks import refusal
from rt_grasp_ros.grasp.errors import ProfileInvalid
from rt_grasp_ros.motion.fit import check_fit
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.robot import load_robot
from rt_grasp_ros.resources import share_path

_MIRRORED = MadeArm(finger_axes=("0 1 0", "0 1 0"), finger_limits=((0.0, 0.04), (-0.04, 0.0)))
_ROWS = {"opening_m": [0.0, 0.08], "joint": [[0.015, -0.015], [0.037, -0.037]]}
_ALIKE = {"opening_m": [0.0, 0.08], "joint": [0.015, 0.037]}


def cases() -> list[Case]:
    """Return the cases of fingers and of what their controllers take."""
    source = "interbotix_ros_arms#24"
    tried: list[tuple[str, str, str, Callable[[Path], str]]] = [
        ("fingers at +0.037 and -0.037", source, "80 mm, each with its sign", _mirrored),
        ("+0.037 and -0.037 by one map", source, "the finger is named", _read_by_one_map),
        ("mirrored fingers in the URDF, one map", source, "refused at start", _sent_by_one_map),
        (
            "two fingers for an action of one",
            "ros2_control",
            "one is commanded",
            _one_for_an_action,
        ),
        ("a controller of one finger of two", "ros2_control", "sent that one", _sent_what_it_takes),
        ("a controller of another joint", "ros2_control", "told as that", _told),
        *(
            (f"{name} behind ros2_control", "ros2_control", "its one joint is commanded", run)
            for name, run in (
                (profile, partial(_shipped, profile))
                for profile in ("panda_hand", "panda_hand_action", "fr3_hand", "robotiq_2f_85")
            )
        ),
    ]
    return [
        Case("grippers", name, origin, right, partial(_in_folder, run))
        for name, origin, right, run in tried
    ]


def _in_folder(run: Callable[[Path], str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        return run(Path(folder))


def _mirrored(folder: Path) -> str:
    hand = load_gripper(write_hand(folder, joint_map=_ROWS))
    read_m = hand.opening_m(np.array([0.037, -0.037]))
    sent = hand.trajectory(0.0, 0.08).end.tolist()
    if abs(read_m - 0.08) > 1e-6 or sent != [0.037, -0.037]:
        raise CaseFailed(f"read as {read_m * 1000:.0f} mm, sent {sent}")
    return f"read as {read_m * 1000:.0f} mm, sent {sent}"


def _read_by_one_map(folder: Path) -> str:
    hand = load_gripper(write_hand(folder, joint_map=_ALIKE))
    try:
        read_m = hand.opening_m(np.array([0.037, -0.037]))
    except ProfileInvalid as refused:
        return refused.message
    raise CaseFailed(f"read as {read_m * 1000:.0f} mm")


def _sent_by_one_map(folder: Path) -> str:
    robot = load_robot(_MIRRORED.write(folder))
    try:
        check_fit(robot, load_gripper(write_hand(folder)))
    except ProfileInvalid as refused:
        if f"'{FINGER_JOINTS[1]}'" in refused.message:
            return refused.message
    raise CaseFailed("accepted, or the finger not named")


def _one_for_an_action(folder: Path) -> str:
    hand = load_gripper(
        write_hand(folder, command_type="parallel_gripper_command", commanded_joints=None)
    )
    names = hand.trajectory(0.08, 0.0).names
    if names != FINGER_JOINTS[:1]:
        raise CaseFailed(f"sent {names}")
    return f"sent {names[0]} alone"


def _told(folder: Path) -> str:
    said = refusal(("thumb_joint",), load_gripper(write_hand(folder)))
    if said is None or "expects 1 joint (thumb_joint)" not in said or "got 2 joints" not in said:
        raise CaseFailed(str(said))
    return said


def _sent_what_it_takes(folder: Path) -> str:
    hand = load_gripper(write_hand(folder, joint_map=_ROWS))
    sent = hand.along(hand.trajectory(0.0, 0.08), FINGER_JOINTS[1:])
    refused = refusal(FINGER_JOINTS[1:], hand)
    if refused is not None or sent.end.tolist() != [-0.037]:
        raise CaseFailed(f"{refused}, {sent.end.tolist()}")
    return f"sent {sent.end.tolist()} to {sent.names[0]} alone"


def _shipped(name: str, _: Path) -> str:
    hand = load_gripper(share_path(f"config/grippers/{name}.yaml"))
    if len(hand.commanded_joints) != 1 or hand.trajectory(0.08, 0.0).names != hand.joints[:1]:
        raise CaseFailed(f"commands {hand.commanded_joints}")
    return f"commands {hand.commanded_joints[0]}"

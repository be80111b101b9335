"""Arms as people's URDFs describe them: planned with, or refused by the name of joint or link."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.strangers.case import Case, CaseFailed
from benchmarks.strangers.made_arm import (
    ARM_JOINTS,
    ARM_LINKS,
    CONTINUOUS,
    HOME_RAD,
    REVOLUTE,
    MadeArm,
    write_hand,
)
from rt_grasp_ros.grasp.errors import ProfileInvalid
from rt_grasp_ros.motion.cloud import RobotFilter
from rt_grasp_ros.motion.collision import CollisionChecker, RobotShape
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.kinematics import Kinematics
from rt_grasp_ros.motion.planner import plan
from rt_grasp_ros.motion.planning_scene import PlanningScene
from rt_grasp_ros.motion.robot import RobotProfile, load_robot
from rt_grasp_ros.motion.timing import time_path

_PLANNED = "planned with: reached, a way found, timed"
_KORTEX_RAD = (0.0, 0.26, 3.14, -2.27, 0.0, 0.96, 1.57)
_TOOL = (
    '<link name="tool"/><joint name="tool_joint" type="continuous"><parent link="hand"/>'
    '<child link="tool"/></joint>'
)
_RAIL = (
    '<link name="world"/><joint name="rail" type="prismatic"><parent link="world"/>'
    '<child link="link_0"/><axis xyz="1 0 0"/>'
    '<limit lower="0" upper="2" effort="1" velocity="1"/></joint>'
)


def cases() -> list[Case]:
    """Return the cases of joints and of collision shapes."""
    endless = MadeArm(kind="continuous", limit=CONTINUOUS)
    bare = dict.fromkeys((*ARM_LINKS, "hand", "left_finger", "right_finger"), "")
    planned: list[tuple[str, str, Callable[[Path], str]]] = [
        (
            "continuous joints, home at 0",
            "pinocchio#794",
            partial(_goes_over_pi, endless, HOME_RAD),
        ),
        (
            "continuous joints, home over pi (kortex)",
            "ros2_kortex",
            partial(_goes_over_pi, endless, _KORTEX_RAD),
        ),
        (
            "continuous joints without <limit>",
            "pinocchio#1127",
            partial(_goes_over_pi, MadeArm(kind="continuous", limit=""), HOME_RAD),
        ),
        ("joints named in another order", "kinova-ros#35", _other_order),
        (
            "effort and velocity of 0",
            "review",
            partial(_plans, MadeArm(limit='<limit lower="-6" upper="6" effort="0" velocity="0"/>')),
        ),
        *(
            (f"a link as a {name}", source, partial(_plans, MadeArm(shapes={"link_4": shape})))
            for name, source, shape in (
                ("cylinder", "pinocchio#1132", '<cylinder radius="0.05" length="0.2"/>'),
                ("sphere", "pinocchio#1132", '<sphere radius="0.05"/>'),
                ("capsule", "urdfpy#3", '<capsule radius="0.05" length="0.1"/>'),
            )
        ),
        ("one link without geometry", "pinocchio#1132", _names_the_bare_link),
    ]
    refused = [
        ("revolute joints with limits of 0", MadeArm(limit=CONTINUOUS), "joint_1"),
        ("revolute joints without limits", MadeArm(limit=""), "joint_1"),
        ("prismatic arm joints", MadeArm(kind="prismatic"), "joint_1"),
        (
            "an arm joint that mimics another",
            MadeArm(limit=REVOLUTE + '<mimic joint="joint_2"/>'),
            "joint_1",
        ),
        ("an arm on a rail that nobody named", MadeArm(more=_RAIL), "rail"),
        (
            "a mesh that is not there",
            MadeArm(shapes={"link_4": '<mesh filename="package://nowhere/arm.stl"/>'}),
            "link_4",
        ),
        ("a box of size 0", MadeArm(shapes={"link_4": '<box size="0.1 0.1 0"/>'}), "link_4"),
        ("no link with geometry", MadeArm(shapes=bare), "link_1"),
    ]
    return [
        *(
            Case("robot descriptions", name, source, _PLANNED, partial(_in_folder, run))
            for name, source, run in planned
        ),
        *(
            Case(
                "robot descriptions",
                name,
                "review",
                f"refused at start, naming {named}",
                partial(_in_folder, partial(_is_refused, arm, named)),
            )
            for name, arm, named in refused
        ),
        Case(
            "robot descriptions",
            "a joint that does not move the tip",
            "review",
            "refused at start, naming tool_joint",
            partial(_in_folder, _stray_joint),
        ),
    ]


def _in_folder(run: Callable[[Path], str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        return run(Path(folder))


def _checker(robot: RobotProfile, folder: Path) -> CollisionChecker:
    hand = load_gripper(write_hand(folder))
    shape = RobotShape(robot)
    RobotFilter(shape, hand)
    scene = PlanningScene(np.empty((0, 3)), np.empty(0, bool), -1.0, hand.max_opening_m)
    return CollisionChecker(shape, hand, scene, may_touch_target=False)


def _goes_over_pi(arm: MadeArm, home_rad: tuple[float, ...], folder: Path) -> str:
    robot = load_robot(arm.write(folder, home_rad=home_rad))
    start, goal = np.array(home_rad), np.array(home_rad)
    start[0], goal[0] = 3.0, -3.0
    found = Kinematics(robot).solve_all(Kinematics(robot).tip_pose(goal), start)
    if not found or np.abs(found[0] - start)[robot.is_continuous].max() > np.pi:
        raise CaseFailed(f"{len(found)} configurations, {found[:1]}")
    path = plan(robot, _checker(robot, folder), start, goal, 3.0)
    turned_rad = float(np.abs(path[:, 0] - 3.0).max())
    if turned_rad > 0.3:
        raise CaseFailed(f"from 3.0 to -3.0 rad by {turned_rad:.2f} rad")
    return f"from 3.0 to -3.0 rad by {turned_rad:.2f} rad, {_timed(robot, path)}"


def _timed(robot: RobotProfile, path_rad: np.ndarray) -> str:
    return f"in {time_path(robot, path_rad, 0.5).duration_s:.1f} s"


def _plans(arm: MadeArm, folder: Path) -> str:
    robot = load_robot(arm.write(folder))
    goal = np.array(HOME_RAD) + 0.3
    found = Kinematics(robot).solve_all(Kinematics(robot).tip_pose(goal), robot.home_rad)
    path = plan(robot, _checker(robot, folder), robot.home_rad, found[0], 3.0)
    return f"a way of {len(path)} points, {_timed(robot, path)}"


def _other_order(folder: Path) -> str:
    ordered = load_robot(MadeArm().write(folder))
    positions = np.array([0.3, 0.5, -0.2, 1.0, 0.1, 0.8, -0.4])
    right = Kinematics(ordered).tip_pose(positions)
    order = [4, 0, 6, 1, 3, 5, 2]
    mixed = MadeArm().write(
        folder,
        arm_joints=[ARM_JOINTS[index] for index in order],
        home_rad=[HOME_RAD[index] for index in order],
    )
    seen = Kinematics(load_robot(mixed)).tip_pose(positions[order])
    off_mm = float(np.linalg.norm(seen[:3, 3] - right[:3, 3])) * 1000
    if off_mm > 0.1:
        raise CaseFailed(f"the tip is {off_mm:.0f} mm off")
    return "the same pose"


def _names_the_bare_link(folder: Path) -> str:
    robot = load_robot(MadeArm(shapes={"link_4": ""}).write(folder))
    RobotShape(robot)
    if robot.links_without_shape != ("link_4",):
        raise CaseFailed(f"named {robot.links_without_shape}")
    return "planned without, link_4 named"


def _is_refused(arm: MadeArm, named: str, folder: Path) -> str:
    try:
        RobotShape(load_robot(arm.write(folder)))
    except ProfileInvalid as refused:
        if f"'{named}'" in refused.message or f"({named}," in refused.message:
            return refused.message
        raise CaseFailed(f"not named: {refused.message}") from refused
    raise CaseFailed("accepted")


def _stray_joint(folder: Path) -> str:
    try:
        load_robot(
            MadeArm(more=_TOOL).write(
                folder, arm_joints=[*ARM_JOINTS, "tool_joint"], home_rad=[*HOME_RAD, 0.0]
            )
        )
    except ProfileInvalid as refused:
        if "'tool_joint'" in refused.message:
            return refused.message
        raise CaseFailed(f"not named: {refused.message}") from refused
    raise CaseFailed("accepted")

from pathlib import Path

import numpy as np
import pytest
import yaml

from benchmarks.strangers.made_arm import (
    ARM_JOINTS,
    CONTINUOUS,
    HOME_RAD,
    REVOLUTE,
    MadeArm,
)
from rt_grasp_ros.grasp.errors import ProfileInvalid
from rt_grasp_ros.motion.kinematics import Kinematics
from rt_grasp_ros.motion.robot import RobotProfile, load_robot
from rt_grasp_ros.motion.trajectory import Trajectory
from rt_grasp_ros.resources import share_path

PANDA = share_path("config/robots/panda.yaml")


def test_limits_are_those_of_the_real_arm(robot: RobotProfile):
    upper = [2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973]
    lower = [-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973]
    assert np.allclose(robot.upper_rad, upper)
    assert np.allclose(robot.lower_rad, lower)


@pytest.mark.sim
def test_home_and_hand_are_those_of_the_simulated_cell(robot: RobotProfile, kinematics):
    import mujoco

    from rt_grasp_ros.sim import panda

    assert np.allclose(robot.home_rad, panda.HOME_POSITION_RAD)
    assert robot.arm_joints == panda.ARM_JOINTS
    spec = mujoco.MjSpec()
    panda.attach_panda(spec)
    model = spec.compile()
    data = mujoco.MjData(model)
    panda.put_at_home(model, data)
    hand = panda.body_pose(data, panda.HAND_BODY)
    assert np.allclose(kinematics.tip_pose(robot.home_rad), hand, atol=1e-4)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"home_rad": [0.0] * 6}, "home_rad"),
        ({"home_rad": [0.0] * 7}, "home_rad"),  # joint 4 can't be at 0
        ({"urdf": "nowhere.urdf"}, "nowhere.urdf"),
        ({"tip_frame": "panda_tail"}, "panda_tail"),
        ({"arm_joints": [f"joint{number}" for number in range(7)]}, "joint0"),
        ({"max_velocity_rad_s": [0.0] * 7}, "max_velocity_rad_s"),
        ({"srdf": None}, "srdf"),
    ],
)
def test_a_wrong_profile_is_refused_by_name(tmp_path: Path, changes: dict, named: str):
    fields = yaml.safe_load(PANDA.read_text())
    fields |= {name: str(PANDA.parent / fields[name]) for name in ("urdf", "srdf")} | changes
    file = tmp_path / "robot.yaml"
    file.write_text(yaml.safe_dump({k: v for k, v in fields.items() if v is not None}))
    with pytest.raises(ProfileInvalid, match=named):
        load_robot(file)


ORDINARY = MadeArm()


def load_made(tmp_path: Path, arm: MadeArm = ORDINARY, **write: object) -> RobotProfile:
    return load_robot(arm.write(tmp_path, **write))


WITHOUT_LIMITS = MadeArm(kind="continuous", limit=CONTINUOUS)
KORTEX_HOME_RAD = (0.0, 0.26, 3.14, -2.27, 0.0, 0.96, 1.57)


@pytest.mark.parametrize("limit", [CONTINUOUS, "", REVOLUTE])
@pytest.mark.parametrize("home_rad", [HOME_RAD, KORTEX_HOME_RAD, (9.0, *HOME_RAD[1:])])
def test_continuous_joints_have_no_limits(tmp_path: Path, limit: str, home_rad: tuple):
    robot = load_made(tmp_path, MadeArm(kind="continuous", limit=limit), home_rad=home_rad)
    assert robot.is_continuous.tolist() == [True, False] * 3 + [True]
    assert robot.upper_rad.tolist() == [np.inf, 2.24, np.inf, 2.57, np.inf, 2.09, np.inf]
    assert robot.lower_rad.tolist() == [-np.inf, -2.24, -np.inf, -2.57, -np.inf, -2.09, -np.inf]


def test_positions_a_turn_apart_are_one_where_a_joint_is_continuous(tmp_path: Path):
    robot = load_made(tmp_path, WITHOUT_LIMITS)
    here = np.array([3.1, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    there = np.array([-3.1, -1.0, 2 * np.pi, 0.0, -9.0, 0.0, 0.0])
    apart = robot.difference_rad(there, here)
    assert apart == pytest.approx([2 * np.pi - 6.2, -2.0, 0.0, 0.0, 2 * np.pi - 9.0, 0, 0])
    assert robot.nearest_rad(there, here)[0] == pytest.approx(2 * np.pi - 3.1)
    revolute = load_made(tmp_path)
    assert revolute.difference_rad(there, here)[0] == pytest.approx(-6.2)


def test_a_motion_is_counted_in_the_turns_that_the_arm_reports(tmp_path: Path):
    robot = load_made(tmp_path, WITHOUT_LIMITS)
    positions = np.tile(np.array(HOME_RAD), (2, 1))
    positions[:, 0] = 3.2, 3.6
    motion = Trajectory(ARM_JOINTS, positions, np.zeros((2, 7)), np.array([0.0, 1.0]))
    reported = np.array(HOME_RAD)
    reported[0] = 3.2 - 2 * np.pi
    shifted = robot.from_where_it_is(motion, reported)
    assert shifted.positions[:, 0] == pytest.approx([3.2 - 2 * np.pi, 3.6 - 2 * np.pi])
    assert shifted.positions[:, 1:].tolist() == positions[:, 1:].tolist()


def test_what_mimics_an_arm_joint_goes_along(tmp_path: Path):
    follower = (
        '<link name="rod"/><joint name="rod_joint" type="revolute"><parent link="link_2"/>'
        '<child link="rod"/><axis xyz="0 1 0"/><limit lower="-9" upper="9" effort="0" '
        'velocity="0"/><mimic joint="joint_4" multiplier="-1" offset="0.5"/></joint>'
    )
    robot = load_made(tmp_path, MadeArm(more=follower))
    configuration = robot.configuration((), np.empty(0))
    robot.put_arm(configuration, np.array(HOME_RAD))
    assert configuration[robot.columns(("rod_joint",))] == pytest.approx(0.5 - 1.2)


RAIL = (
    '<link name="world"/><joint name="rail" type="prismatic"><parent link="world"/>'
    '<child link="link_0"/><axis xyz="1 0 0"/><limit lower="0" upper="2" effort="1" '
    'velocity="1"/></joint>'
)


@pytest.mark.parametrize(
    ("arm", "says"),
    [
        (MadeArm(limit='<limit effort="39" velocity="1.39"/>'), "'joint_1'.*from 0 to 0 rad"),
        (MadeArm(limit='<limit lower="2" upper="-2"/>'), "'joint_1'.*from 2 to -2 rad"),
        (MadeArm(limit=""), "'joint_1' is revolute and has no limits"),
        (MadeArm(limit='<limit lower="x" upper="1"/>'), "'joint_1' has 'x' for lower"),
        (MadeArm(kind="prismatic"), "'joint_1' is prismatic: arm joints must be revolute"),
        (MadeArm(kind="floating", limit=""), "'joint_1' is floating"),
        (MadeArm(kind="planar", limit=""), "'joint_1' is planar"),
        (MadeArm(kind="fixed", limit=""), "'joint_1' is fixed"),
        (MadeArm(kind="spherical", limit=""), "'joint_1' is spherical"),
        (MadeArm(limit=REVOLUTE + '<mimic joint="joint_2"/>'), "'joint_1' follows 'joint_2'"),
        (MadeArm(in_hand='<mimic joint="nobody"/>'), "'right_finger_joint' can't follow 'nobody'"),
        (MadeArm(more=RAIL), "'rail' moves base_frame"),
    ],
)
def test_a_joint_that_can_not_be_planned_for_is_named(tmp_path: Path, arm: MadeArm, says: str):
    with pytest.raises(ProfileInvalid, match=says):
        load_made(tmp_path, arm)


def test_an_arm_joint_that_is_left_out_or_moves_something_else_is_named(tmp_path: Path):
    with pytest.raises(ProfileInvalid, match="'joint_5' moves tip_frame and is not in arm_joints"):
        load_made(
            tmp_path,
            arm_joints=[name for name in ARM_JOINTS if name != "joint_5"],
            home_rad=[0.0, 0.3, 0.0, 1.2, 1.4, 0.0],
        )
    with pytest.raises(ProfileInvalid, match="'tool_joint' does not move tip_frame"):
        tool = (
            '<link name="tool"/><joint name="tool_joint" type="continuous"><parent link="hand"/>'
            '<child link="tool"/></joint>'
        )
        load_made(
            tmp_path,
            MadeArm(more=tool),
            arm_joints=[*ARM_JOINTS, "tool_joint"],
            home_rad=[*HOME_RAD, 0.0],
        )


def test_effort_and_velocity_of_zero_or_none_are_of_no_matter(tmp_path: Path):
    for limit in (
        '<limit lower="-6" upper="6" effort="0" velocity="0"/>',
        '<limit lower="-6" upper="6"/>',
    ):
        robot = load_made(tmp_path, MadeArm(limit=limit))
        kinematics = Kinematics(robot)
        pose = kinematics.tip_pose(np.array([0.4, 0.5, 0.2, 1.0, 0.3, 1.2, 0.1]))
        assert kinematics.solve(pose, robot.home_rad) is not None


@pytest.mark.parametrize("text", ["<robot", "", "<xacro:robot/>", '<robot name="r"/>'])
def test_a_file_that_is_no_urdf_is_refused(tmp_path: Path, text: str):
    with pytest.raises(ProfileInvalid, match=r"made\.urdf"):
        load_made(tmp_path, urdf=text or "-")

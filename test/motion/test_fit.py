"""A gripper's profile and a robot's URDF that speak of other fingers are refused by name."""

import re

import numpy as np
import pytest

from benchmarks.strangers.made_arm import MadeArm, write_hand
from rt_grasp_ros.grasp.errors import ProfileInvalid
from rt_grasp_ros.motion.fit import check_fit
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.robot import load_robot

ORDINARY = MadeArm()
MIRRORED = MadeArm(finger_axes=("0 1 0", "0 1 0"), finger_limits=((0.0, 0.04), (-0.04, 0.0)))
OPENING_M = [0.0, 0.08]


def pair(tmp_path, arm=ORDINARY, **changes):
    return load_robot(arm.write(tmp_path)), load_gripper(write_hand(tmp_path, **changes))


def test_fingers_that_stand_alike_fit(tmp_path):
    check_fit(*pair(tmp_path))


def test_mirrored_fingers_need_columns_of_their_own(tmp_path):
    with pytest.raises(ProfileInvalid, match=r"'right_finger_joint'.*its own sign"):
        check_fit(*pair(tmp_path, MIRRORED))
    rows = {"opening_m": OPENING_M, "joint": [[0.0, 0.0], [0.04, -0.04]]}
    robot, gripper = pair(tmp_path, MIRRORED, joint_map=rows)
    check_fit(robot, gripper)
    assert gripper.joint_positions(0.08).tolist() == [0.04, -0.04]
    assert gripper.opening_m(np.array([0.04, -0.04])) == pytest.approx(0.08)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"joints": ["thumb"], "commanded_joints": ["thumb"]}, "'thumb'.*is not in made.urdf"),
        ({"joints": ["joint_7"], "commanded_joints": ["joint_7"]}, "'joint_7'.*one of the arm's"),
        ({"joints": ["hand_joint"], "commanded_joints": ["hand_joint"]}, "'hand_joint'.*fixed"),
        ({"joint_map": {"opening_m": OPENING_M, "joint": [0.0, 0.4]}}, "from 0 to 0.4.*0 to 0.04"),
    ],
)
def test_a_joint_that_does_not_fit_is_named(tmp_path, changes, says):
    with pytest.raises(ProfileInvalid, match=says):
        check_fit(*pair(tmp_path, **changes))


def test_a_finger_that_follows_otherwise_than_the_map_says_is_named(tmp_path):
    arm = MadeArm(
        finger_limits=((0.0, 0.04), (-0.04, 0.04)),
        in_hand='<mimic joint="left_finger_joint" multiplier="-1"/>',
    )
    says = re.escape("'right_finger_joint'") + ".*follows 'left_finger_joint' in the URDF"
    with pytest.raises(ProfileInvalid, match=says):
        check_fit(*pair(tmp_path, arm))
    rows = {"opening_m": OPENING_M, "joint": [[0.0, 0.0], [0.04, -0.04]]}
    check_fit(*pair(tmp_path, arm, joint_map=rows))

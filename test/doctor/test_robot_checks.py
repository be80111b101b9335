"""What is missing of arm, gripper and planner is named."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.strangers.made_arm import MadeArm
from rt_grasp_ros.doctor.robot_checks import (
    MOVE_GROUP,
    check_arm_controller,
    check_fingers,
    check_gripper_controller,
    check_joints,
    check_planner,
    check_shape,
    refusal,
)
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.robot import load_robot
from rt_grasp_ros.resources import share_path

GRIPPER = load_gripper(share_path("config/grippers/robotiq_2f_85.yaml"))


def test_every_joint_must_be_heard():
    assert check_joints(("a", "b"), {"a", "b", "other"}).status == "ok"
    finding = check_joints(("a", "b", "c"), {"b"})
    assert finding.status == "wrong"
    assert "lack a, c" in finding.message


@pytest.mark.parametrize(("listeners", "status"), [(0, "wrong"), (1, "ok"), (2, "note")])
def test_one_controller_moves_the_arm(listeners, status):
    assert check_arm_controller("/arm", listeners, ("a", "b"), ()).status == status


def test_joints_that_come_in_a_bad_way_are_named_with_what_is_wrong():
    problems = ("the position of b is not a number",)
    assert check_joints(("a", "b"), {"a", "b"}, problems).status == "note"
    finding = check_joints(("a", "b"), {"a"}, problems)
    assert finding.status == "wrong"
    assert "the position of b is not a number" in finding.message
    assert "mend the driver" in finding.message


def test_a_controller_of_other_joints_is_named():
    assert check_arm_controller("/arm", 1, ("a", "b"), ("b", "a")).status == "ok"
    finding = check_arm_controller("/arm", 1, ("a", "b"), ("a", "b", "c"))
    assert finding.status == "wrong"
    assert "takes a, b, c" in finding.message


BOTH = replace(
    load_gripper(share_path("config/grippers/panda_hand.yaml")),
    commanded_joints=("panda_finger_joint1", "panda_finger_joint2"),
)


def test_a_gripper_s_refusal_is_told_as_what_it_is():
    finding = check_gripper_controller(BOTH, "/hand", 1, ("thumb",))
    assert finding.status == "wrong"
    assert "expects 1 joint (thumb), and got 2 joints (panda_finger_joint1" in finding.message
    assert "mend joints in the profile of 'panda_hand'" in finding.message
    assert refusal((), BOTH) is None
    assert refusal(BOTH.joints[::-1], BOTH) is None
    assert refusal(BOTH.joints[:1], BOTH) is None  # it is sent that one alone


def test_fingers_that_the_robot_has_otherwise_are_named(tmp_path):
    panda = load_robot(share_path("config/robots/panda.yaml"))
    hand = load_gripper(share_path("config/grippers/panda_hand.yaml"))
    assert check_fingers(panda, hand, None).status == "ok"
    finding = check_fingers(panda, hand, np.array([0.02, 0.02]))
    assert (finding.status, finding.numbers) == ("ok", {"opening_m": pytest.approx(0.04)})
    mirrored = check_fingers(panda, hand, np.array([0.037, -0.037]))
    assert mirrored.status == "wrong"
    assert "'panda_finger_joint2' stands at -0.037" in mirrored.message
    other = check_fingers(load_robot(MadeArm().write(tmp_path)), hand, None)
    assert other.status == "wrong"
    assert "'panda_finger_joint1' of the gripper 'panda_hand' is not in made.urdf" in other.message


def test_links_without_a_shape_are_a_note(tmp_path):
    whole = load_robot(MadeArm().write(tmp_path))
    assert check_shape(whole).status == "ok"
    bare = load_robot(MadeArm(shapes={"link_3": "", "hand": ""}).write(tmp_path))
    finding = check_shape(bare)
    assert finding.status == "note"
    assert "link_3, hand" in finding.message


def test_the_gripper_is_named_with_its_interface():
    assert check_gripper_controller(GRIPPER, "/gripper", 1, ()).status == "ok"
    finding = check_gripper_controller(GRIPPER, "/gripper", 0, ())
    assert finding.status == "wrong"
    assert GRIPPER.command_type in finding.message
    assert "/gripper" in finding.message


@pytest.mark.parametrize("backend", ["embedded", "moveit_py"])
def test_planners_in_the_executor_need_no_move_group(backend):
    assert check_planner(backend, {}).status == "ok"


def test_what_move_group_lacks_is_named():
    servers = dict.fromkeys(MOVE_GROUP, 1)
    assert check_planner("move_group", servers).status == "ok"
    finding = check_planner("move_group", servers | {"compute_ik": 0})
    assert finding.status == "wrong"
    assert "nobody offers compute_ik;" in finding.message

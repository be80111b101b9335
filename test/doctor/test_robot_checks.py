"""What is missing of arm, gripper and planner is named."""

import pytest

from rt_grasp_ros.doctor.robot_checks import (
    MOVE_GROUP,
    check_arm_controller,
    check_gripper_controller,
    check_joints,
    check_planner,
)
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.resources import share_path

GRIPPER = load_gripper(share_path("config/grippers/robotiq_2f_85.yaml"))


def test_every_joint_must_be_heard():
    assert check_joints(("a", "b"), {"a", "b", "other"}).status == "ok"
    finding = check_joints(("a", "b", "c"), {"b"})
    assert finding.status == "wrong"
    assert "lack a, c" in finding.message


@pytest.mark.parametrize(("listeners", "status"), [(0, "wrong"), (1, "ok"), (2, "note")])
def test_one_controller_moves_the_arm(listeners, status):
    assert check_arm_controller("/arm", listeners).status == status


def test_the_gripper_is_named_with_its_interface():
    assert check_gripper_controller(GRIPPER, "/gripper", 1).status == "ok"
    finding = check_gripper_controller(GRIPPER, "/gripper", 0)
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

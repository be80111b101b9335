"""The executor with move_group as its backend, from the goal to the held object."""

import time

import numpy as np
import pytest
from arm_world import ROBOT, Commander, FakeArm, Operator, eventually, executor_node
from moveit_world import OTHER_OBJECT, FakeMoveGroup
from rclpy.parameter import Parameter
from rt_grasp_ros.action import ExecuteGrasp
from world import FakeCamera

from rt_grasp_ros.grasp.error_code import ErrorCode

pytestmark = [pytest.mark.ros, pytest.mark.moveit]

PARAMETERS = {"backend": "move_group", "speed": 1.0, "line_speed": 1.0, "gripper_timeout_s": 20.0}


def test_a_grasp_is_carried_out_then_another_is_stopped(new_world):
    overrides = [Parameter(name, value=value) for name, value in PARAMETERS.items()]
    executor_node(new_world, parameter_overrides=overrides)
    move_group = new_world.add(FakeMoveGroup(new_world))
    arm = new_world.add(FakeArm(new_world))
    new_world.add(FakeCamera(new_world))
    commander, operator = new_world.add(Commander(new_world)), new_world.add(Operator(new_world))
    arm.publish_camera_pose()
    result = commander.result_of(commander.send())
    assert ErrorCode(result.error_code) is ErrorCode.OK, result.error_message
    assert result.held
    assert move_group.world == {OTHER_OBJECT}
    arm.be_home()
    handle = commander.send()
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_PREGRASP)
    assert eventually(lambda: np.abs(arm.arm_rad() - ROBOT.home_rad).max() > 0.05)
    told_s = time.monotonic()
    assert operator.stop().success
    arm.assert_braked_evenly(told_s, most=3.0)  # 27 to 38 where MoveIt is told at once
    result = commander.result_of(handle)
    assert ErrorCode(result.error_code) is ErrorCode.CANCELLED
    assert move_group.stops >= 1
    assert move_group.world == {OTHER_OBJECT}

"""What the doctor takes from a running executor, and what where none runs."""

import pytest
from rclpy.node import Node

from rt_grasp_ros.ros.doctor.background_node import Place, background_node
from rt_grasp_ros.ros.doctor.executor_in_use import ExecutorInUse, ExecutorQuestion
from rt_grasp_ros.ros.executor.executor_parameters import ExecutorParameters

pytestmark = [pytest.mark.ros]


def test_a_running_executor_tells_what_it_was_started_with(world):
    executor = world.add(Node("executor_node", context=world.context))
    executor.declare_parameter("robot", "config/robots/ur5e.yaml")
    executor.declare_parameter("gripper", "my_gripper.yaml")
    executor.declare_parameter("backend", "move_group")
    executor.declare_parameter("table_z_m", -0.02)
    executor.declare_parameter("gripper_controller", "my_hand_controller")
    with background_node("user", Place()) as node:
        told = ExecutorQuestion(node).ask(20.0)
    assert told == ExecutorInUse(
        "config/robots/ur5e.yaml", "my_gripper.yaml", "move_group", -0.02, "my_hand_controller"
    )


def test_without_one_the_defaults_hold():
    with background_node("user", Place(namespace="elsewhere")) as node:
        told = ExecutorQuestion(node).ask(0.2)
    defaults = ExecutorParameters()
    assert told == ExecutorInUse(
        defaults.robot, defaults.gripper, defaults.backend, defaults.table_z_m
    )

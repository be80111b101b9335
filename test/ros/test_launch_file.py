"""The launch file leads each node to the controllers that its arguments name."""

import pytest
from launch_file import nodes_of_launch_file

pytestmark = pytest.mark.ros

ARM = "arm_controller/joint_trajectory"
HAND = "hand_controller/joint_trajectory"


@pytest.mark.parametrize("executable", ["executor_node", "doctor_node", "sim_node"])
def test_the_arms_controller_is_the_one_that_is_named(executable):
    remappings = nodes_of_launch_file()[executable]["remappings"]
    assert remappings[ARM] == "{arm_controller}/joint_trajectory"


@pytest.mark.parametrize("executable", ["executor_node", "doctor_node"])
def test_the_grippers_controller_is_a_parameter(executable):
    parameters = nodes_of_launch_file()[executable]["parameters"]
    assert parameters[-1]["gripper_controller"] == "{gripper_controller}"
    assert parameters[-1]["gripper"] == "{gripper}"


def test_the_cells_hand_is_called_as_the_gripper_is():
    remappings = nodes_of_launch_file()["sim_node"]["remappings"]
    named = "{gripper_controller}/joint_trajectory"
    assert remappings[HAND] == f"{{gripper_controller}}=='' ? {HAND} : {named}"

"""The launch file leads each node to the controllers that its arguments name."""

from pathlib import Path

import pytest
from launch_file import arguments_of_launch_file, nodes_of_launch_file

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


def test_grasps_of_another_node_are_a_parameter_of_perception():
    parameters = nodes_of_launch_file()["perception_node"]["parameters"]
    assert parameters[-1]["grasps_topic"] == "{grasps_topic}"
    assert arguments_of_launch_file()["grasps_topic"]["default_value"] == ""


def test_the_cells_hand_is_called_as_the_gripper_is():
    remappings = nodes_of_launch_file()["sim_node"]["remappings"]
    named = "{gripper_controller}/joint_trajectory"
    assert remappings[HAND] == f"{{gripper_controller}}=='' ? {HAND} : {named}"


@pytest.mark.parametrize("name", arguments_of_launch_file())
def test_show_args_shows_a_value_for_every_default(name):
    """The `ros2` command shows a string as it is, of a substitution what Python calls it."""
    argument = arguments_of_launch_file()[name]
    default = argument["default_value"]
    assert isinstance(default, str)
    assert default in argument.get("choices", [default])
    if name.endswith(("_params", "_config")) and default != "auto":
        assert Path(default).is_file()
    if default == "auto":
        assert "auto: " in argument["description"]


def test_what_is_auto_follows_sim():
    parameters = nodes_of_launch_file()["executor_node"]["parameters"][0]
    auto, _, rest = parameters.partition(" ? ")
    assert auto == "{executor_params}=='auto'"
    in_sim, _, told = rest.rpartition(" : ")
    assert told == "{executor_params}"
    assert in_sim.startswith("{sim} ? ")
    then, _, other = in_sim.removeprefix("{sim} ? ").partition(" : ")
    assert [Path(then).name, Path(other).name] == ["executor_cell.yaml", "executor.yaml"]

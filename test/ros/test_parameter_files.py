"""The files in config/ list exactly what the nodes declare, with the same defaults."""

from dataclasses import asdict, fields

import pytest
import yaml

from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.browser.browser_parameters import BrowserParameters
from rt_grasp_ros.ros.doctor.doctor_parameters import DoctorParameters
from rt_grasp_ros.ros.executor.executor_parameters import ExecutorParameters
from rt_grasp_ros.ros.node.parameters import rules
from rt_grasp_ros.ros.perception.perception_parameters import PerceptionParameters
from rt_grasp_ros.ros.sim.sim_parameters import SimParameters

pytestmark = pytest.mark.ros

DECLARATIONS = {
    "config/browser.yaml": BrowserParameters,
    "config/doctor.yaml": DoctorParameters,
    "config/executor.yaml": ExecutorParameters,
    "config/perception.yaml": PerceptionParameters,
    "config/sim.yaml": SimParameters,
}

BOUNDS = {
    "camera_rate_hz": (0.5, 30.0),
    "command_timeout_s": (1.0, 3600.0),
    "confirm_timeout_s": (1.0, 3600.0),
    "depth_scale": (0.0, 10.0),
    "execution_timeout_s": (1.0, 3600.0),
    "executor_wait_s": (0.1, 60.0),
    "frame_timeout_s": (0.1, 60.0),
    "goal_tolerance_rad": (0.001, 0.2),
    "graspgen_base_to_pads_m": (0.0, 0.5),
    "graspgen_timeout_s": (0.1, 600.0),
    "grasps_base_to_pads_m": (0.0, 0.5),
    "grasps_max_age_s": (0.0, 600.0),
    "grasps_timeout_s": (0.1, 600.0),
    "gripper_timeout_s": (0.5, 60.0),
    "image_height_px": (48, 1080),
    "image_width_px": (64, 1920),
    "joint_states_timeout_s": (0.1, 60.0),
    "lift_m": (0.02, 0.4),
    "line_speed": (0.01, 1.0),
    "listen_s": (0.5, 60.0),
    "max_candidates": (1, 16),
    "model_load_timeout_s": (1.0, 3600.0),
    "model_timeout_s": (0.1, 600.0),
    "moveit_timeout_s": (0.1, 60.0),
    "path_tolerance_rad": (0.01, 1.0),
    "period_s": (5.0, 3600.0),
    "picture_rate_hz": (0.1, 30.0),
    "planning_timeout_s": (0.5, 120.0),
    "port": (0, 65535),
    "real_time_factor": (0.01, 1.0),
    "record_max_mb": (10, 1000000),
    "seed": (0, 2147483647),
    "server_connect_timeout_s": (0.1, 60.0),
    "server_first_token_timeout_s": (0.1, 600.0),
    "server_max_tokens": (0, 32768),
    "server_retries": (0, 10),
    "server_timeout_s": (0.1, 600.0),
    "speed": (0.01, 1.0),
    "standoff_m": (0.02, 0.3),
    "state_rate_hz": (10.0, 500.0),
    "sync_slop_s": (0.0, 1.0),
    "table_z_m": (-1.5, 1.5),
    "tf_timeout_s": (0.0, 60.0),
    **{f"workspace_{end}_{axis}_m": (-3.0, 3.0) for end in ("min", "max") for axis in "xyz"},
}
OF_A_CAMERA = "camera_rectified camera_stamps depth_scale frame_timeout_s sync_slop_s"
CHANGEABLE = {
    "config/browser.yaml": f"{OF_A_CAMERA} max_candidates command_timeout_s",
    "config/doctor.yaml": "listen_s",
    "config/executor.yaml": f"{OF_A_CAMERA} confirm confirm_timeout_s table_z_m standoff_m lift_m "
    "workspace_min_x_m workspace_max_x_m workspace_min_y_m workspace_max_y_m workspace_min_z_m "
    "workspace_max_z_m planning_timeout_s gripper_timeout_s joint_states_timeout_s tf_timeout_s",
    "config/perception.yaml": f"{OF_A_CAMERA} model_timeout_s verify table_z_m approach "
    "executor_wait_s execution_timeout_s record_dir record_max_mb",
    "config/sim.yaml": "",
}


@pytest.mark.parametrize("path, declaration", DECLARATIONS.items())
def test_a_file_holds_every_parameter_with_its_default(path, declaration):
    content = yaml.safe_load(share_path(path).read_text())
    assert content == {"/**": {"ros__parameters": asdict(declaration())}}


@pytest.mark.parametrize("path, declaration", DECLARATIONS.items())
def test_a_file_explains_every_parameter(path, declaration):
    lines = [line.strip() for line in share_path(path).read_text().splitlines()]
    names = {field.name for field in fields(declaration)}
    explained = False
    for line in lines:
        explained = explained or line.startswith("#")
        if line.split(":")[0] in names:
            assert explained, line
            explained = line.startswith("image_width_px")  # one comment for the size


@pytest.mark.parametrize("declaration", DECLARATIONS.values())
def test_every_parameter_is_described_and_every_number_bounded(declaration):
    for field, rule in zip(fields(declaration), rules(declaration).values(), strict=True):
        assert rule.description.endswith("."), field.name
        assert rule.problem(field.default) is None, field.name
        if isinstance(field.default, int | float) and not isinstance(field.default, bool):
            assert rule.minimum is not None and rule.maximum is not None, field.name


@pytest.mark.parametrize("declaration", DECLARATIONS.values())
def test_every_number_has_the_bounds_that_it_always_had(declaration):
    """Such as 0.4 m for the lift: what an arm may be told, in metres, seconds and shares."""
    for name, rule in rules(declaration).items():
        assert (rule.minimum, rule.maximum) == BOUNDS.get(name, (None, None)), name


@pytest.mark.parametrize("path, declaration", DECLARATIONS.items())
def test_what_may_be_changed_while_a_node_runs(path, declaration):
    changeable = {name for name, rule in rules(declaration).items() if not rule.read_only}
    assert changeable == set(CHANGEABLE[path].split())

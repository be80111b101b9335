"""The parameters of the executor node."""

from __future__ import annotations

from dataclasses import dataclass

from ...grasp.errors import RequestInvalid
from ...motion.pick_plan import PickSettings
from ...motion.workspace import Workspace
from ..camera.camera_parameters import CameraParameters
from ..node.lifecycle import autostart
from ..node.parameters import parameter
from ..node.profile_parameters import (
    gripper_controller,
    gripper_profile,
    robot_profile,
    table_height,
)


@dataclass(frozen=True)
class ExecutorParameters(CameraParameters):
    """What `config/executor.yaml` sets."""

    robot: str = robot_profile()
    gripper: str = gripper_profile()
    gripper_controller: str = gripper_controller()
    backend: str = parameter(
        "embedded",
        "What plans and moves the arm.",
        choices=("embedded", "move_group", "moveit_py"),
        read_only=True,
    )
    moveit_pipeline: str = parameter(
        "", "Planning pipeline of move_group, such as ompl; empty for its default.", read_only=True
    )
    moveit_planner: str = parameter(
        "", "Planner of that pipeline; empty for its default.", read_only=True
    )
    moveit_timeout_s: float = parameter(
        3.0,
        "How long each of move_group's services and actions may take to appear and reply.",
        minimum=0.1,
        maximum=60.0,
        read_only=True,
    )
    moveit_config_package: str = parameter(
        "panda_moveit_config",
        "MoveIt's configuration package of the robot, for moveit_py.",
        read_only=True,
    )
    speed: float = parameter(
        0.1,
        "Share of the joints' full speed for free motions.",
        minimum=0.01,
        maximum=1.0,
        read_only=True,
    )
    line_speed: float = parameter(
        0.1,
        "Share of the joints' full speed for straight motions near objects.",
        minimum=0.01,
        maximum=1.0,
        read_only=True,
    )
    path_tolerance_rad: float = parameter(
        0.2,
        "How far a joint may be from the path before the arm is stopped.",
        minimum=0.01,
        maximum=1.0,
        read_only=True,
    )
    goal_tolerance_rad: float = parameter(
        0.02,
        "How far a joint may stand from its goal.",
        minimum=0.001,
        maximum=0.2,
        read_only=True,
    )
    confirm: bool = parameter(
        False, "Wait for the service `confirm` before the arm moves along a new plan."
    )
    confirm_timeout_s: float = parameter(
        60.0, "How long to wait for it.", minimum=1.0, maximum=3600.0
    )
    workspace_min_x_m: float = parameter(
        -1.0, "Least x of the box that the hand must stay in.", minimum=-3.0, maximum=3.0
    )
    workspace_max_x_m: float = parameter(1.0, "Largest x of that box.", minimum=-3.0, maximum=3.0)
    workspace_min_y_m: float = parameter(-1.0, "Least y of that box.", minimum=-3.0, maximum=3.0)
    workspace_max_y_m: float = parameter(1.0, "Largest y of that box.", minimum=-3.0, maximum=3.0)
    workspace_min_z_m: float = parameter(-0.05, "Least z of that box.", minimum=-3.0, maximum=3.0)
    workspace_max_z_m: float = parameter(1.3, "Largest z of that box.", minimum=-3.0, maximum=3.0)
    table_z_m: float = table_height()
    standoff_m: float = parameter(
        0.10,
        "How far back along the approach the straight descent starts.",
        minimum=0.02,
        maximum=0.3,
    )
    lift_m: float = parameter(0.12, "How far up what is held is lifted.", minimum=0.02, maximum=0.4)
    planning_timeout_s: float = parameter(
        10.0, "How long planning one candidate may take.", minimum=0.5, maximum=120.0
    )
    gripper_timeout_s: float = parameter(
        5.0, "How long one motion of the fingers may take.", minimum=0.5, maximum=60.0
    )
    joint_states_timeout_s: float = parameter(
        2.0, "How long to wait for a new joint state.", minimum=0.1, maximum=60.0
    )
    frame_timeout_s: float = parameter(
        10.0, "How long to wait for a depth image taken after the goal.", minimum=0.1, maximum=60.0
    )
    sync_slop_s: float = parameter(
        0.05,
        "How far the stamps of colour and depth may lie apart; half a frame is typical.",
        minimum=0.0,
        maximum=1.0,
    )
    tf_timeout_s: float = parameter(
        5.0, "How long to wait for the camera's transform.", minimum=0.0, maximum=60.0
    )
    autostart: bool = autostart()


def pick_settings(now: ExecutorParameters) -> PickSettings:
    """Return what the parameters say of a pick.

    Raises:
        RequestInvalid: the workspace has no inside.
    """
    try:
        workspace = Workspace(
            (now.workspace_min_x_m, now.workspace_min_y_m, now.workspace_min_z_m),
            (now.workspace_max_x_m, now.workspace_max_y_m, now.workspace_max_z_m),
        )
    except ValueError as error:
        raise RequestInvalid(f"The executor's parameters do not fit: {error}; set them.") from error
    return PickSettings(
        standoff_m=now.standoff_m,
        lift_m=now.lift_m,
        planning_timeout_s=now.planning_timeout_s,
        gripper_timeout_s=now.gripper_timeout_s,
        workspace=workspace,
    )

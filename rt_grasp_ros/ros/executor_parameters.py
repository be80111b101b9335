"""The parameters of the executor node."""

from __future__ import annotations

from dataclasses import dataclass

from .parameters import parameter


@dataclass(frozen=True)
class ExecutorParameters:
    """What `config/executor.yaml` sets."""

    robot: str = parameter(
        "config/robots/panda.yaml",
        "Robot profile: a path, or one relative to the package's share folder.",
        read_only=True,
    )
    gripper: str = parameter(
        "config/grippers/panda_hand.yaml",
        "Gripper profile: a path, or one relative to the package's share folder.",
        read_only=True,
    )
    speed: float = parameter(
        0.5,
        "Share of the joints' full speed for free motions.",
        minimum=0.01,
        maximum=1.0,
        read_only=True,
    )
    line_speed: float = parameter(
        0.25,
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
    table_z_m: float = parameter(
        0.0, "Height of the table in the robot's base frame.", minimum=-1.5, maximum=1.5
    )
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

"""The parameters of the doctor's node."""

from __future__ import annotations

from dataclasses import dataclass

from ..node.parameters import parameter
from ..node.profile_parameters import gripper_controller, gripper_profile, robot_profile


@dataclass(frozen=True)
class DoctorParameters:
    """What `config/doctor.yaml` sets."""

    robot: str = robot_profile()
    gripper: str = gripper_profile()
    gripper_controller: str = gripper_controller()
    period_s: float = parameter(
        15.0,
        "How long from one examination to the next.",
        minimum=5.0,
        maximum=3600.0,
        read_only=True,
    )
    listen_s: float = parameter(
        2.0, "How long each of them listens to the topics.", minimum=0.5, maximum=60.0
    )

"""The parameters of the doctor's node."""

from __future__ import annotations

from dataclasses import dataclass

from .parameters import parameter


@dataclass(frozen=True)
class DoctorParameters:
    """What `config/doctor.yaml` sets."""

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

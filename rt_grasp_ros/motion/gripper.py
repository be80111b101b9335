"""A parallel gripper's profile: its geometry, and how metres become joint positions."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..grasp.grasp import Gripper
from . import profile
from .trajectory import Trajectory

COMMAND_TYPES = ("joint_trajectory",)


@dataclass(frozen=True, slots=True, eq=False)
class GripperProfile:
    """What is to be known of a gripper, as its YAML file says it.

    Attributes:
        name: how messages call it.
        joints: its joints, all commanded alike.
        command_type: the interface it is driven by, one of `COMMAND_TYPES`.
        T_tip_grasp: maps grasp coordinates to the robot's tip frame, shape (4, 4), metres.
        geometry: what perception must know of it, in metres.
        min_held_opening_m: fingers closer than this after closing hold nothing.
        speed_m_s: change of the opening per second.
        joint_per_opening: change of each joint per metre of opening.
        joint_at_closed: position of each joint at opening zero.
    """

    name: str
    joints: tuple[str, ...]
    command_type: str
    T_tip_grasp: NDArray[np.float64]
    geometry: Gripper
    min_held_opening_m: float
    speed_m_s: float
    joint_per_opening: float
    joint_at_closed: float

    def __post_init__(self) -> None:
        """Refuse values that no gripper can have.

        Raises:
            ValueError: names the field and what it must be.
        """
        if self.command_type not in COMMAND_TYPES:
            raise ValueError(f"command_type must be one of {', '.join(COMMAND_TYPES)}")
        for name, size_m in dataclasses.asdict(self.geometry).items():
            if not 0.0 <= size_m < np.inf:
                raise ValueError(f"geometry.{name} must be 0 or more, in metres")
        if not 0.0 <= self.min_held_opening_m < self.max_opening_m:
            raise ValueError("min_held_opening_m must be 0 or more and below max_opening_m")
        if not 0.0 < self.speed_m_s < np.inf:
            raise ValueError("speed_m_s must be above 0")
        if not np.isfinite(self.joint_per_opening) or self.joint_per_opening == 0.0:
            raise ValueError("joint_per_opening must be a number other than 0")
        rotation = self.T_tip_grasp[:3, :3]
        is_orthonormal = np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-6)
        if not is_orthonormal or np.linalg.det(rotation) < 0:
            raise ValueError("tip_to_grasp.rotation must be a rotation matrix")

    @property
    def max_opening_m(self) -> float:
        """Widest distance between the finger pads."""
        return self.geometry.max_opening_m

    def joint_positions(self, opening_m: float) -> NDArray[np.float64]:
        """Return the joint positions of an opening, shape (len(joints),)."""
        position = self.joint_per_opening * opening_m + self.joint_at_closed
        return np.full(len(self.joints), position)

    def opening_m(self, joint_positions: NDArray[np.float64]) -> float:
        """Return the opening of measured joint positions, shape (len(joints),), in metres."""
        opening = (joint_positions - self.joint_at_closed) / self.joint_per_opening
        return float(opening.mean())

    def trajectory(self, start_m: float, goal_m: float) -> Trajectory:
        """Return the joint motion from one opening to another at `speed_m_s`."""
        duration_s = max(abs(goal_m - start_m) / self.speed_m_s, 0.1)
        positions = np.stack([self.joint_positions(start_m), self.joint_positions(goal_m)])
        return Trajectory(
            self.joints, positions, np.zeros_like(positions), np.array([0.0, duration_s])
        )


def load_gripper(path: Path) -> GripperProfile:
    """Return the gripper that a YAML file describes.

    Raises:
        ProfileInvalid: the file is missing, incomplete or contradicts itself.
    """
    fields = profile.read_mapping(path)
    try:
        pose = fields.pop("tip_to_grasp")
        T_tip_grasp = np.eye(4)
        T_tip_grasp[:3, :3] = profile.numbers(pose["rotation"], (3, 3), "rotation")
        T_tip_grasp[:3, 3] = profile.numbers(pose["translation_m"], (3,), "translation_m")
        fields["T_tip_grasp"] = T_tip_grasp
        fields["joints"] = profile.names(fields["joints"], "joints")
        fields["geometry"] = profile.build(Gripper, dict(fields["geometry"]), path)
    except (KeyError, TypeError, ValueError) as error:
        raise profile.invalid(path, error) from error
    return profile.build(GripperProfile, fields, path)

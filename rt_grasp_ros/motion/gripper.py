"""A parallel gripper's profile: its geometry, and how metres become joint positions."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import ProfileInvalid
from ..grasp.grasp import Gripper
from . import profile
from .trajectory import Trajectory

COMMAND_TYPES = ("joint_trajectory", "gripper_command", "parallel_gripper_command")
"""A `trajectory_msgs/JointTrajectory` topic, or one of the two actions of control_msgs."""

_BEYOND_SHARE = 0.2
"""Fingers may stand beyond their map's ends by this share of it: a zero that is not exact."""


@dataclass(frozen=True, slots=True, eq=False)
class GripperProfile:
    """What is to be known of a gripper, as its YAML file says it.

    Attributes:
        name: how messages call it.
        joints: its J measured joints.
        commanded_joints: those of them that its controller takes; the others follow.
        command_type: the interface it is driven by, one of `COMMAND_TYPES`.
        command_name: its topic or action, relative to the executor's namespace.
        max_effort: N or N m, as its controller counts; 0 leaves it to the controller.
        T_tip_grasp: maps grasp coordinates to the robot's tip frame, shape (4, 4), metres.
        geometry: what perception must know of it, in metres.
        min_held_opening_m: fingers closer than this after closing hold nothing.
        speed_m_s: change of the opening per second.
        map_opening_m: openings whose joint positions are known, increasing, shape (K,), K >= 2;
            linear in between.
        map_joint: the position of each of `joints` at them, rad or m, shape (K, J).
    """

    name: str
    joints: tuple[str, ...]
    commanded_joints: tuple[str, ...]
    command_type: str
    command_name: str
    max_effort: float
    T_tip_grasp: NDArray[np.float64]
    geometry: Gripper
    min_held_opening_m: float
    speed_m_s: float
    map_opening_m: NDArray[np.float64]
    map_joint: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse values that no gripper can have.

        Raises:
            ValueError: names the field and what it must be.
        """
        if self.command_type not in COMMAND_TYPES:
            raise ValueError(f"command_type must be one of {', '.join(COMMAND_TYPES)}")
        for name in self.commanded_joints:
            if name not in self.joints:
                raise ValueError(f"commanded_joints names '{name}', which joints does not")
        if self.command_type != "joint_trajectory" and len(self.commanded_joints) != 1:
            raise ValueError(
                f"{self.command_type} takes one joint; commanded_joints must name that one, not "
                f"{', '.join(self.commanded_joints)}"
            )
        for name, size_m in dataclasses.asdict(self.geometry).items():
            if not 0.0 <= size_m < np.inf:
                raise ValueError(f"geometry.{name} must be 0 or more, in metres")
        if not 0.0 <= self.min_held_opening_m < self.max_opening_m:
            raise ValueError("min_held_opening_m must be 0 or more and below max_opening_m")
        if not 0.0 < self.speed_m_s < np.inf:
            raise ValueError("speed_m_s must be above 0")
        if not 0.0 <= self.max_effort < np.inf:
            raise ValueError("max_effort must be 0 or more")
        if (np.diff(self.map_opening_m) <= 0.0).any():
            raise ValueError("joint_map.opening_m must increase")
        if self.map_opening_m[0] > 0.0 or self.map_opening_m[-1] < self.max_opening_m:
            raise ValueError("joint_map.opening_m must reach from 0 to max_opening_m")
        for steps in np.diff(self.map_joint, axis=0).T:
            if not ((steps > 0.0).all() or (steps < 0.0).all()):
                raise ValueError("joint_map.joint must increase or decrease all the way")
        rotation = self.T_tip_grasp[:3, :3]
        is_orthonormal = np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-6)
        if not is_orthonormal or np.linalg.det(rotation) < 0:
            raise ValueError("tip_to_grasp.rotation must be a rotation matrix")

    @property
    def max_opening_m(self) -> float:
        """Widest distance between the finger pads."""
        return self.geometry.max_opening_m

    def driven_by(self, controller: str) -> GripperProfile:
        """Return the same gripper behind another controller.

        Args:
            controller: its name, in place of what is before the last slash of `command_name`; one
                with a slash in it is the whole topic or action; empty for the profile's own.
        """
        if not controller:
            return self
        last = self.command_name.rpartition("/")[2]
        name = controller if "/" in controller.strip("/") else f"{controller}/{last}"
        return dataclasses.replace(self, command_name=name)

    def joint_positions(self, opening_m: float) -> NDArray[np.float64]:
        """Return the joint positions of an opening, shape (len(joints),)."""
        columns = [np.interp(opening_m, self.map_opening_m, column) for column in self.map_joint.T]
        return np.array(columns)

    def opening_m(self, joint_positions: NDArray[np.float64]) -> float:
        """Return the opening of measured joint positions, shape (len(joints),), in metres.

        Raises:
            ProfileInvalid: a joint stands where the map knows of no opening.
        """
        openings = []
        for name, column, position in zip(
            self.joints, self.map_joint.T, joint_positions, strict=True
        ):
            low, high = column.min(), column.max()
            beyond = max(low - position, position - high)
            if beyond > _BEYOND_SHARE * (high - low):
                raise ProfileInvalid(
                    f"The gripper's joint '{name}' stands at {position:.4g}, and the profile of "
                    f"'{self.name}' knows it from {low:.4g} to {high:.4g}; give each joint its "
                    "own column in joint_map.joint."
                )
            order = np.argsort(column)
            openings.append(np.interp(position, column[order], self.map_opening_m[order]))
        return float(np.mean(openings))

    def trajectory(self, start_m: float, goal_m: float) -> Trajectory:
        """Return the motion of `commanded_joints` from one opening to another at `speed_m_s`."""
        duration_s = max(abs(goal_m - start_m) / self.speed_m_s, 0.1)
        positions = np.stack([self.joint_positions(start_m), self.joint_positions(goal_m)])
        whole = Trajectory(
            self.joints, positions, np.zeros_like(positions), np.array([0.0, duration_s])
        )
        return whole.of(self.commanded_joints)

    def along(self, trajectory: Trajectory, names: tuple[str, ...]) -> Trajectory:
        """Return the motion of some of the joints that goes along with that of others.

        Args:
            trajectory: of one or more of `joints`.
            names: of `joints`, those that are asked for.
        """
        column = self.map_joint[:, self.joints.index(trajectory.names[0])]
        order = np.argsort(column)
        openings_m = np.interp(trajectory.positions[:, 0], column[order], self.map_opening_m[order])
        positions = np.stack([self.joint_positions(opening_m) for opening_m in openings_m])
        whole = Trajectory(self.joints, positions, np.zeros_like(positions), trajectory.times_s)
        return whole.of(names)


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
        commanded = fields.get("commanded_joints")
        fields["commanded_joints"] = profile.names(
            _usually_commanded(fields) if commanded is None else commanded, "commanded_joints"
        )
        joint_map = fields.pop("joint_map")
        count = len(joint_map["opening_m"])
        if count < 2:
            raise ValueError("joint_map needs two openings or more")
        fields["map_opening_m"] = profile.numbers(
            joint_map["opening_m"], (count,), "joint_map.opening_m"
        )
        fields["map_joint"] = _columns(joint_map["joint"], count, len(fields["joints"]))
        fields["geometry"] = profile.build(Gripper, dict(fields["geometry"]), path)
    except (KeyError, TypeError, ValueError) as error:
        raise profile.invalid(path, error) from error
    return profile.build(GripperProfile, fields, path)


def _usually_commanded(fields: Mapping[str, Any]) -> list[str]:
    """Return what a profile that does not say commands: an action one joint, a topic all."""
    joints = list(fields["joints"])
    return joints if fields.get("command_type") == "joint_trajectory" else joints[:1]


def _columns(values: Any, count: int, joints: int) -> NDArray[np.float64]:
    """Return the joints' positions at each opening, shape (count, joints).

    Raises:
        ValueError: they are neither `count` numbers for all joints nor `count` rows of one each.
    """
    if isinstance(values, list) and any(isinstance(row, list) for row in values):
        return profile.numbers(values, (count, joints), "joint_map.joint")
    alike = profile.numbers(values, (count,), "joint_map.joint")
    return np.repeat(alike[:, None], joints, axis=1)

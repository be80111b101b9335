"""Whether a gripper's profile and a robot's URDF speak of the same fingers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import ProfileInvalid
from .gripper import GripperProfile
from .robot import RobotProfile
from .urdf import UrdfJoint

_TOLERANCE = 0.005  # rad or m: a map's ends are measured, a URDF's limits rounded


def check_fit(robot: RobotProfile, gripper: GripperProfile) -> None:
    """Refuse a gripper whose joints the robot lacks, moves otherwise, or counts as the arm's.

    Raises:
        ProfileInvalid: names the joint and what does not fit.
    """
    columns = dict(zip(gripper.joints, gripper.map_joint.T, strict=True))
    for name, column in columns.items():
        problem = _problem(robot, name, column, columns)
        if problem is not None:
            raise ProfileInvalid(
                f"The joint '{name}' of the gripper '{gripper.name}' {problem}; mend its profile, "
                f"or {robot.urdf.name}."
            )


def _problem(
    robot: RobotProfile,
    name: str,
    column: NDArray[np.float64],
    columns: dict[str, NDArray[np.float64]],
) -> str | None:
    """Return what does not fit a finger joint, or None."""
    if name in robot.arm_joints:
        return "is one of the arm's"
    joint = robot.description.joints.get(name)
    if joint is None:
        return f"is not in {robot.urdf.name}"
    if joint.kind not in ("revolute", "prismatic", "continuous"):
        return f"is {joint.kind} there, and can't move"
    return _beyond_limits(joint, column) or _unlike(robot, joint, column, columns)


def _beyond_limits(joint: UrdfJoint, column: NDArray[np.float64]) -> str | None:
    low, high = column.min(), column.max()
    if joint.lower is None or joint.upper is None:
        return None
    if joint.lower - _TOLERANCE <= low and high <= joint.upper + _TOLERANCE:
        return None
    return (
        f"goes from {low:.4g} to {high:.4g} by joint_map, and from {joint.lower:.4g} to "
        f"{joint.upper:.4g} by the URDF: give each finger its own column, with its own sign"
    )


def _unlike(
    robot: RobotProfile,
    joint: UrdfJoint,
    column: NDArray[np.float64],
    columns: dict[str, NDArray[np.float64]],
) -> str | None:
    mimic = robot.description.followed(joint.name)
    if mimic is None or mimic.joint not in columns:
        return None
    if np.allclose(column, mimic.multiplier * columns[mimic.joint] + mimic.offset, atol=_TOLERANCE):
        return None
    return f"follows '{mimic.joint}' in the URDF, and otherwise in joint_map"

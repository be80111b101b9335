"""Joint states and joint trajectories as messages and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sensor_msgs.msg import JointState as JointStateMessage
from std_msgs.msg import Header
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from ...grasp.errors import RequestInvalid
from ...motion.joint_reading import JointReading, read_joints
from ...motion.trajectory import JointState, Trajectory
from .stamps import NANOSECONDS_PER_SECOND, duration_from_seconds, time_from_nanoseconds


def trajectory_to_message(trajectory: Trajectory) -> JointTrajectory:
    """Return the trajectory as ros2_control's joint_trajectory_controller takes it.

    The stamp stays zero: start on arrival.
    """
    return JointTrajectory(
        joint_names=list(trajectory.names),
        points=[
            JointTrajectoryPoint(
                positions=positions.tolist(),
                velocities=[] if np.isnan(velocities).all() else velocities.tolist(),
                time_from_start=duration_from_seconds(float(time_s)),
            )
            for positions, velocities, time_s in zip(
                trajectory.positions, trajectory.velocities, trajectory.times_s, strict=True
            )
        ],
    )


def trajectory_from_message(message: JointTrajectory) -> Trajectory | None:
    """Return the trajectory of a message, or None for an empty one, which moves nothing.

    The velocities of a point that has none are NaN.

    Raises:
        RequestInvalid: joints, positions, velocities and times do not fit each other.
    """
    if not message.points:
        return None
    none = [np.nan] * len(message.joint_names)
    try:
        return Trajectory(
            names=tuple(message.joint_names),
            positions=np.array([point.positions for point in message.points], dtype=np.float64),
            velocities=np.array(
                [point.velocities or none for point in message.points], dtype=np.float64
            ),
            times_s=np.array(
                [
                    point.time_from_start.sec
                    + point.time_from_start.nanosec / NANOSECONDS_PER_SECOND
                    for point in message.points
                ]
            ),
        )
    except ValueError as error:
        raise RequestInvalid(f"The joint trajectory is not usable: {error}") from error


def joint_state_to_message(state: JointState) -> JointStateMessage:
    """Return the joint state as a message stamped with its own time."""
    stamp = time_from_nanoseconds(round(state.stamp_s * NANOSECONDS_PER_SECOND))
    return JointStateMessage(
        header=Header(stamp=stamp),
        name=list(state.names),
        position=state.positions.tolist(),
        velocity=state.velocities.tolist(),
    )


def reading_from_message(message: JointStateMessage, wanted: Sequence[str]) -> JointReading:
    """Return what is right of a message for some joints, and what is wrong."""
    return read_joints(message.name, message.position, message.velocity, wanted)

"""A joint trajectory controller with the semantics of ros2_control's, in plain numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import ControllerFailed


@dataclass(frozen=True, slots=True)
class TrajectoryPoint:
    """Where the joints are to be at one time, as `trajectory_msgs/JointTrajectoryPoint`.

    Attributes:
        positions: one for each joint; radians, metres for a finger.
        time_from_start_s: seconds after the trajectory was accepted.
        velocities: one for each joint, per second; None where only positions are given.
    """

    positions: tuple[float, ...]
    time_from_start_s: float
    velocities: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Knots:
    """A trajectory under way: times (n,), positions and velocities (n, joints), NaN for none."""

    times_s: NDArray[np.float64]
    positions: NDArray[np.float64]
    velocities: NDArray[np.float64]


class JointTrajectoryController:
    """Follows the newest trajectory it accepted, then holds its end.

    As ros2_control's joint_trajectory_controller: a new trajectory replaces the running one at
    once and leads on from the state commanded at that moment; between points that both have
    velocities it interpolates by cubic Hermite polynomials, else linearly; an empty trajectory is
    refused, though ros2_control's manual says that it holds the arm.
    """

    def __init__(self, joint_names: Sequence[str], positions: Sequence[float]) -> None:
        """Hold the given positions.

        Args:
            joint_names: the joints it drives; also the order of every array it returns.
            positions: where they are, in that order.
        """
        self.joint_names = tuple(joint_names)
        start = np.array([positions], dtype=np.float64)
        self._knots = _Knots(np.zeros(1), start, np.zeros_like(start))

    def accept(
        self, joint_names: Sequence[str], points: Sequence[TrajectoryPoint], time_s: float
    ) -> None:
        """Start on a trajectory; the running one goes on if this one is refused.

        Args:
            joint_names: the joints of the points' numbers, all of this controller's, any order.
            points: one or more, times increasing, at rest at the last one.
            time_s: the present time.

        Raises:
            ControllerFailed: the trajectory can't be followed; the message says why.
        """
        order = self._order(joint_names)
        if not points:
            raise ControllerFailed("The trajectory is empty; send one point at least.")
        position, velocity = self.sample(time_s)
        times_s, positions, velocities = _arrays(points, len(self.joint_names))
        times_s = times_s + time_s
        positions = positions[:, order]
        velocities = velocities[:, order]
        if times_s[0] > time_s:
            times_s = np.concatenate([[time_s], times_s])
            positions = np.concatenate([position[None], positions])
            velocities = np.vstack([velocity, velocities])
        self._knots = _Knots(times_s, positions, velocities)

    def hold(self, time_s: float) -> None:
        """Stay where the joints are commanded to be at a time."""
        position, _ = self.sample(time_s)
        self._knots = _Knots(np.array([time_s]), position[None], np.zeros((1, len(position))))

    def sample(self, time_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the commanded positions and velocities at a time, each of shape (joints,)."""
        knots = self._knots
        if time_s >= knots.times_s[-1]:
            return knots.positions[-1].copy(), np.zeros(len(self.joint_names))
        if time_s <= knots.times_s[0]:
            return knots.positions[0].copy(), np.nan_to_num(knots.velocities[0])
        after = int(np.searchsorted(knots.times_s, time_s, side="right"))
        before = after - 1
        span_s = knots.times_s[after] - knots.times_s[before]
        phase = (time_s - knots.times_s[before]) / span_s
        start, end = knots.positions[before], knots.positions[after]
        start_velocity, end_velocity = knots.velocities[before], knots.velocities[after]
        if np.isnan(start_velocity + end_velocity).any():
            return start + phase * (end - start), (end - start) / span_s
        return _hermite(start, end, start_velocity, end_velocity, span_s, phase)

    @property
    def end_time_s(self) -> float:
        """When the newest trajectory reaches its last point."""
        return float(self._knots.times_s[-1])

    def _order(self, joint_names: Sequence[str]) -> list[int]:
        """Where each of the controller's joints stands in the trajectory."""
        if sorted(joint_names) != sorted(self.joint_names):
            raise ControllerFailed(
                f"The trajectory is for the joints {', '.join(joint_names) or 'of no name'}; "
                f"send one for {', '.join(self.joint_names)}."
            )
        return [list(joint_names).index(name) for name in self.joint_names]


def _arrays(
    points: Sequence[TrajectoryPoint], joint_count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return times, positions and velocities (NaN for none), or say what is wrong with them."""
    if any(len(point.positions) != joint_count for point in points) or any(
        point.velocities is not None and len(point.velocities) != joint_count for point in points
    ):
        raise ControllerFailed(
            f"A trajectory point does not hold {joint_count} numbers; "
            "send one position for each joint, and one velocity or none at all."
        )
    times_s = np.array([point.time_from_start_s for point in points], dtype=np.float64)
    positions = np.array([point.positions for point in points], dtype=np.float64)
    unknown = (np.nan,) * joint_count
    has_velocities = np.array([point.velocities is not None for point in points])
    velocities = np.array(
        [unknown if point.velocities is None else point.velocities for point in points],
        dtype=np.float64,
    )
    numbers = (times_s, positions, velocities[has_velocities])
    if not all(np.isfinite(array).all() for array in numbers):
        raise ControllerFailed("The trajectory holds a number that is not finite; send it again.")
    if times_s[0] < 0 or (np.diff(times_s) <= 0).any():
        raise ControllerFailed(
            "The trajectory's times do not increase from zero on; give each point a later time."
        )
    if has_velocities[-1] and np.abs(velocities[-1]).max() > 1e-3:
        raise ControllerFailed(
            "The trajectory ends in motion; let the velocities of its last point be zero."
        )
    return times_s, positions, velocities


def _hermite(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    start_velocity: NDArray[np.float64],
    end_velocity: NDArray[np.float64],
    span_s: float,
    phase: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cubic Hermite interpolation: position and velocity at `phase` in 0..1 of the span."""
    rise = end - start
    bend = span_s * start_velocity - rise
    bow = rise - span_s * end_velocity
    rest = 1 - phase
    position = rest * start + phase * end + phase * rest * (rest * bend + phase * bow)
    velocity = rise + (1 - 2 * phase) * (rest * bend + phase * bow) + phase * rest * (bow - bend)
    return position, velocity / span_s

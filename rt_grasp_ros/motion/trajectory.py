"""Joint motion as plain values: a timed trajectory, and a measured state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """Joint positions and velocities over time, N samples of J joints.

    Attributes:
        names: the J joint names, in the order of the columns.
        positions: shape (N, J), rad (or m for a prismatic joint).
        velocities: shape (N, J), rad/s (or m/s); a row of NaN where the controller is told none:
            it then leads straight to that sample and straight away from it.
        times_s: shape (N,), strictly increasing, seconds from the start of the motion.
    """

    names: tuple[str, ...]
    positions: NDArray[np.float64]
    velocities: NDArray[np.float64]
    times_s: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit each other.

        Raises:
            ValueError: wrong shapes, no sample, values not finite (but for whole rows of
                velocities), or times not increasing.
        """
        shape = (len(self.times_s), len(self.names))
        if shape[0] == 0 or self.positions.shape != shape or self.velocities.shape != shape:
            raise ValueError(
                f"A trajectory of {shape[1]} joints and {shape[0]} times can't have positions of "
                f"shape {self.positions.shape} and velocities of shape {self.velocities.shape}."
            )
        told = self.velocities[~np.isnan(self.velocities).all(axis=1)]
        if not (np.isfinite(self.positions).all() and np.isfinite(told).all()):
            raise ValueError("A trajectory's positions and velocities must be finite.")
        if self.times_s[0] < 0.0 or (np.diff(self.times_s) <= 0.0).any():
            raise ValueError("A trajectory's times must increase, starting at 0 or later.")

    @property
    def duration_s(self) -> float:
        """Time of the last sample."""
        return float(self.times_s[-1])

    @property
    def start(self) -> NDArray[np.float64]:
        """First positions, shape (J,)."""
        first: NDArray[np.float64] = self.positions[0]
        return first

    @property
    def end(self) -> NDArray[np.float64]:
        """Last positions, shape (J,)."""
        last: NDArray[np.float64] = self.positions[-1]
        return last

    def sample(
        self, times_s: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return positions and velocities at times, each of shape (K, J).

        As `joint_trajectory_controller` interpolates: by cubic polynomials between samples with
        velocities, else straight. Before the first and after the last sample the joints stand.

        Args:
            times_s: shape (K,), seconds from the start of the motion.
        """
        if len(self.times_s) == 1:
            shape = len(times_s), len(self.names)
            return np.broadcast_to(self.end, shape).copy(), np.zeros(shape)
        after = np.clip(np.searchsorted(self.times_s, times_s, "right"), 1, len(self.times_s) - 1)
        span_s = (self.times_s[after] - self.times_s[after - 1])[:, None]
        part_s = np.clip(times_s - self.times_s[after - 1], 0.0, span_s[:, 0])[:, None]
        start, rise = self.positions[after - 1], np.diff(self.positions, axis=0)[after - 1]
        mean = rise / span_s
        v_start, v_end = self.velocities[after - 1], self.velocities[after]
        is_straight = np.isnan(v_start + v_end)
        v_start, v_end = (np.where(is_straight, mean, v) for v in (v_start, v_end))
        square = (3.0 * mean - 2.0 * v_start - v_end) / span_s
        cube = (v_start + v_end - 2.0 * mean) / span_s**2
        positions = start + part_s * (v_start + part_s * (square + part_s * cube))
        velocities = v_start + part_s * (2.0 * square + 3.0 * part_s * cube)
        is_under_way = (times_s >= self.times_s[0]) & (times_s < self.times_s[-1])
        return positions, np.where(is_under_way[:, None], velocities, 0.0)

    def of(self, names: tuple[str, ...]) -> Trajectory:
        """Return the motion of some joints, in that order.

        Raises:
            KeyError: a joint is not among those that move.
        """
        index = {name: column for column, name in enumerate(self.names)}
        columns = [index[name] for name in names]
        return Trajectory(
            names, self.positions[:, columns], self.velocities[:, columns], self.times_s
        )


@dataclass(frozen=True, slots=True, eq=False)
class JointTrack:
    """Where joints were measured of late: N times of J joints, in order.

    Attributes:
        positions: shape (N, J), rad (or m).
        stamped_s: when that was by the driver's stamps, laid on the arrival that was least late, on
            the clock of a `JointState`, shape (N,); None where the stamps say nothing.
        arrived_s: when the messages came, on that clock, shape (N,).
    """

    positions: NDArray[np.float64]
    stamped_s: NDArray[np.float64] | None
    arrived_s: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class JointMotion:
    """How joints move by more than one message, shape (J,) each.

    Attributes:
        positions: rad (or m).
        velocities: rad/s (or m/s).
        accelerations: rad/s^2 (or m/s^2); 0 where none shows.
        uneven_s: by how much time the joints may be elsewhere because messages' times are uneven.
        track: what that was made of, where it is known.
    """

    positions: NDArray[np.float64]
    velocities: NDArray[np.float64]
    accelerations: NDArray[np.float64]
    uneven_s: float = 0.0
    track: JointTrack | None = None


@dataclass(frozen=True, slots=True, eq=False)
class JointState:
    """What the joints measured at one moment.

    Attributes:
        names: the J joint names.
        positions: shape (J,), rad (or m for a prismatic joint).
        velocities: shape (J,), rad/s (or m/s); zero where nothing is known of them.
        stamp_s: when it was measured, on the clock of the `RobotIo` that gave it.
        velocity_spans_s: over which time each velocity is a mean, taken from positions, shape (J,)
            or one number for all; 0 where the driver measures it, infinite where nothing is known.
        motion: how they moved at that moment by all that was heard of late, where it was asked for.
    """

    names: tuple[str, ...]
    positions: NDArray[np.float64]
    velocities: NDArray[np.float64]
    stamp_s: float
    velocity_spans_s: NDArray[np.float64] | float = 0.0
    motion: JointMotion | None = None

    def of(self, names: tuple[str, ...]) -> NDArray[np.float64]:
        """Return the positions of some joints, shape (len(names),).

        Raises:
            KeyError: a joint is not among those measured.
        """
        index = {name: column for column, name in enumerate(self.names)}
        return np.array([self.positions[index[name]] for name in names])

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
        velocities: shape (N, J), rad/s (or m/s).
        times_s: shape (N,), strictly increasing, seconds from the start of the motion.
    """

    names: tuple[str, ...]
    positions: NDArray[np.float64]
    velocities: NDArray[np.float64]
    times_s: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit each other.

        Raises:
            ValueError: wrong shapes, no sample, values not finite, or times not increasing.
        """
        shape = (len(self.times_s), len(self.names))
        if shape[0] == 0 or self.positions.shape != shape or self.velocities.shape != shape:
            raise ValueError(
                f"A trajectory of {shape[1]} joints and {shape[0]} times can't have positions of "
                f"shape {self.positions.shape} and velocities of shape {self.velocities.shape}."
            )
        if not (np.isfinite(self.positions).all() and np.isfinite(self.velocities).all()):
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
        return self.positions[0]

    @property
    def end(self) -> NDArray[np.float64]:
        """Last positions, shape (J,)."""
        return self.positions[-1]

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
class JointState:
    """What the joints measured at one moment.

    Attributes:
        names: the J joint names.
        positions: shape (J,), rad (or m for a prismatic joint).
        velocities: shape (J,), rad/s (or m/s); zero where none were measured.
        stamp_s: when it was measured, on the clock of the `RobotIo` that gave it.
    """

    names: tuple[str, ...]
    positions: NDArray[np.float64]
    velocities: NDArray[np.float64]
    stamp_s: float

    def of(self, names: tuple[str, ...]) -> NDArray[np.float64]:
        """Return the positions of some joints, shape (len(names),).

        Raises:
            KeyError: a joint is not among those measured.
        """
        index = {name: column for column, name in enumerate(self.names)}
        return np.array([self.positions[index[name]] for name in names])

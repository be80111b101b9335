"""A trajectory on its way through the arm's controller: where the arm is on it by now."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .following import Following, mean_lag
from .trajectory import JointState, Trajectory

_SLOWEST_START_S = 0.5  # MoveIt may take so long from being asked to the first motion
_STEP_S = 0.005
_OFF_WAY_RAD = 0.03
_LEAST_OFF_RAD_S = 0.1
_SHARE_OFF = 0.25
_TIMING_S = 0.01  # by how much the times of two positions may be off


@dataclass(frozen=True, slots=True, eq=False)
class SentMotion:
    """What the arm was told last.

    Attributes:
        trajectory: of the arm's joints.
        sent_s: when it was sent, on the clock of the joint states' stamps.
        is_braking: whether it is to bring the arm to rest.
        is_continuous: which joints turn without end, and may be reported in another turn than the
            trajectory counts; J of them, or none where all have limits.
        knows_velocities: see `braking.arm_now`; what is known of the controller that has it.
    """

    trajectory: Trajectory
    sent_s: float
    is_braking: bool = False
    is_continuous: tuple[bool, ...] = ()
    knows_velocities: bool | None = None

    @property
    def end_s(self) -> float:
        """When the arm is to be at its end."""
        return self.sent_s + self.trajectory.duration_s

    def at(self, time_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return positions and velocities at a time if it began when it was sent, (J,) each."""
        positions, velocities = self.trajectory.sample(np.array([time_s - self.sent_s]))
        return positions[0], velocities[0]

    def lag_s(self, state: JointState) -> float | None:
        """Return how far the arm is behind on its way, or None where it does not follow it.

        A controller begins a little after it was told, and joints are measured after they moved.
        The lag is what brings the way closest to the measured positions. The arm follows where
        these are within 0.03 rad then, and the velocities within 0.1 rad/s or a quarter (of those
        that are made of positions, by as much more as 10 ms are of their time): one that stands
        against an obstacle, is slowed down by its operator, or was sent elsewhere does not.

        Args:
            state: of the trajectory's joints, in their order.
        """
        begun_s = state.stamp_s - self.sent_s
        if begun_s < 0.0:  # measured before it was sent: nothing speaks against it yet
            return 0.0
        times_s = np.arange(begun_s, max(begun_s - _SLOWEST_START_S, 0.0), -_STEP_S)
        way, _ = self.trajectory.sample(np.append(times_s, max(begun_s - _SLOWEST_START_S, 0.0)))
        times_s = np.append(times_s, max(begun_s - _SLOWEST_START_S, 0.0))
        distances = np.linalg.norm(self._apart(way, state.positions), axis=1)
        time_s = self._nearest(float(times_s[np.argmin(distances)]), state.positions)
        positions, _ = self.trajectory.sample(np.array([time_s]))
        if np.abs(self._apart(positions[0], state.positions)).max() > _OFF_WAY_RAD:
            return None
        allowed, off = self._off_velocities(state, time_s)
        if (off > allowed).any():
            return None
        return begun_s - time_s

    def following(self, state: JointState) -> Following | None:
        """Return how the arm follows, by all that was heard of late; None where it does not.

        A joint that is reported in another turn is beside the way by that turn. Where nothing is
        known but the newest message, or the lag changes, that is what it says.

        Args:
            state: of the trajectory's joints, in their order.
        """
        lag_s = self.lag_s(state)
        if lag_s is None:
            return None
        newest = state.positions - self.at(state.stamp_s - lag_s)[0]
        turned = newest - self._apart(newest, np.zeros_like(newest))
        track = None if state.motion is None else state.motion.track
        if track is not None:
            times_s = track.arrived_s if track.stamped_s is None else track.stamped_s
            way, velocities = self.trajectory.sample(times_s - lag_s - self.sent_s)
            velocities[times_s - lag_s <= self.sent_s] = 0.0
            mean = mean_lag(track, lag_s, self._apart(track.positions, way), velocities)
            if mean is not None:
                return replace(mean, beside=mean.beside + turned)
        if state.stamp_s < self.sent_s:
            return Following(lag_s, turned, 0.0)
        return Following(lag_s, newest, 0.0)

    def _off_velocities(
        self, state: JointState, time_s: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return how far velocities may be off those of the way at a time, and are, (J,) each."""
        spans_s = np.broadcast_to(state.velocity_spans_s, state.velocities.shape)
        positions, velocities = self.trajectory.sample(np.array([time_s]))
        is_mean = np.isfinite(spans_s) & (spans_s > 0.0)
        lasted_s = np.where(is_mean, spans_s, np.inf)
        before = np.diagonal(self.trajectory.sample(time_s - np.where(is_mean, spans_s, 0.0))[0])
        wanted = np.where(is_mean, (positions[0] - before) / lasted_s, velocities[0])
        share = _SHARE_OFF + _TIMING_S / lasted_s
        allowed = np.maximum(_LEAST_OFF_RAD_S, share * np.abs(wanted))
        off = np.where(np.isfinite(spans_s), np.abs(wanted - state.velocities), 0.0)
        return allowed, off

    def _nearest(self, time_s: float, measured: NDArray[np.float64]) -> float:
        """Return the time near one at which the way is closest to positions."""
        positions, velocities = self.trajectory.sample(np.array([time_s]))
        square = float(velocities[0] @ velocities[0])
        if square < 1e-6:
            return time_s
        ahead_s = float(self._apart(measured, positions[0]) @ velocities[0]) / square
        return time_s + float(np.clip(ahead_s, -_STEP_S, _STEP_S))

    def _apart(
        self, positions: NDArray[np.float64], others: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return how far positions (shape (..., J)) are from others, turn for turn."""
        apart = positions - others
        if not any(self.is_continuous):
            return apart
        turns = np.where(self.is_continuous, np.round(apart / (2.0 * np.pi)), 0.0)
        return apart - 2.0 * np.pi * turns

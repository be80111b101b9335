"""Whether an arm that was told to stop has come to rest, or does not obey."""

from __future__ import annotations

import numpy as np

from .braking import ArmNow
from .trajectory import JointState

_STILL_RAD_S = 0.02
_STANDS_S = 0.03
_SLACK_S = 0.15
_SHARE_KEPT = 0.8
_LEAST_RAD_S = 0.05


class RestWatch:
    """Watches an arm from the moment at which it was told to brake.

    Whoever else moves the arm (MoveIt) is told only after it: a controller whose goal is cancelled
    holds the measured position at once, which ends a motion within one cycle.
    """

    def __init__(self, told: ArmNow, brake_s: float, told_s: float) -> None:
        """Begin.

        Args:
            told: where the arm was and how fast when it was told to brake.
            brake_s: how long it takes.
            told_s: when that was, on the clock of the states' stamps.
        """
        self._speed_rad_s = float(np.abs(told.velocities).max(initial=0.0))
        self._brake_s, self._told_s = brake_s, told_s
        self._still_since_s: float | None = None

    @property
    def longest_s(self) -> float:
        """How long the arm is waited for, from when it was told."""
        return self._brake_s + _SLACK_S

    def is_over(self, state: JointState | None, now_s: float) -> bool:
        """Return whether the arm stands, or goes on as if it had not been told.

        Args:
            state: what the arm's joints measured last.
            now_s: the present time.
        """
        waited_s = now_s - self._told_s
        if waited_s > self.longest_s:
            return True
        if state is None or state.stamp_s <= self._told_s:
            return False
        speed_rad_s = float(np.abs(state.velocities).max(initial=0.0))
        if speed_rad_s > _STILL_RAD_S:
            self._still_since_s = None
            does_not_slow = speed_rad_s > max(_LEAST_RAD_S, _SHARE_KEPT * self._speed_rad_s)
            return does_not_slow and waited_s > self._brake_s
        if self._still_since_s is None:
            self._still_since_s = state.stamp_s
        return state.stamp_s - self._still_since_s >= _STANDS_S

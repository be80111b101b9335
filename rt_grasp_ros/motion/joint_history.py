"""Where each joint was measured of late, and how fast it goes by that."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .joint_reading import JointReading
from .trajectory import JointState

WINDOW_S = 0.05
"""Positions of this time are looked at for a velocity, two at least."""

_GAP_S = 0.5  # positions further apart say nothing of how fast a joint is
_LEAST_SPAN_S = 0.015
_LONGEST = 128
_LEAST_OFF_RAD_S = 0.5
_SHARE_OFF = 0.5
_SLOWER = 0.8
_LYING_RAD_S = 0.02  # a joint that moves faster than this, by its positions, does not stand


@dataclass(frozen=True, slots=True)
class _Measured:
    """One joint in one message; `stamp_s` is the driver's, 0 where it sends none."""

    arrival_s: float
    stamp_s: float
    position: float
    velocity: float


class JointHistory:
    """The newest positions and velocities of joints, also where their driver sends no velocities.

    A velocity that is missing, not a number, zero in all messages of late although the position
    changes, or far from what the positions say, says nothing: then the mean of the last positions
    is taken (a straight line through those of `WINDOW_S`, two at least). Differences are taken over
    the driver's stamps where these increase, else over arrivals. Not safe between threads.
    """

    def __init__(self) -> None:
        """Start with nothing heard."""
        self._heard: dict[str, deque[_Measured]] = {}

    def hear(self, reading: JointReading, arrival_s: float, stamp_s: float) -> None:
        """Remember a message.

        Args:
            reading: what it says.
            arrival_s: when it came, on the clock of the states that are asked for.
            stamp_s: the driver's stamp, 0 for none; of any clock.
        """
        for name, position in reading.positions.items():
            kept = self._heard.setdefault(name, deque(maxlen=_LONGEST))
            kept.append(_Measured(arrival_s, stamp_s, position, reading.velocities[name]))

    def forget(self) -> None:
        """Have nothing heard again."""
        self._heard.clear()

    def state_of(self, names: tuple[str, ...]) -> JointState | None:
        """Return the newest state of some joints, stamped with the arrival of the oldest part.

        None where one of them was never heard of.
        """
        if any(name not in self._heard for name in names):
            return None
        newest = [self._heard[name][-1] for name in names]
        motions = [_velocity_of(self._heard[name]) for name in names]
        return JointState(
            names,
            np.array([measured.position for measured in newest]),
            np.array([velocity for velocity, _ in motions]),
            min(measured.arrival_s for measured in newest),
            max((span_s for _, span_s in motions), default=0.0),
        )

    def positions_at(self, names: tuple[str, ...], stamp_s: float) -> NDArray[np.float64]:
        """Return where some joints were measured nearest to a moment, each of them heard of before.

        Where no stamp of a joint is within `_GAP_S` of it (its driver sends none, or counts on
        another clock), that is the newest.

        Args:
            names: the joints.
            stamp_s: the moment, on the clock of the driver's stamps.

        Returns:
            rad (or m), shape (len(names),).
        """
        return np.array([_nearest(self._heard[name], stamp_s).position for name in names])


def _nearest(heard: deque[_Measured], stamp_s: float) -> _Measured:
    nearest = min(reversed(heard), key=lambda measured: abs(measured.stamp_s - stamp_s))
    return nearest if abs(nearest.stamp_s - stamp_s) <= _GAP_S else heard[-1]


def _velocity_of(heard: deque[_Measured]) -> tuple[float, float]:
    """Return a joint's velocity, and over which time it is a mean (0 where it was measured)."""
    velocity = heard[-1].velocity
    times_s, recent = _recent(heard)
    if len(recent) < 2:
        return (0.0, math.inf) if math.isnan(velocity) else (velocity, 0.0)
    # A joint that turns without end may be reported as 3.1 rad and then as -3.1.
    positions = np.unwrap([measured.position for measured in recent])
    off_s = times_s - times_s.mean()
    slope = float(off_s @ positions / (off_s @ off_s))
    if _is_believed(velocity, slope, recent):
        return velocity, 0.0
    return slope, float(times_s[-1] - times_s[0])


def _is_believed(velocity: float, slope: float, recent: list[_Measured]) -> bool:
    """Return whether a measured velocity counts, rather than the slope of the last positions.

    A zero counts where the joint stands by its positions, too, or its driver measured velocities of
    late. Of two that disagree by more than hard braking makes them, the slower counts: a driver may
    send degrees or another sign, and a single position may be wrong.
    """
    if math.isnan(velocity):
        return False
    if velocity == 0.0:
        is_honest = any(m.velocity for m in recent if not math.isnan(m.velocity))
        return is_honest or abs(slope) < _LYING_RAD_S
    agrees = abs(velocity - slope) <= _LEAST_OFF_RAD_S + _SHARE_OFF * abs(slope)
    return agrees or abs(velocity) < _SLOWER * abs(slope)


def _recent(heard: deque[_Measured]) -> tuple[NDArray[np.float64], list[_Measured]]:
    """Return the messages that a velocity is made of, oldest first, and when each was measured.

    By the driver's stamps where they increase, else by arrivals. Messages that came in one burst
    say nothing by their arrivals: the line is at least `_LEAST_SPAN_S` long, else it is none.
    """
    newest_s = heard[-1].arrival_s
    near = [measured for measured in heard if newest_s - measured.arrival_s <= _GAP_S]
    times_s = np.array([measured.stamp_s for measured in near])
    if times_s[0] <= 0.0 or (np.diff(times_s) <= 0.0).any():
        times_s = np.array([measured.arrival_s for measured in near])
    ages_s = times_s[-1] - times_s
    spans = np.flatnonzero(ages_s >= _LEAST_SPAN_S)
    if len(spans) == 0:
        return times_s[-1:], near[-1:]
    first = min(int(spans[-1]), int(np.argmax(ages_s <= WINDOW_S)))
    return times_s[first:], near[first:]

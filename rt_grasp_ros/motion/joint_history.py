"""Where each joint was measured of late, and how fast it goes by that."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .joint_fit import JointFit, fit
from .joint_reading import JointReading
from .trajectory import JointMotion, JointState

WINDOW_S = 0.05
"""Positions of this time are looked at for a velocity, two at least."""

_GAP_S = 0.5  # positions further apart say nothing of how fast a joint is
_LEAST_SPAN_S = 0.015
_LONGEST = 128
_LEAST_OFF_RAD_S = 0.5
_SHARE_OFF = 0.5
_SLOWER = 0.8
_LYING_RAD_S = 0.02  # a joint that moves faster than this, by its positions, does not stand
_WAY_RAD = 0.001  # what velocities are compared with is at least as long
_SET_BACK = 3  # messages in a row behind a newer one, at least: their clock was set
_SKIPPED_S = 0.03  # stamps that skip more than arrivals do are of a clock that was set
_WIDEST = math.sqrt(3.0)  # of evenly distributed numbers, in standard deviations
_MOST_LATE_S = 0.01
_NOISE_RAD = 1e-4
_SPREAD_OF = 50


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
    is taken (a straight line through those of `WINDOW_S`, two at least).

    When a joint was measured is told by the driver's stamps, laid on the clock of the arrivals by
    the message that was least late, so that what is delivered late or in bursts does no harm.
    Stamps that do not increase, or skip what arrivals do not (a clock was set), say nothing: then
    the arrivals count. Not safe between threads.
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
            measured = _Measured(arrival_s, stamp_s, position, reading.velocities[name])
            if not _is_repeated(kept, measured):
                kept.append(measured)

    def forget(self) -> None:
        """Have nothing heard again."""
        self._heard.clear()

    def state_of(self, names: tuple[str, ...], *, is_fitted: bool = False) -> JointState | None:
        """Return the newest state of some joints, of the moment at which all of them are known.

        That is when the oldest of them was measured; of the others it is where they were then. None
        where one of them was never heard of.

        Args:
            names: the joints.
            is_fitted: whether the state is to tell, too, how the joints move by all that was heard
                of late; that takes a millisecond.
        """
        if any(name not in self._heard for name in names):
            return None
        motions = [_Motion(self._heard[name]) for name in names]
        stamp_s = min(motion.newest_s for motion in motions)
        velocities, spans_s = zip(*(motion.velocity_at(stamp_s) for motion in motions), strict=True)
        fits = [motion.fit_at(stamp_s) for motion in motions] if is_fitted else []
        return JointState(
            names,
            np.array([motion.position_at(stamp_s) for motion in motions]),
            np.array(velocities),
            stamp_s,
            np.array(spans_s),
            JointMotion(
                np.array([fit.position for fit in fits]),
                np.array([fit.velocity for fit in fits]),
                np.array([fit.acceleration for fit in fits]),
            )
            if fits
            else None,
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


def _is_repeated(heard: deque[_Measured], measured: _Measured) -> bool:
    """Return whether a message was heard before, by a relay or a driver that has nothing new.

    It has the stamp and the position of the last one, and stamps count finely.
    """
    if len(heard) < 2 or measured.stamp_s <= 0.0:
        return False
    last, before = heard[-1], heard[-2]
    is_same = (measured.stamp_s, measured.position) == (last.stamp_s, last.position)
    step_s, waited_s = last.stamp_s - before.stamp_s, last.arrival_s - before.arrival_s
    return is_same and 0.0 < step_s < waited_s + _SKIPPED_S


class _Motion:
    """What the messages of the last half second say of one joint."""

    def __init__(self, heard: deque[_Measured]) -> None:
        newest_s = heard[-1].arrival_s
        near = [measured for measured in heard if newest_s - measured.arrival_s <= _GAP_S]
        rows = np.array([(m.arrival_s, m.stamp_s, m.position, m.velocity) for m in near])
        rows = _not_overtaken(rows)
        self._arrivals_s, stamped_s = rows[:, 0], _stamped_times_of(rows)
        self._is_stamped = stamped_s is not None
        self._times_s = self._arrivals_s if stamped_s is None else stamped_s
        # A joint that turns without end may be reported as 3.1 rad and then as -3.1.
        steps = rows[1:, 2] - rows[:-1, 2]
        turns = np.round(steps / (2.0 * np.pi))
        self._positions = rows[:, 2]
        if turns.any():
            whole = np.concatenate([np.cumsum(turns[::-1])[::-1], [0.0]])
            self._positions = rows[:, 2] + 2.0 * np.pi * whole
        self._velocities = rows[:, 3]

    @property
    def newest_s(self) -> float:
        """When it was measured last."""
        return float(self._times_s[-1])

    def position_at(self, time_s: float) -> float:
        """Return where it was."""
        return float(np.interp(time_s, self._times_s, self._positions))

    def fit_at(self, time_s: float) -> JointFit:
        """Return how it moved, by the positions before; as measured where velocities count.

        Of stamps and arrivals those are the times on which the positions lie better. By how much
        they do not, tells how uneven the times are: arrivals are late by that in the mean, and
        stamps, which were laid on the arrival that was least late, are early by it.
        """
        velocity, span_s = self.velocity_at(time_s)
        until = max(1, int(np.searchsorted(self._times_s, time_s, "right")))
        if span_s == 0.0:
            return JointFit(self.position_at(time_s), velocity, self._acceleration(until), 0.0)
        if not math.isfinite(span_s):
            return JointFit(self.position_at(time_s), velocity, 0.0, 0.0)
        times_s, arrivals_s = self._times_s[:until], np.sort(self._arrivals_s[:until])
        positions, is_stamped = self._positions[:until], self._is_stamped
        apart_s = _spread(times_s - arrivals_s) if is_stamped else math.inf
        best = fit(times_s - time_s, positions, min(apart_s, _spread(np.diff(times_s))))
        if is_stamped and best is not None and best.off > _NOISE_RAD:
            uneven_s = min(apart_s, _spread(np.diff(arrivals_s)))
            other = fit(arrivals_s - time_s, positions, uneven_s)
            if other is not None and other.off < best.off / 2.0:
                best, is_stamped = other, False
        if best is None:
            return JointFit(self.position_at(time_s), velocity, 0.0, 0.0)
        ahead = min(_WIDEST * best.off, _MOST_LATE_S * abs(best.velocity))
        ahead = math.copysign(ahead, -best.velocity if is_stamped else best.velocity)
        return replace(best, position=best.position + ahead)

    def _acceleration(self, until: int) -> float:
        """Return that of the last measured velocities, 0 where they are too few."""
        times_s, velocities = self._times_s[:until], self._velocities[:until]
        first = int(np.argmax(times_s[-1] - times_s <= WINDOW_S))
        times_s, velocities = times_s[first:], velocities[first:]
        known = np.isfinite(velocities)
        times_s, velocities = times_s[known], velocities[known]
        if len(times_s) < 3 or times_s[-1] - times_s[0] < _LEAST_SPAN_S:
            return 0.0
        off_s = times_s - times_s.mean()
        return float(off_s @ velocities / (off_s @ off_s))

    def velocity_at(self, time_s: float) -> tuple[float, float]:
        """Return how fast it was, and over which time that is a mean (0 where it was measured).

        Messages that came in one burst say nothing by their arrivals: the line is at least
        `_LEAST_SPAN_S` long, else it is none.
        """
        until = max(1, int(np.searchsorted(self._times_s, time_s, "right")))
        times_s, positions = self._times_s[:until], self._positions[:until]
        velocities = self._velocities[:until]
        velocity = float(velocities[-1])
        ages_s = times_s[-1] - times_s
        spans = np.flatnonzero(ages_s >= _LEAST_SPAN_S)
        if len(spans) == 0:
            return (0.0, math.inf) if math.isnan(velocity) else (velocity, 0.0)
        first = min(int(spans[-1]), int(np.argmax(ages_s <= WINDOW_S)))
        off_s = ages_s[first:].sum() / (until - first) - ages_s[first:]
        slope = float(off_s @ positions[first:] / (off_s @ off_s))
        if self._is_believed(velocity, slope, velocities[first:]):
            return velocity, 0.0
        return slope, float(ages_s[first])

    def _is_believed(self, velocity: float, slope: float, recent: NDArray[np.float64]) -> bool:
        """Return whether a measured velocity counts, rather than the slope of the last positions.

        A zero counts where the joint stands by its positions, too, or its driver measured
        velocities of late. Of two that disagree by more than hard braking makes them, the slower
        counts: a single position may be wrong.
        """
        if math.isnan(velocity) or not self._is_honest():
            return False
        if velocity == 0.0:
            has_measured = bool((np.abs(recent) > 0.0).any())
            return has_measured or abs(slope) < _LYING_RAD_S
        agrees = abs(velocity - slope) <= _LEAST_OFF_RAD_S + _SHARE_OFF * abs(slope)
        return agrees or abs(velocity) < _SLOWER * abs(slope)

    def _is_honest(self) -> bool:
        """Return whether the velocities led to the positions, as far as the joint moved.

        They do not where a driver sends degrees, another sign, or zeros. Of steps that are long
        enough to tell, half must agree: single positions and velocities may be wrong.
        """
        ways, told = self._steps()
        longer = np.maximum(np.abs(ways), np.abs(told))
        tells = longer > _WAY_RAD
        if not tells.any():
            return True
        agrees = np.abs(ways - told) <= _SHARE_OFF * longer
        return bool(2 * np.count_nonzero(agrees & tells) >= np.count_nonzero(tells))

    def _steps(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return how far it moved from step to step, and by its velocities, shape (K,) each."""
        last_s, chosen = math.inf, []
        for index, time_s in reversed(list(enumerate(self._times_s.tolist()))):
            if last_s - time_s >= _LEAST_SPAN_S:
                chosen.append(index)
                last_s = time_s
        chosen.reverse()
        times_s, positions = self._times_s[chosen], self._positions[chosen]
        velocities = self._velocities[chosen]
        told = (velocities[1:] + velocities[:-1]) / 2.0 * (times_s[1:] - times_s[:-1])
        told[np.isnan(told)] = 0.0
        return positions[1:] - positions[:-1], told


def _spread(values: NDArray[np.float64]) -> float:
    """Return the standard deviation of the last of some numbers; infinite where they are few."""
    return float(np.std(values[-_SPREAD_OF:])) if len(values) > 1 else math.inf


def _not_overtaken(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return messages without those that came behind a newer one; all, where a clock was set back.

    One that was set back is behind by more than a message can be late, or for some messages.

    Args:
        rows: arrival, stamp, position and velocity of each.
    """
    behind_s = np.maximum.accumulate(rows[:, 1]) - rows[:, 1]
    if behind_s.max() == 0.0 or behind_s.max() > _GAP_S:
        return rows
    row: list[float] = []
    for arrival_s, late_s in zip(rows[:, 0].tolist(), behind_s.tolist(), strict=True):
        row = [*row, arrival_s] if late_s > 0.0 else []
        if len(row) >= _SET_BACK and arrival_s - row[0] > WINDOW_S:
            return rows
    in_order: NDArray[np.float64] = rows[behind_s == 0.0]
    return in_order


def _stamped_times_of(rows: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return when messages were measured by stamps, on the clock of their arrivals.

    None where the stamps say nothing.

    Args:
        rows: arrival, stamp, position and velocity of each.
    """
    arrivals_s, stamps_s, positions = rows[:, 0], rows[:, 1], rows[:, 2]
    if stamps_s[0] <= 0.0 or stamps_s[-1] <= stamps_s[0]:
        return None
    steps_s = stamps_s[1:] - stamps_s[:-1]
    runs_back = (steps_s < 0.0) | ((steps_s == 0.0) & (positions[1:] != positions[:-1]))
    skipped_s = float((steps_s - (arrivals_s[1:] - arrivals_s[:-1])).max())
    skips = skipped_s > _SKIPPED_S and skipped_s > 2.0 * float(np.median(steps_s))
    if skips or runs_back.any() or steps_s.max() > _GAP_S:
        return None
    times_s: NDArray[np.float64] = stamps_s + (arrivals_s - stamps_s).min()
    return times_s

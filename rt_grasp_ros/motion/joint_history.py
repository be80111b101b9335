"""Where each joint was measured of late, and how fast it goes by that."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .joint_fit import JointFit, fit, unevenness
from .joint_reading import JointReading
from .recent_rows import RecentRows
from .trajectory import JointMotion, JointState, JointTrack

WINDOW_S = 0.05
"""Positions of this time are looked at for a velocity, two at least."""

_GAP_S = 0.5  # positions further apart say nothing of how fast a joint is
_LEAST_SPAN_S = 0.015
_KEPT_S = 2.5  # pictures, whose joints are asked for, are not older
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
        self._heard: dict[str, RecentRows] = {}  # arrival, stamp, position, velocity

    def hear(self, reading: JointReading, arrival_s: float, stamp_s: float) -> None:
        """Remember a message.

        Args:
            reading: what it says.
            arrival_s: when it came, on the clock of the states that are asked for.
            stamp_s: the driver's stamp, 0 for none; of any clock.
        """
        for name, position in reading.positions.items():
            if name not in self._heard:
                self._heard[name] = RecentRows(4, _KEPT_S)
            row = (arrival_s, stamp_s, position, reading.velocities[name])
            if not _is_repeated(self._heard[name].rows, row):
                self._heard[name].add(row)

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
        motions = [_Motion(self._heard[name].rows) for name in names]
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
                max(_uneven_s(fit) for fit in fits),
                _track(motions, stamp_s),
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
        return np.array([_position_at(self._heard[name].rows, stamp_s) for name in names])


def _position_at(rows: NDArray[np.float64], stamp_s: float) -> float:
    apart_s = np.abs(rows[::-1, 1] - stamp_s)
    nearest = int(np.argmin(apart_s))
    return float(rows[-1 - nearest if apart_s[nearest] <= _GAP_S else -1, 2])


def _is_repeated(rows: NDArray[np.float64], row: tuple[float, float, float, float]) -> bool:
    """Return whether a message was heard before, by a relay or a driver that has nothing new.

    It has the stamp and the position of the last one, and stamps count finely.

    Args:
        rows: arrival, stamp, position and velocity of the messages before.
        row: of the message.
    """
    if len(rows) < 2 or row[1] <= 0.0 or row[1] != rows[-1, 1] or row[2] != rows[-1, 2]:
        return False
    waited_s, step_s = (rows[-1, :2] - rows[-2, :2]).tolist()
    return bool(0.0 < step_s < waited_s + _SKIPPED_S)


def _uneven_s(fit: JointFit) -> float:
    """Return by how much time a joint may be elsewhere because its positions' times are uneven."""
    if fit.off <= _NOISE_RAD:
        return 0.0
    return min(2.0 * fit.spread / max(abs(fit.velocity), _LYING_RAD_S), _MOST_LATE_S)


def _track(motions: list[_Motion], until_s: float) -> JointTrack:
    """Return where joints were at the times of the one whose newest message is the oldest."""
    oldest = min(motions, key=lambda motion: motion.newest_s)
    times_s, arrived_s, is_stamped = oldest.times_until(until_s)
    known = times_s >= max(float(motion.times_s[0]) for motion in motions)
    times_s, arrived_s = times_s[known], arrived_s[known]
    positions = [np.interp(times_s, m.times_s, m.positions) for m in motions]
    return JointTrack(np.stack(positions, axis=1), times_s if is_stamped else None, arrived_s)


class _Motion:
    """What the messages of the last half second say of one joint."""

    def __init__(self, rows: NDArray[np.float64]) -> None:
        rows = _not_overtaken(rows[rows[-1, 0] - rows[:, 0] <= _GAP_S])
        self._arrivals_s, stamped_s = rows[:, 0], _stamped_times_of(rows)
        self._is_stamped = stamped_s is not None
        self.times_s = self._arrivals_s if stamped_s is None else stamped_s
        # A joint that turns without end may be reported as 3.1 rad and then as -3.1.
        steps = rows[1:, 2] - rows[:-1, 2]
        turns = np.round(steps / (2.0 * np.pi))
        self.positions = rows[:, 2]
        if turns.any():
            whole = np.concatenate([np.cumsum(turns[::-1])[::-1], [0.0]])
            self.positions = rows[:, 2] + 2.0 * np.pi * whole
        self._velocities = rows[:, 3]

    @property
    def newest_s(self) -> float:
        """When it was measured last."""
        return float(self.times_s[-1])

    def times_until(self, time_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64], bool]:
        """Return times and arrivals up to a moment, and whether stamps tell the times."""
        until = max(1, int(np.searchsorted(self.times_s, time_s, "right")))
        return self.times_s[:until], np.sort(self._arrivals_s[:until]), self._is_stamped

    def position_at(self, time_s: float) -> float:
        """Return where it was."""
        return float(np.interp(time_s, self.times_s, self.positions))

    def fit_at(self, time_s: float) -> JointFit:
        """Return how it moved, by the positions before; as measured where velocities count.

        Of stamps and arrivals those are the times on which the positions lie better. By how much
        arrivals scatter tells how late they are in the mean, and so by how much stamps, which were
        laid on the arrival that was least late, are early: no more than they scatter themselves.
        """
        velocity, span_s = self.velocity_at(time_s)
        until = max(1, int(np.searchsorted(self.times_s, time_s, "right")))
        if span_s == 0.0:
            return JointFit(self.position_at(time_s), velocity, self._acceleration(until), 0.0)
        if not math.isfinite(span_s):
            return JointFit(self.position_at(time_s), velocity, 0.0, 0.0)
        times_s, arrivals_s, is_stamped = self.times_until(time_s)
        positions = self.positions[:until]
        best = fit(times_s - time_s, positions, unevenness(times_s, arrivals_s))
        if best is None:
            return JointFit(self.position_at(time_s), velocity, 0.0, 0.0)
        if best.off <= _NOISE_RAD:
            return best
        arrived = best
        if is_stamped:
            uneven_s = unevenness(arrivals_s, times_s)
            arrived = fit(arrivals_s - time_s, positions, uneven_s) or best
        speed = max(abs(best.velocity), _LYING_RAD_S)
        late_s = min(_WIDEST * arrived.off / speed, _MOST_LATE_S)
        if not is_stamped or arrived.off < best.off / 2.0:
            best, ahead_s = arrived, late_s
        else:
            early_s = float(np.mean(arrivals_s - times_s)) - late_s
            ahead_s = -min(max(early_s, 0.0), _WIDEST * best.off / speed, _MOST_LATE_S)
        return replace(best, position=best.position + ahead_s * best.velocity)

    def _acceleration(self, until: int) -> float:
        """Return that of the last measured velocities, 0 where they are too few."""
        times_s, velocities = self.times_s[:until], self._velocities[:until]
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
        until = max(1, int(np.searchsorted(self.times_s, time_s, "right")))
        times_s, positions = self.times_s[:until], self.positions[:until]
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
        for index, time_s in reversed(list(enumerate(self.times_s.tolist()))):
            if last_s - time_s >= _LEAST_SPAN_S:
                chosen.append(index)
                last_s = time_s
        chosen.reverse()
        times_s, positions = self.times_s[chosen], self.positions[chosen]
        velocities = self._velocities[chosen]
        told = (velocities[1:] + velocities[:-1]) / 2.0 * (times_s[1:] - times_s[:-1])
        told[np.isnan(told)] = 0.0
        return positions[1:] - positions[:-1], told


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

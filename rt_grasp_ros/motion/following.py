"""How far an arm is behind on what it was sent, by many messages whose times are uneven."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .joint_fit import unevenness
from .trajectory import JointTrack

_TRACK_S = 0.5
_SLOWEST_RAD_S = 0.02
_LEAST = 4  # messages that show whether the lag changes
_MANY = 10  # that show by themselves how far they scatter
_SURE = 4.0  # standard deviations
_NOISE_S = 1e-4
_MOST_LATE_S = 0.01
_WIDEST = math.sqrt(3.0)  # of evenly distributed numbers, in standard deviations


@dataclass(frozen=True, slots=True, eq=False)
class Following:
    """How an arm follows what it was sent.

    Attributes:
        lag_s: how far it is behind on its way.
        beside: how far its joints are beside the way, shape (J,), rad (or m).
        unsure_s: by how much the lag may be off.
    """

    lag_s: float
    beside: NDArray[np.float64]
    unsure_s: float


@dataclass(frozen=True, slots=True)
class _Lags:
    """What messages say of the lag by one clock: mean, scatter, how sure that is."""

    mean_s: float
    spread_s: float
    unsure_s: float
    changes: bool


def mean_lag(
    track: JointTrack,
    lag_s: float,
    apart: NDArray[np.float64],
    velocities: NDArray[np.float64],
) -> Following | None:
    """Return the lag of many messages; None where they do not move, or it changes.

    A single message is off by as much as its time is: 8 ms make 12 mrad at 1.5 rad/s. So the lag is
    the mean of what half a second of them says, weighted by the square of the speed there, which is
    what brings the way closest to all of them. An arm that is slowed down falls behind more and
    more: of that a mean says nothing. By how much the messages scatter by their arrivals tells how
    late these are in the mean; by how much less late their stamps are, which were laid on the
    arrival that was least late, how early those. The clock counts on which they scatter less.

    Args:
        track: where joints were measured of late.
        lag_s: of the newest message.
        apart: how far that is from the way, `lag_s` before the stamps (or arrivals, where there are
            none), shape (N, J).
        velocities: of the way there, shape (N, J).
    """
    times_s = track.arrived_s if track.stamped_s is None else track.stamped_s
    counts = (times_s > times_s[-1] - _TRACK_S) & (np.abs(velocities).max(axis=1) > _SLOWEST_RAD_S)
    if not counts.any():
        return None
    squares = np.sum(velocities[counts] ** 2, axis=1)
    lags_s = lag_s - np.sum(apart[counts] * velocities[counts], axis=1) / squares
    weights = squares / squares.sum()
    late_s = track.arrived_s - times_s
    stray_s = min(unevenness(track.arrived_s, times_s), _MOST_LATE_S)
    arrived = _lags_of(lags_s + late_s[counts], times_s[counts], weights, stray_s)
    beside = weights @ (apart[counts] + velocities[counts] * (lags_s - lag_s)[:, None])
    before_s = arrived.mean_s - min(_WIDEST * arrived.spread_s, _MOST_LATE_S)
    by_arrivals = Following(before_s, beside, arrived.unsure_s)
    if track.stamped_s is None:
        return None if arrived.changes else by_arrivals
    stray_s = min(unevenness(times_s, track.arrived_s), _MOST_LATE_S)
    stamped = _lags_of(lags_s, times_s[counts], weights, stray_s)
    early_s = min(max(before_s - stamped.mean_s, 0.0), _WIDEST * stamped.spread_s, _MOST_LATE_S)
    by_stamps = Following(stamped.mean_s + early_s, beside, stamped.unsure_s)
    if arrived.changes or stamped.changes:
        return None
    return min(by_stamps, by_arrivals, key=lambda following: following.unsure_s)


def _lags_of(
    lags_s: NDArray[np.float64],
    times_s: NDArray[np.float64],
    weights: NDArray[np.float64],
    stray_s: float,
) -> _Lags:
    """Return what lags at times say, (N,) each; few of them scatter by `stray_s` at least."""
    mean_s, since_s = float(weights @ lags_s), times_s - weights @ times_s
    spread_s = math.sqrt(float(weights @ (lags_s - mean_s) ** 2))
    if len(times_s) < _MANY:
        spread_s = max(spread_s, stray_s)
    root = math.sqrt(float(weights @ weights))
    span_s = math.sqrt(float(weights @ since_s**2))
    changes = False
    if len(times_s) >= _LEAST and span_s > 0.0:
        drift_s = float(weights @ (since_s * lags_s)) / span_s
        changes = abs(drift_s) > _SURE * max(spread_s, _NOISE_S) * root
    return _Lags(mean_s, spread_s, 2.0 * spread_s * root, changes)

"""A curve through the last positions of a joint: where it is, how fast, and whether it speeds up.

Times of positions are off by some milliseconds where a driver stamps, or a network delivers,
unevenly: the difference of two positions makes another speed of that, a line through many of them
hardly does. But a line through many is the speed of long ago where the joint speeds up. So the
curve is a parabola where the positions show that it is one, and it is as long as they allow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WINDOWS_S = (0.4, 0.28, 0.2, 0.14, 0.1, 0.07, 0.05, 0.035)
"""Times that are tried, the longest first: of motions of robots the speed changes within these."""

_NOISE_RAD = 1e-4  # of encoders
_WORSE = 3.0
_SURE = 5.0  # standard deviations; those of neighbours are not independent
_MANY = 8  # positions more than unknowns, whose deviation tells how far off they are
_WORST_CONDITION = 1e6


@dataclass(frozen=True, slots=True)
class JointFit:
    """One joint by the positions before a moment.

    Attributes:
        position: at that moment, rad (or m).
        velocity: rad/s (or m/s).
        acceleration: rad/s^2 (or m/s^2); 0 where the positions do not show one.
        off: standard deviation of the positions from the curve, rad (or m).
        spread: that of `position`, by the positions' number and how far they are off.
    """

    position: float
    velocity: float
    acceleration: float
    off: float
    spread: float = 0.0


@dataclass(frozen=True, slots=True)
class _Curve:
    """A polynomial in time.

    `off` is the positions' standard deviation from it, `spread` that of its coefficients for
    positions that are off by one, `freedom` by how many they are more than the coefficients.
    """

    coefficients: NDArray[np.float64]
    off: float
    spread: NDArray[np.float64]
    freedom: int

    def is_explained(self, uneven_s: float) -> bool:
        """Return whether times that are off by so much explain how far positions are off."""
        return self.off <= _NOISE_RAD + _WORSE * uneven_s * abs(float(self.coefficients[1]))


def fit(
    times_s: NDArray[np.float64], positions: NDArray[np.float64], uneven_s: float
) -> JointFit | None:
    """Fit positions up to a moment; None where there are less than two.

    The longest of `WINDOWS_S` counts in which positions are hardly further from the curve than in
    the best one, and no further than uneven times explain; else the shortest.

    Args:
        times_s: when they were measured, in order, from that moment on (negative), shape (N,).
        positions: shape (N,).
        uneven_s: by how much these times may be off, as a standard deviation.
    """
    firsts = np.minimum(np.searchsorted(times_s, -np.array(WINDOWS_S) - 1e-6), len(times_s) - 2)
    curves: list[_Curve] = []
    for first in dict.fromkeys(firsts[firsts >= 0].tolist()):
        curves.append(_curve_of(times_s[first:], positions[first:], uneven_s))
        if curves[-1].off <= _NOISE_RAD:
            break
    if not curves:
        return None
    noise = min((curve.off for curve in curves if curve.freedom >= _MANY), default=math.inf)
    most = _NOISE_RAD + _WORSE * noise
    fitting = (curve for curve in curves if curve.off <= most and curve.is_explained(uneven_s))
    curve = next(fitting, curves[-1])
    position, velocity, *bow = curve.coefficients.tolist()
    spread = curve.off * float(curve.spread[0])
    return JointFit(position, velocity, 2.0 * bow[0] if bow else 0.0, curve.off, spread)


def unevenness(times_s: NDArray[np.float64], others_s: NDArray[np.float64]) -> float:
    """Return by how much times may be off, as a standard deviation; infinite where they are few.

    By how they stray from a clock that ticks evenly (their steps alone seem even where one message
    waits for another, as in a queue), but no more than from what another clock says.

    Args:
        times_s: of messages, in order, shape (N,).
        others_s: of the same by another clock, shape (N,); the same times where there is none.
    """
    if len(times_s) < 2:
        return math.inf
    numbers = np.arange(len(times_s)) - (len(times_s) - 1) / 2.0
    slope = float(numbers @ times_s) / float(numbers @ numbers)
    off = float(np.std(times_s - slope * numbers))
    uneven_s = max(off, float(np.std(np.diff(times_s)))) if len(times_s) > 2 else math.inf
    apart_s = float(np.std(times_s - others_s))
    return uneven_s if np.array_equal(times_s, others_s) else min(uneven_s, apart_s)


def _curve_of(
    times_s: NDArray[np.float64], positions: NDArray[np.float64], uneven_s: float
) -> _Curve:
    """Return the parabola where it bends surely, else the line."""
    curve = _polynomial(times_s, positions, 2) if len(times_s) > 2 else None
    if curve is not None:
        least = max(curve.off, _NOISE_RAD)
        if curve.freedom < _MANY:
            least = max(least, uneven_s * abs(float(curve.coefficients[1])))
        if abs(curve.coefficients[2]) > _SURE * least * curve.spread[2]:
            return curve
    line = _polynomial(times_s, positions, 1)
    return line or _Curve(np.array([positions[-1], 0.0]), 0.0, np.zeros(2), 0)


def _polynomial(
    times_s: NDArray[np.float64], positions: NDArray[np.float64], degree: int
) -> _Curve | None:
    """Return the polynomial of least squares; None where the times do not determine it."""
    span_s = float(times_s[-1] - times_s[0])
    if span_s <= 0.0:
        return None
    powers = np.vander(times_s / span_s, degree + 1, increasing=True)
    square = powers.T @ powers
    try:
        inverse = np.linalg.inv(square)
    except np.linalg.LinAlgError:
        return None
    if np.abs(square).max() * np.abs(inverse).max() > _WORST_CONDITION:
        return None
    coefficients = inverse @ (powers.T @ positions)
    freedom = len(times_s) - degree - 1
    squares = float(np.sum((positions - powers @ coefficients) ** 2))
    scale = span_s ** np.arange(degree + 1)
    return _Curve(
        coefficients / scale,
        math.sqrt(squares / freedom) if freedom > 0 else 0.0,
        np.sqrt(np.diagonal(inverse)) / scale,
        freedom,
    )

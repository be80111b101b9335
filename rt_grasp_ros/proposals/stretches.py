"""Where strips of a height map rise above a level: what jaws that close along them could hold."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from .height_map import UNSEEN_M

_BRIDGED = 3  # cells: a gap in a strip that is noise


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Where strips are high, each of shape (N,).

    Attributes:
        strips: in which strip.
        starts: first cell.
        ends: the cell after the last.
        tips_m: above which height.
        tops_m: greatest height.
    """

    strips: NDArray[np.intp]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    tips_m: NDArray[np.float64]
    tops_m: NDArray[np.float64]

    def those(self, where: NDArray[np.bool_] | NDArray[np.intp]) -> Stretches:
        """Return some of them, by a mask or in an order."""
        return Stretches(*(getattr(self, field.name)[where] for field in fields(self)))


def stretches_above(strips_m: NDArray[np.float32], levels_m: NDArray[np.float64]) -> Stretches:
    """Return the stretches in which strips are higher than levels, small gaps bridged.

    Args:
        strips_m: heights along the strips, shape (R, C).
        levels_m: of each strip, shape (R, L).
    """
    count, columns = strips_m.shape
    levels = levels_m.shape[1]
    is_high = strips_m[:, None] > levels_m[..., None].astype(np.float32)
    edge = np.zeros((count * levels, 1), np.int8)
    padded = np.concatenate([edge, is_high.reshape(-1, columns).astype(np.int8), edge], axis=1)
    steps = np.diff(padded, axis=1)
    lines, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    is_first = np.ones(len(lines), bool)
    is_first[1:] = (lines[1:] != lines[:-1]) | (starts[1:] - ends[:-1] >= _BRIDGED)
    is_last = np.append(is_first[1:], True)[: len(lines)]
    lines, starts, ends = lines[is_first], starts[is_first], ends[is_last]
    strips = lines // levels
    bounds = np.stack([strips * columns + starts, strips * columns + ends], axis=1)
    heights_m = np.append(strips_m.ravel(), UNSEEN_M)
    tops_m = np.maximum.reduceat(heights_m, bounds.ravel())[::2] if len(lines) else heights_m[:0]
    return Stretches(strips, starts, ends, levels_m.ravel()[lines], tops_m.astype(float))

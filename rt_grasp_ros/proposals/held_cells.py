"""The cells of a height map under the pads: how many are held, and how their flanks run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .stretches import Stretches


def held_counts(
    heights_m: NDArray[np.float32], reach: int, stretches: Stretches
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return how many cells under the pads rise above the fingertips, and how many there are, (N,).

    Args:
        heights_m: of a region, shape (R, C).
        reach: rows that the pads cover on each side of a stretch's own.
        stretches: in rows of it.
    """
    held = held_cells(heights_m, reach, stretches)
    low = np.maximum(stretches.strips - reach, 0)
    high = np.minimum(stretches.strips + reach + 1, len(heights_m))
    return np.count_nonzero(held, axis=(1, 2)), (high - low) * (stretches.ends - stretches.starts)


def held_cells(
    heights_m: NDArray[np.float32], reach: int, stretches: Stretches
) -> NDArray[np.bool_]:
    """Return which cells under the pads rise above the fingertips, shape (N, 2 reach + 1, W).

    Along the closing direction in columns, from the start of each stretch on; W is the length of
    the longest. What lies beyond a stretch or the map is not held.

    Args: as of `held_counts`.
    """
    lengths = stretches.ends - stretches.starts
    longest = int(lengths.max(initial=0))
    rows = stretches.strips[:, None] + np.arange(-reach, reach + 1)
    columns = stretches.starts[:, None] + np.arange(longest)
    last_row, last_column = heights_m.shape[0] - 1, heights_m.shape[1] - 1
    under_m = heights_m[rows.clip(0, last_row)[:, :, None], columns.clip(0, last_column)[:, None]]
    is_held = under_m > stretches.tips_m.astype(np.float32)[:, None, None]
    is_held &= ((rows >= 0) & (rows <= last_row))[:, :, None]
    is_held &= (np.arange(longest) < lengths[:, None])[:, None]
    return np.asarray(is_held)


def steepest_slants(held: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the tangents of the angles between the more slanted flanks and the pads, shape (N,).

    A grasp is antipodal where both flanks lie square to the closing direction, within the
    friction cone (Nguyen, IJRR 1988).

    Args:
        held: from `held_cells`.
    """
    is_row = held.any(axis=2)
    counts = np.count_nonzero(is_row, axis=1)
    halves = counts // 2
    number = np.cumsum(is_row, axis=1) - 1
    is_first = is_row & (number < halves[:, None])
    is_last = is_row & (number >= (counts - halves)[:, None])
    steepest = np.zeros(len(held))
    for edge in (held.argmax(axis=2), held[:, :, ::-1].argmax(axis=2)):
        apart = np.abs((edge * is_last).sum(axis=1) - (edge * is_first).sum(axis=1))
        slant = apart / np.maximum(halves, 1) / np.maximum(counts - halves, 1)
        steepest = np.maximum(steepest, np.where(halves > 0, slant, 0.0))
    return steepest

"""What many stretches hold at once is what each holds, cell by cell."""

import numpy as np
import pytest

from rt_grasp_ros.proposals.held_cells import held_cells, held_counts, steepest_slants
from rt_grasp_ros.proposals.stretches import Stretches

ROWS, COLUMNS, REACH = 30, 40, 3


def some(seed, count=50):
    rng = np.random.default_rng(seed)
    heights_m = rng.uniform(0, 0.1, (ROWS, COLUMNS)).astype(np.float32)
    starts = rng.integers(0, COLUMNS - 1, count)
    ends = np.minimum(starts + rng.integers(1, 12, count), COLUMNS)
    strips = rng.integers(0, ROWS, count)
    return heights_m, Stretches(strips, starts, ends, rng.uniform(0, 0.1, count), np.zeros(count))


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_those_of_each_window_within_the_map(seed):
    heights_m, these = some(seed)
    held, covered = held_counts(heights_m, REACH, these)
    for k, row in enumerate(these.strips):
        window_m = heights_m[max(0, row - REACH) : row + REACH + 1, these.starts[k] : these.ends[k]]
        assert held[k] == np.count_nonzero(window_m > np.float32(these.tips_m[k]))
        assert covered[k] == window_m.size


def test_nothing_holds_nothing():
    heights_m, these = some(0)
    none = these.those(np.zeros(len(these.strips), bool))
    assert held_cells(heights_m, REACH, none).shape[0] == 0
    assert len(held_counts(heights_m, REACH, none)[0]) == 0


def slant_of(held):
    """Return the tangent as the definition says, row by row."""
    edges = [(row.argmax(), len(row) - 1 - row[::-1].argmax()) for row in held if row.any()]
    half = len(edges) // 2
    if half == 0:
        return 0.0
    return max(
        abs(sum(ends[-half:]) - sum(ends[:half])) / half / max(len(edges) - half, 1)
        for ends in zip(*edges, strict=True)
    )


@pytest.mark.parametrize("seed", range(3))
def test_slants_are_those_of_each(seed):
    held = np.random.default_rng(seed).random((40, 7, 9)) < 0.2
    held[0] = False
    held[1, 1:] = False  # one row
    np.testing.assert_allclose(steepest_slants(held), [slant_of(one) for one in held])


def test_a_straight_flank_has_no_slant_and_one_of_45_degrees_that_of_one():
    straight = np.zeros((8, 20), bool)
    straight[:, 5:10] = True
    aslant = np.zeros((8, 20), bool)
    for row in range(8):
        aslant[row, 5 : 8 + row] = True  # one flank alone
    assert steepest_slants(np.stack([straight, aslant])) == pytest.approx([0.0, 1.0])

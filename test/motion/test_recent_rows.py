"""Rows of the last seconds, at any rate."""

import numpy as np
import pytest

from rt_grasp_ros.motion.recent_rows import RecentRows


@pytest.mark.parametrize("rate_hz", [1.0, 20.0, 1000.0, 8000.0])
def test_a_span_of_time_is_kept_at_every_rate(rate_hz):
    recent = RecentRows(2, kept_s=0.5)
    for n in range(int(3 * rate_hz) + 1):
        recent.add((n / rate_hz, float(n)))
    rows = recent.rows
    np.testing.assert_array_equal(rows[:, 1], np.arange(rows[0, 1], int(3 * rate_hz) + 1))
    assert rows[-1, 0] == pytest.approx(3.0)
    if rate_hz > 1.0:
        assert rows[0, 0] <= 2.5


def test_what_is_older_is_forgotten_and_the_room_does_not_grow():
    recent = RecentRows(2, kept_s=0.5)
    for n in range(100_000):
        recent.add((n / 1000.0, 0.0))
    assert len(recent.rows) < 2100


def test_after_a_burst_the_room_is_used_again():
    recent = RecentRows(1, kept_s=0.5)
    for n in range(1000):
        recent.add((n * 1e-5,))
    for n in range(5000):
        recent.add((1.0 + n * 0.1,))
    assert recent.rows[-1, 0] == pytest.approx(500.9)
    assert len(recent.rows) <= 2048


def test_there_is_nothing_at_first():
    assert RecentRows(3, 1.0).rows.shape == (0, 3)

"""Stamps survive the way to messages and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.ros.messages.stamps import nanoseconds_from_time, time_from_nanoseconds

pytestmark = pytest.mark.ros


@given(st.integers(0, 2**31 * 1_000_000_000 - 1))
def test_a_stamp_survives_the_round_trip(stamp_ns):
    stamp = time_from_nanoseconds(stamp_ns)
    assert nanoseconds_from_time(stamp) == stamp_ns

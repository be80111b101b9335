"""A number beside its limit is never rounded to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.grasp.numbers import told_apart


@pytest.mark.parametrize(
    ("value", "limit", "decimals", "told"),
    [
        (0.996, 1.0, 1, ("0.996", "1.000")),
        (0.5, 1.0, 1, ("0.5", "1.0")),
        (80.3, 80.0, 0, ("80.3", "80.0")),
        (93.0, 80.0, 0, ("93", "80")),
        (2.04, 2.0, 1, ("2.04", "2.00")),
        (1.0, 1.0, 1, ("1.000000", "1.000000")),
    ],
)
def test_as_many_decimals_as_it_takes(value, limit, decimals, told):
    assert told_apart(value, limit, decimals) == told


@given(st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_what_differs_is_told_apart(value, limit):
    first, second = told_apart(value, limit, 0)
    assert (first != second) or abs(value - limit) < 1.1e-6

import math

import pytest

from rt_grasp_ros.metrics.rates import rate_fields


def test_a_share_and_its_standard_error():
    fields = rate_fields("lifted_rate", [True, False, False, True, True, False, False, False])
    assert fields["lifted_rate"] == 0.375
    assert fields["lifted_rate_se"] == pytest.approx(math.sqrt(0.375 * 0.625 / 8))


def test_nothing_counted_is_no_rate():
    assert rate_fields("x", []) == {"x": None, "x_se": None}

"""What every plan and motion asks while it runs."""

import pytest

from rt_grasp_ros.grasp.errors import Cancelled
from rt_grasp_ros.motion.backend import never, raise_if


def test_what_was_asked_to_stop_stops_and_nothing_else():
    assert never() is False
    raise_if(never)
    with pytest.raises(Cancelled):
        raise_if(lambda: True)

"""Who comes later gets the last message, and no older one."""

import pytest
from rclpy.qos import DurabilityPolicy, HistoryPolicy, ReliabilityPolicy

from rt_grasp_ros.ros.node.qos import LATCHED

pytestmark = pytest.mark.ros


def test_the_last_message_alone_is_kept_for_who_comes_later():
    assert LATCHED.durability == DurabilityPolicy.TRANSIENT_LOCAL
    assert LATCHED.reliability == ReliabilityPolicy.RELIABLE
    assert LATCHED.history == HistoryPolicy.KEEP_LAST
    assert LATCHED.depth == 1

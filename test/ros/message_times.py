"""How long messages between an arm and what drives it take, where both are in this process."""

import time
from collections import deque

from rt_grasp_ros.ros.robot.robot_topics import RobotTopics

_told_s = deque(maxlen=100)
_states = deque(maxlen=3000)
_hold, _hear = RobotTopics.hold, RobotTopics._hear


def _noted_hold(topics):
    _told_s.append(time.monotonic())
    _hold(topics)


def _noted_hear(topics, message):
    stamp_s = message.header.stamp.sec + message.header.stamp.nanosec * 1e-9
    if stamp_s > 0.0:
        _states.append((time.monotonic(), time.time() - stamp_s))
    _hear(topics, message)


RobotTopics.hold, RobotTopics._hear = _noted_hold, _noted_hear


def late_s(heard_s, since_s):
    """Return by how much an arm may be elsewhere than who stops it takes it to be, seconds.

    The way of the hold and that of the slowest joint states before it; 0.0 where another process
    told the arm to hold.

    Args:
        heard_s: when the arm heard that it is to hold, on monotonic time.
        since_s: from when on states count.
    """
    told_s = [at_s for at_s in list(_told_s) if since_s - 0.1 <= at_s <= heard_s]
    if not told_s:
        return 0.0
    states = [late for at_s, late in list(_states) if since_s <= at_s <= heard_s]
    return heard_s - told_s[-1] + max(states, default=0.0)

"""What a user hears of the perception node."""

import time

from rt_grasp_ros.ros.node.qos import LATCHED


def listen(user, kind, topic, qos=LATCHED):
    """Return a list that every message on a topic is added to."""
    heard = []
    user.create_subscription(kind, topic, heard.append, qos)
    return heard


def wait_until(condition, timeout_s=30.0):
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, "nothing came"
        time.sleep(0.02)


def texts_of(array):
    return [" ".join(marker.text.split()) for marker in array.markers]  # RViz gets them in lines

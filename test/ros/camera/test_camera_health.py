"""What the diagnostics say of the camera's topics."""

import pytest

from rt_grasp_ros.grasp.frame_buffer import Stamped
from rt_grasp_ros.ros.camera.camera_health import CameraHealth
from rt_grasp_ros.ros.camera.camera_subscriptions import CAMERA_TOPICS

pytestmark = pytest.mark.ros

EVERYONE = dict.fromkeys(CAMERA_TOPICS, 1)


class Clock:
    now_s = 100.0

    def __call__(self):
        return self.now_s


def film(health, clock, seconds, rate_hz=10):
    """Let the camera run."""
    for _ in range(round(seconds * rate_hz)):
        clock.now_s += 1 / rate_hz
        for topic in CAMERA_TOPICS:
            health.hear(topic, Stamped(int(clock.now_s * 1e9), "camera", None))


def findings(health, clock, publishers=EVERYONE):
    return health.findings(publishers, int(clock.now_s * 1e9))


def test_a_camera_that_runs_is_fine():
    health = CameraHealth(clock := Clock())
    film(health, clock, 20.0)
    found = findings(health, clock)
    assert [f.check for f in found] == ["colour", "aligned depth", "camera_info"]
    assert {f.status for f in found} == {"ok"}
    assert found[0].numbers["rate_hz"] == pytest.approx(10.0, rel=0.05)
    assert found[0].numbers["age_s"] == pytest.approx(0.0, abs=1e-6)


def test_a_camera_that_stops_is_noticed():
    health = CameraHealth(clock := Clock())
    film(health, clock, 20.0)
    clock.now_s += 3.0
    assert findings(health, clock)[0].status == "wrong"
    clock.now_s += 10.0
    found = findings(health, clock)[0]
    assert found.status == "wrong"
    assert found.numbers["rate_hz"] == 0.0


def test_a_camera_that_was_never_there():
    health = CameraHealth(clock := Clock())
    clock.now_s += 10.0
    for found in findings(health, clock, dict.fromkeys(CAMERA_TOPICS, 0)):
        assert found.status == "wrong"
        assert "Nobody publishes" in found.message


def test_camera_info_that_came_once_is_enough_and_pictures_are_not():
    health = CameraHealth(clock := Clock())
    for topic in CAMERA_TOPICS:
        health.hear(topic, Stamped(int(clock.now_s * 1e9), "camera", None))
    clock.now_s += 60.0
    assert [f.status for f in findings(health, clock)] == ["wrong", "wrong", "ok"]

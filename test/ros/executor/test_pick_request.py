"""A goal's grasps and a new picture in the base frame; camera, TF and clock are played."""

import numpy as np
import pytest
from arm_world import ROBOT, T_BASE_CAMERA, grasp_at
from std_msgs.msg import Header
from world import INTRINSICS

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import Cancelled, RequestInvalid, TransformUnavailable
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.executor import pick_request
from rt_grasp_ros.ros.messages.grasps import grasp_to_message
from rt_grasp_ros.ros.messages.stamps import time_from_nanoseconds

pytestmark = pytest.mark.ros

GRIPPER = load_gripper(share_path("config/grippers/panda_hand.yaml"))
HOME = np.zeros(7)
FRAME = RgbdFrame(
    np.zeros((240, 320, 3), np.uint8),
    np.full((240, 320), 0.7, np.float32),
    INTRINSICS,
    "new_camera",
    9_000,
)


class Surroundings:
    """Camera, TF, clock and robot of a reader; each lookup that fails lasts as long as it may."""

    def __init__(self):
        self.now, self.asked, self.taken, self.filtered = 0.0, [], [], []
        self.appears_at_s = 0.0

    def now_s(self):
        return self.now

    def lookup(self, base, frame, stamp_ns, timeout_s):
        self.asked.append((base, frame, stamp_ns, timeout_s))
        if self.now < self.appears_at_s:
            self.now += timeout_s + 0.01
            raise TransformUnavailable("TF does not connect them.")
        return T_BASE_CAMERA

    def take_frame(self, timeout_s, slop_s, is_cancelled):
        self.taken.append((timeout_s, slop_s))
        return FRAME

    def without_robot(self, cloud_m, positions_rad, opening_m):
        self.filtered.append((len(cloud_m), positions_rad, opening_m))
        return cloud_m[::2]


@pytest.fixture
def around():
    return Surroundings()


@pytest.fixture
def read(around, monkeypatch):
    """Return what reads grasps with all else as it is."""
    for name in ("CameraSubscriptions", "listen_to_tf", "RobotClock", "RobotFilter"):
        monkeypatch.setattr(pick_request, name, lambda *_, **__: around)
    reader = pick_request.PickRequestReader(None, ROBOT, GRIPPER)

    def read(messages, is_cancelled=lambda: False, tf_timeout_s=5.0):
        return reader.read(
            messages,
            HOME,
            0.08,
            frame_timeout_s=10.0,
            sync_slop_s=0.05,
            tf_timeout_s=tf_timeout_s,
            is_cancelled=is_cancelled,
        )

    return read


def message(depth_m, stamp_ns=5_000, **fields):
    header = Header(stamp=time_from_nanoseconds(stamp_ns), frame_id="camera")
    return grasp_to_message(grasp_at(depth_m, **fields), header, "", "")


def rejected(depth_m):
    return message(depth_m, rejected_code=ErrorCode.NO_PLAN, rejected_reason="No way.")


def test_grasps_come_into_the_base_frame_and_keep_their_numbers_in_the_goal(around, read):
    request = read([rejected(0.5), message(0.67, 5_000), rejected(0.6), message(0.65, 6_000)])
    assert request.indices == [1, 3]
    for candidate, depth_m in zip(request.candidates, (0.67, 0.65), strict=True):
        at_camera = np.eye(4)
        at_camera[2, 3] = depth_m
        np.testing.assert_allclose(candidate.T_base_grasp, T_BASE_CAMERA @ at_camera)
        assert candidate.opening_m == pytest.approx(0.06)
    assert around.asked == [
        ("panda_link0", "camera", 5_000, 0.05),
        ("panda_link0", "camera", 6_000, 0.05),
        ("panda_link0", "new_camera", 9_000, 0.05),
    ]


def test_the_cloud_is_that_of_the_new_picture_without_the_robot(around, read):
    request = read([message(0.67)])
    assert around.taken == [(10.0, 0.05)]
    ((count, positions_rad, opening_m),) = around.filtered
    assert (positions_rad is HOME, opening_m) == (True, 0.08)
    assert len(request.cloud_m) == (count + 1) // 2 > 1000
    np.testing.assert_allclose(request.cloud_m[:, 2], 0.0, atol=1e-6)  # the table


def test_without_a_grasp_that_may_be_executed_no_picture_is_taken(around, read):
    for messages in ([], [rejected(0.6)]):
        with pytest.raises(RequestInvalid, match="send at least one that may"):
            read(messages)
    assert around.taken == []


def test_tf_is_waited_for_in_steps_of_a_twentieth_of_a_second(around, read):
    around.appears_at_s = 1.0
    read([message(0.67)])
    waits_s = [asked[3] for asked in around.asked[:-1]]
    assert len(waits_s) > 10
    assert set(waits_s) == {0.05}


def test_tf_that_never_comes_is_given_up_in_time(around, read):
    around.appears_at_s = 1e9
    with pytest.raises(TransformUnavailable):
        read([message(0.67)], tf_timeout_s=0.5)
    assert 0.4 < around.now < 0.6
    with pytest.raises(TransformUnavailable):
        read([message(0.67)], tf_timeout_s=0.0)
    assert around.asked[-1][3] == 0.0


def test_a_stop_ends_the_wait_for_tf(around, read):
    around.appears_at_s = 1e9
    with pytest.raises(Cancelled):
        read([message(0.67)], is_cancelled=lambda: len(around.asked) == 3)
    assert len(around.asked) == 3
    assert around.taken == []

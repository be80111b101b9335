"""Grasps of another node: in the picture's frame, as new as it, or a sentence why not."""

import threading
import time

import numpy as np
import pytest
from geometry_msgs.msg import PoseArray
from rclpy.node import Node
from std_msgs.msg import Header

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import PostedGraspsUnavailable, TransformUnavailable
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.ros.messages.poses import pose_from_matrix
from rt_grasp_ros.ros.messages.stamps import time_from_nanoseconds
from rt_grasp_ros.ros.perception.grasp_topic import GraspTopic, GraspTopicSettings

pytestmark = pytest.mark.ros

OPTICAL, BASE = "camera", "panda_link0"
TABLE = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)
SECOND_NS = 10**9
TAKEN_NS = 1_000 * SECOND_NS
T_BASE_CAMERA = np.array([[0.0, -1, 0, 0.5], [-1, 0, 0, 0], [0, 0, -1, 0.7], [0, 0, 0, 1]])
DIP = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0.67], [0, 0, 0, 1]])  # at the block


class Frames:
    """TF that knows the camera, and notes who was asked for, when."""

    def __init__(self):
        self.asked = []

    def lookup(self, target, source, stamp_ns, timeout_s):
        self.asked.append((target, source, stamp_ns))
        known = {OPTICAL: T_BASE_CAMERA, BASE: np.eye(4)}
        if source not in known:
            raise TransformUnavailable(f"TF does not know '{source}'; publish it.")
        return known[source]

    def frames(self):
        return [BASE, OPTICAL]


def block(stamp_ns=TAKEN_NS):
    depth_m = np.full((480, 640), 0.7, np.float32)
    region = np.zeros((480, 640), bool)
    region[210:270, 305:335] = True  # 32 mm wide
    depth_m[region] = 0.65
    intrinsics = Intrinsics(600.0, 600.0, 319.5, 239.5, 640, 480)
    return RgbdFrame(
        np.zeros((480, 640, 3), np.uint8), depth_m, intrinsics, OPTICAL, stamp_ns
    ), region


def message(*poses, frame_id=OPTICAL, stamp_ns=TAKEN_NS):
    header = Header(stamp=time_from_nanoseconds(stamp_ns), frame_id=frame_id)
    return PoseArray(header=header, poses=[pose_from_matrix(pose) for pose in poses])


def moved(x_m):
    pose = DIP.copy()
    pose[0, 3] = x_m
    return pose


@pytest.fixture
def make(world):
    """Makes a topic, and what publishes on it, both taken off the world at the end."""
    made = []

    def start(name, *messages, tf=None, timeout_s=60.0, max_age_s=2.0, base_to_pads_m=0.0):
        node = world.add(Node(f"hears_{name}", context=world.context))
        made.append(node)
        settings = GraspTopicSettings(name, max_age_s, timeout_s, base_to_pads_m)
        topic = GraspTopic(node, tf or Frames(), BASE, Gripper(), settings)
        if messages:
            publisher = node.create_publisher(PoseArray, name, 10)
            rest = list(messages)

            def publish():
                publisher.publish(rest.pop(0) if len(rest) > 1 else rest[0])

            node.create_timer(0.05, publish)
        return topic

    yield start
    for node in made:
        world.remove(node)


def propose(topic, frame_and_region=None):
    frame, region = frame_and_region or block()
    return topic.propose(frame, TABLE, region)


def test_grasps_of_the_thing_are_taken_in_their_order_and_their_width_is_measured(make):
    topic = make("order", message(moved(0.002), moved(0.3), DIP))
    first, second = propose(topic)  # the one at 0.3 m is on no thing
    assert (first.quality, second.quality) == (1.0, 0.5)
    assert first.object_width_m == pytest.approx(0.032, abs=0.003)
    assert first.opening_m == pytest.approx(first.object_width_m + Gripper().clearance_m)
    assert first.T_camera_grasp[0, 3] == pytest.approx(0.0, abs=0.001)  # centred on the thing
    assert first.height_m == pytest.approx(0.03)


def test_poses_in_the_robot_s_frame_are_brought_into_the_picture_s_by_tf(make):
    tf = Frames()
    topic = make("base", message(T_BASE_CAMERA @ DIP, frame_id=BASE, stamp_ns=TAKEN_NS - 7), tf=tf)
    (found,) = propose(topic)
    np.testing.assert_allclose(found.T_camera_grasp, DIP, atol=1e-3)
    assert tf.asked == [(BASE, OPTICAL, TAKEN_NS), (BASE, BASE, TAKEN_NS - 7)]


def test_a_frame_that_tf_does_not_know_is_named(make):
    topic = make("lost", message(DIP, frame_id="elsewhere"))
    with pytest.raises(TransformUnavailable, match="'elsewhere'"):
        propose(topic)


def test_poses_of_the_hand_are_moved_to_between_its_pads(make):
    hand = DIP.copy()
    hand[2, 3] -= 0.1034
    topic = make("hand", message(hand), base_to_pads_m=0.1034)
    (found,) = propose(topic)
    assert found.T_camera_grasp[2, 3] == pytest.approx(0.67)


def test_what_is_too_old_for_the_picture_is_waited_out(make):
    old = message(stamp_ns=TAKEN_NS - 3 * SECOND_NS)  # and holds no grasps
    topic = make("waits", old, old, old, message(DIP))
    wait_until(lambda: topic.finding().numbers["publishers"] == 1)
    assert len(propose(topic)) == 1
    assert topic.finding().status == "ok"


@pytest.mark.parametrize("age_s, is_taken", [(1.9, True), (2.1, False)])
def test_so_much_older_than_the_picture_grasps_may_be(make, age_s, is_taken):
    name = f"age_{round(10 * age_s)}"
    stamp_ns = TAKEN_NS - round(age_s * SECOND_NS)
    topic = make(name, message(DIP, stamp_ns=stamp_ns), timeout_s=60.0 if is_taken else 2.0)
    if is_taken:
        assert len(propose(topic)) == 1
        return
    wait_until(lambda: topic.finding().status == "ok")  # it was heard
    with pytest.raises(PostedGraspsUnavailable, match=r"the newest is 2\.1 s older") as failure:
        propose(topic)
    assert failure.value.code is ErrorCode.SERVER_UNAVAILABLE
    assert f"/{name}" in failure.value.message


def test_silence_ends_at_its_deadline_with_what_to_do(make):
    topic = make("silent", timeout_s=0.3)
    begun_s = time.monotonic()
    with pytest.raises(PostedGraspsUnavailable, match=r"nothing within 0\.3 s; .*grasps_topic"):
        propose(topic)
    assert time.monotonic() - begun_s >= 0.3
    assert topic.finding().status == "wrong"
    assert "nobody publishes on /silent" in topic.finding().message


def test_a_message_that_comes_meanwhile_ends_the_wait(make, world):
    topic = make("late", timeout_s=60.0)
    found = []
    waiting = threading.Thread(target=lambda: found.extend(propose(topic)))
    waiting.start()
    node = world.add(Node("publishes_late", context=world.context))
    publisher = node.create_publisher(PoseArray, "late", 10)
    node.create_timer(0.05, lambda: publisher.publish(message(DIP)))
    waiting.join(60.0)
    world.remove(node)
    assert len(found) == 1


@pytest.mark.parametrize(
    "name, spoil, words",
    [
        ("long_turn", lambda pose: setattr(pose.orientation, "w", 2.0), "not a unit quaternion"),
        ("nan", lambda pose: setattr(pose.position, "x", float("nan")), "not finite"),
        ("far", lambda pose: setattr(pose.position, "x", 670.0), "farther than 5 m"),
    ],
)
def test_what_is_no_grasp_is_refused_whole(make, name, spoil, words):
    spoilt = message(DIP, DIP)
    spoil(spoilt.poses[1])
    topic = make(name, spoilt)
    with pytest.raises(PostedGraspsUnavailable, match=words):
        propose(topic)


def test_more_than_anybody_means_are_not_looked_at(make):
    topic = make("many", message(*[DIP] * 2001))
    with pytest.raises(PostedGraspsUnavailable, match="2001 grasps are more than 2000"):
        propose(topic)


def test_no_grasps_are_an_answer(make):
    assert propose(make("none", message())) == []


def test_without_a_stamp_grasps_are_as_old_as_they_came(make, world):
    node = world.add(Node("asks_the_time", context=world.context))
    now_ns = node.get_clock().now().nanoseconds
    world.remove(node)
    topic = make("unstamped", message(DIP, stamp_ns=0))
    assert len(propose(topic, block(now_ns))) == 1


def wait_until(condition, timeout_s=60.0):
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, "it did not come"
        time.sleep(0.02)

"""Pictures as drivers publish them: compressed, latched, on a trigger, stamped by another clock."""

import array
import time

import cv2
import numpy as np
import pytest
from arm_world import eventually
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header
from std_srvs.srv import Trigger
from world import INTRINSICS, OPTICAL, World

from rt_grasp_ros.grasp.errors import CameraTriggerFailed, FrameStale, NoImage
from rt_grasp_ros.ros.camera.camera_parameters import CameraParameters
from rt_grasp_ros.ros.camera.camera_subscriptions import CameraSubscriptions
from rt_grasp_ros.ros.messages.camera_info import intrinsics_to_message
from rt_grasp_ros.ros.messages.images import image_from_array
from rt_grasp_ros.ros.messages.stamps import time_from_nanoseconds

pytestmark = pytest.mark.ros

RGB = np.full((240, 320, 3), 90, np.uint8)
RGB[80:160, 120:200] = (200, 60, 20)
DEPTH_MM = np.full((240, 320), 700, np.uint16)
COLOUR = "camera/color/image_raw"
DEPTH = "camera/aligned_depth_to_color/image_raw"


class Driver(Node):
    """Publishes as it is told to."""

    def __init__(self, world, colour=COLOUR, **options):
        super().__init__("driver", context=world.context)
        self.options = {"compressed": False, "stamp": "now", "trigger": False} | options
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.has_odd_names = colour != COLOUR
        qos, compressed = qos_profile_sensor_data, self.options["compressed"]
        self._info = self.create_publisher(CameraInfo, "camera/color/camera_info", latched)
        self._info.publish(intrinsics_to_message(INTRINSICS, Header(frame_id=OPTICAL)))
        if compressed:
            self._colour = self.create_publisher(CompressedImage, f"{colour}/compressed", qos)
            self._depth = self.create_publisher(CompressedImage, f"{DEPTH}/compressedDepth", qos)
        else:
            self._colour = self.create_publisher(Image, colour, qos)
            self._depth = self.create_publisher(Image, DEPTH, qos)
        if self.options["trigger"]:
            self.create_service(Trigger, "capture", self._capture)
        else:
            self.create_timer(0.1, self.publish)

    def is_heard(self):
        """Whether somebody is connected to each of the topics."""
        publishers = self._colour, self._depth, self._info
        return self.has_odd_names or all(p.get_subscription_count() > 0 for p in publishers)

    def _capture(self, _, response):
        response.success = self.options["trigger"] != "broken"
        response.message = "the projector is too hot"
        if response.success:
            self.publish()
        return response

    def publish(self):
        now_ns = self.get_clock().now().nanoseconds
        stamp_ns = {"now": now_ns, "zero": 0, "boot": time.monotonic_ns()}[self.options["stamp"]]
        header = Header(stamp=time_from_nanoseconds(stamp_ns), frame_id=OPTICAL)
        if not self.options["compressed"]:
            self._colour.publish(image_from_array(RGB, header))
            self._depth.publish(image_from_array(DEPTH_MM, header))
            return
        jpeg = cv2.imencode(".jpg", RGB[..., ::-1])[1].tobytes()
        png = bytes(12) + cv2.imencode(".png", DEPTH_MM)[1].tobytes()
        for publisher, name, data in (
            (self._colour, "rgb8; jpeg compressed bgr8", jpeg),
            (self._depth, "16UC1; compressedDepth png", png),
        ):
            message = CompressedImage(header=header, format=name, data=array.array("B", data))
            publisher.publish(message)


@pytest.fixture
def world():
    world = World()
    world.start()
    yield world
    world.stop()


def frame_of(world, driver, timeout_s=20.0, **parameters):
    listener = world.add(Node("listener", context=world.context))
    known = CameraParameters(**parameters)
    camera = CameraSubscriptions(listener, parameters=lambda: known)
    assert eventually(driver.is_heard)  # a picture may come once, and replies get lost before
    assert eventually(lambda: camera._frames._info is not None)
    assert eventually(lambda: listener.get_publishers_info_by_topic(driver._colour.topic_name))
    return camera.take_frame(timeout_s, 0.05)


@pytest.mark.parametrize("compressed", [False, True])
def test_a_picture_comes_with_latched_camera_info(world, compressed):
    driver = world.add(Driver(world, compressed=compressed))
    frame = frame_of(world, driver)
    assert frame.intrinsics == INTRINSICS
    np.testing.assert_allclose(frame.rgb[120, 160], (200, 60, 20), atol=6)
    assert frame.depth_m[10, 10] == pytest.approx(0.7)


def test_a_camera_takes_its_picture_when_it_is_triggered(world):
    driver = world.add(Driver(world, trigger=True))
    assert frame_of(world, driver, camera_trigger="capture").rgb.shape == (240, 320, 3)


def test_a_trigger_that_fails_says_what_the_driver_says(world):
    driver = world.add(Driver(world, trigger="broken"))
    with pytest.raises(CameraTriggerFailed, match="too hot"):
        frame_of(world, driver, camera_trigger="capture")


@pytest.mark.parametrize("stamp, words", [("zero", "no stamp"), ("boot", "clock that starts")])
def test_stamps_of_another_clock_are_named_and_may_be_left_out(world, stamp, words):
    driver = world.add(Driver(world, stamp=stamp))
    with pytest.raises(FrameStale, match=words):
        frame_of(world, driver, timeout_s=4.0)
    assert frame_of(world, driver, camera_stamps="arrival").stamp_ns > 10**18


def test_what_is_there_instead_is_said(world):
    driver = world.add(Driver(world, colour="head/rgb/image_raw"))
    with pytest.raises(NoImage, match=r"Nobody publishes /camera/color/image_raw; .*/head/rgb"):
        frame_of(world, driver, timeout_s=3.0)


def test_depth_scale_counts(world):
    driver = world.add(Driver(world))
    assert frame_of(world, driver, depth_scale=0.002).depth_m[10, 10] == pytest.approx(1.4)

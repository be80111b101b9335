"""The simulated camera's thread, with a camera that draws as slowly and as badly as it is told."""

import threading
import time

import numpy as np
import pytest
from arm_world import eventually
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header
from world import INTRINSICS

from rt_grasp_ros.ros.messages.images import depth_m_from_image, rgb_from_image
from rt_grasp_ros.ros.sim.sim_camera import OPTICAL_FRAME, SimCamera
from rt_grasp_ros.sim.cell import Observation

pytestmark = pytest.mark.ros

ALIGNED = "camera/aligned_depth_to_color"


class SlowCamera:
    """Stands in for `LiveCamera`: nothing is drawn, but when a picture is done is for tests."""

    def __init__(self):
        self.thread = threading.current_thread()
        self.may_finish = threading.Event()
        self.may_finish.set()
        self.failure = None
        self.captures = 0
        self.is_closed = False

    def observe(self):
        assert self.may_finish.wait(30.0)
        if self.failure is not None:
            raise self.failure
        rgb = np.full((240, 320, 3), min(self.captures, 255), np.uint8)
        depth_m = np.full((240, 320), 0.7, np.float32)
        depth_mm = np.full((240, 320), 700, np.uint16)
        return Observation(rgb, depth_m, depth_mm, INTRINSICS, np.eye(4), float(self.captures))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.is_closed = True


@pytest.fixture
def scene(new_world):
    """A camera that publishes, and what is heard of it by topic."""

    class Scene:
        pass

    scene = Scene()
    scene.node = new_world.add(Node("sim_node", context=new_world.context))
    scene.heard = {topic: [] for topic in ("camera/color/image_raw", f"{ALIGNED}/image_raw")}
    scene.heard |= {topic: [] for topic in ("camera/color/camera_info", f"{ALIGNED}/camera_info")}
    for topic, messages in scene.heard.items():
        kind = CameraInfo if topic.endswith("info") else Image
        scene.node.create_subscription(kind, topic, messages.append, qos_profile_sensor_data)
    made = []

    def pass_time():
        scene.cell_s += 0.02

    scene.node.create_timer(0.02, pass_time)

    def make_camera():
        made.append(SlowCamera())
        return made[0]

    def capture(camera):
        camera.captures += 1
        return Header(frame_id=OPTICAL_FRAME)

    scene.cell_s = 0.0
    scene.sim_camera = SimCamera(scene.node, make_camera, capture, 50.0, lambda: scene.cell_s)
    assert eventually(lambda: made)
    scene.camera = made[0]
    yield scene
    scene.camera.may_finish.set()
    scene.sim_camera.close()


def test_pictures_depth_and_both_intrinsics_come(scene):
    assert eventually(lambda: all(scene.heard.values()))
    colour, depth, info, depth_info = (messages[-1] for messages in scene.heard.values())
    assert rgb_from_image(colour).shape == (240, 320, 3)
    np.testing.assert_allclose(depth_m_from_image(depth), 0.7, atol=1e-3)
    assert info.k.tolist() == depth_info.k.tolist()
    assert {m.header.frame_id for m in (colour, depth, info)} == {OPTICAL_FRAME}


def test_who_steps_the_cell_does_not_wait_for_a_picture(scene):
    scene.camera.may_finish.clear()
    assert scene.camera.thread is not threading.current_thread()
    captures = scene.camera.captures
    scene.sim_camera.raise_failure()
    time.sleep(0.2)
    assert scene.camera.captures <= captures + 1  # one is under way, and nothing is in a queue


def test_the_cell_waits_for_a_picture_that_is_late(scene):
    assert eventually(lambda: scene.heard["camera/color/image_raw"])
    assert not scene.sim_camera.is_behind()
    scene.camera.may_finish.clear()
    assert eventually(scene.sim_camera.is_behind)
    newest_s = scene.sim_camera._newest_s
    assert newest_s + 1.0 < scene.cell_s
    scene.sim_camera._now_s = lambda: newest_s + 0.99
    assert not scene.sim_camera.is_behind()
    scene.sim_camera._now_s = lambda: newest_s + 1.01
    assert scene.sim_camera.is_behind()
    scene.sim_camera._now_s = lambda: scene.cell_s
    scene.camera.may_finish.set()
    assert eventually(lambda: not scene.sim_camera.is_behind())


def test_what_ends_the_pictures_is_raised_where_the_cell_is_stepped(scene):
    scene.sim_camera.raise_failure()
    scene.camera.failure = RuntimeError("no memory for a picture")
    assert eventually(lambda: scene.camera.is_closed)
    with pytest.raises(RuntimeError, match="no memory"):
        scene.sim_camera.raise_failure()


def test_after_its_end_nothing_is_published(scene):
    assert eventually(lambda: scene.heard["camera/color/image_raw"])
    scene.sim_camera.close()
    assert scene.camera.is_closed
    captures = scene.camera.captures
    time.sleep(0.1)
    assert scene.camera.captures == captures

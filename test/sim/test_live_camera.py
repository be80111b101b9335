import threading
import time

import numpy as np
import pytest

from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.controller import TrajectoryPoint
from rt_grasp_ros.sim.live_camera import LiveCamera
from rt_grasp_ros.sim.panda import ARM_JOINTS, HOME_POSITION_RAD
from rt_grasp_ros.sim.scene import random_scene

pytestmark = pytest.mark.sim

SIZE_PX = 320, 240


@pytest.fixture
def cell():
    with Cell(random_scene(1, ["apple"]), image_width_px=320, image_height_px=240) as the_cell:
        yield the_cell


def in_a_thread(run):
    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60.0)
    assert not thread.is_alive()


def test_it_draws_from_another_thread_what_the_cell_sees(cell):
    seen = []

    def look():
        with LiveCamera(cell, *SIZE_PX) as camera:
            camera.capture()
            seen.append(camera.observe())

    in_a_thread(look)
    own = cell.observe()
    assert np.abs(seen[0].rgb.astype(int) - own.rgb).max() <= 1
    np.testing.assert_array_equal(seen[0].depth_m, own.depth_m)
    np.testing.assert_array_equal(seen[0].T_base_camera, own.T_base_camera)
    assert seen[0].intrinsics == own.intrinsics


def test_a_picture_is_of_the_moment_of_its_capture(cell):
    leaning_rad = np.array(HOME_POSITION_RAD)
    leaning_rad[:2] += 1.5, 0.7  # into the picture
    pictures = []

    def look():
        with LiveCamera(cell, *SIZE_PX) as camera:
            camera.capture()
            cell.arm_controller.accept(ARM_JOINTS, [TrajectoryPoint(tuple(leaning_rad), 0.5)], 0.0)
            cell.step(0.6)
            for _ in range(2):
                pictures.append(camera.observe())
                camera.capture()

    in_a_thread(look)
    assert [picture.stamp_s for picture in pictures] == pytest.approx([0.0, 0.6])
    assert np.abs(pictures[0].rgb.astype(int) - pictures[1].rgb).max() > 50


def test_the_cell_is_stepped_while_a_picture_is_drawn(cell):
    """Else a controller would not hear of a stop before the picture is finished."""
    camera_ready, done = threading.Event(), threading.Event()
    drawn_s = []

    def look():
        with LiveCamera(cell, 1280, 960) as camera:
            camera.capture()
            camera.observe()  # the first one loads
            camera_ready.set()
            start_s = time.monotonic()
            camera.observe()
            drawn_s.append(time.monotonic() - start_s)
            done.set()

    thread = threading.Thread(target=look)
    thread.start()
    assert camera_ready.wait(60.0)
    steps = 0
    while not done.is_set():
        cell.step(0.002)
        steps += 1
    thread.join(60.0)
    assert drawn_s[0] > 0.005  # or it shows nothing
    assert steps > 5

import mujoco
import numpy as np
import pytest

from rt_grasp_ros.rollout.scripted_pick import lift_by_script, true_label
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.controller import TrajectoryPoint
from rt_grasp_ros.sim.panda import ARM_JOINTS, FINGER_JOINTS, HOME_POSITION_RAD
from rt_grasp_ros.sim.render import Camera
from rt_grasp_ros.sim.scene import random_scene
from rt_grasp_ros.sim.scene_model import body_name, build_model

pytestmark = pytest.mark.sim

SCENE = random_scene(5, ["banana", "mug"])


@pytest.fixture
def cell():
    with Cell(SCENE, image_width_px=320, image_height_px=240) as cell:
        yield cell


def test_stands_still_at_home(cell):
    places = [cell.data.body(body_name(i)).xpos.copy() for i in range(len(SCENE.objects))]
    cell.step(1.0)
    assert cell.time_s == pytest.approx(1.0)
    names, positions, velocities = cell.joint_state()
    assert names == (*ARM_JOINTS, *FINGER_JOINTS)
    np.testing.assert_allclose(positions[:7], HOME_POSITION_RAD, atol=1e-4)
    np.testing.assert_allclose(velocities, 0.0, atol=1e-3)
    for index, place in enumerate(places):
        np.testing.assert_allclose(cell.data.body(body_name(index)).xpos, place, atol=1e-3)


def test_steps_at_least_once(cell):
    cell.step(0.0)
    assert cell.time_s == pytest.approx(0.002)


def test_sees_the_table_without_the_arm(cell):
    seen = cell.observe()
    assert seen.rgb.shape == (240, 320, 3)
    assert seen.rgb.dtype == np.uint8
    assert seen.depth_m.shape == (240, 320)
    assert seen.depth_m.dtype == np.float32
    assert (seen.intrinsics.width_px, seen.intrinsics.height_px) == (320, 240)
    assert seen.stamp_s == cell.time_s
    without_arm = build_model(SCENE, with_robot=False)
    data = mujoco.MjData(without_arm)
    mujoco.mj_forward(without_arm, data)
    with Camera(without_arm, 320, 240) as camera:
        np.testing.assert_allclose(seen.depth_m, camera.depth_m(data), atol=1e-3)


def test_observed_pose_brings_depth_onto_the_table(cell):
    seen = cell.observe()
    corner_px = np.array([2.5, 2.5])
    point = seen.intrinsics.back_project(corner_px, seen.depth_m[2, 2])
    in_base = seen.T_base_camera[:3, :3] @ point + seen.T_base_camera[:3, 3]
    assert in_base[2] == pytest.approx(0.0, abs=2e-3)


def test_arm_follows_its_trajectory_closely(cell):
    goal_rad = np.add(HOME_POSITION_RAD, [0.8, 0.3, -0.2, 0.4, 0.2, -0.3, 0.5])
    points = [TrajectoryPoint(tuple(goal_rad), 1.5, (0.0,) * 7)]
    cell.arm_controller.accept(ARM_JOINTS, points, cell.time_s)
    for _ in range(32):
        cell.step(0.05)
        wanted, _ = cell.arm_controller.sample(cell.time_s)
        np.testing.assert_allclose(cell.joint_state()[1][:7], wanted, atol=5e-3)
    np.testing.assert_allclose(cell.joint_state()[1][:7], goal_rad, atol=1e-3)


def test_snapshot_shows_arm_and_table(cell):
    picture = cell.snapshot(160, 120)
    assert picture.shape == (120, 160, 3)
    assert picture.std() > 10
    np.testing.assert_array_equal(cell.observe().rgb.shape, (240, 320, 3))


@pytest.mark.parametrize("object_name", ["can", "box", "hammer", "spoon", "banana"])
def test_holds_what_it_lifts_without_slipping(object_name):
    with Cell(random_scene(3, [object_name]), image_width_px=320, image_height_px=240) as cell:
        label = true_label(cell, object_name)
        slip_m = lift_by_script(cell, label)
        assert cell.data.body(body_name(label.object_index)).xpos[2] > 0.1
        assert slip_m < 1e-3

import mujoco
import numpy as np
import pytest
from shots import all_shots, shot

from rt_grasp_ros.sim.gl import OpenGlUnavailable, make_current
from rt_grasp_ros.sim.render import Camera
from rt_grasp_ros.sim.scene import random_scene
from rt_grasp_ros.sim.scene_model import build_model

pytestmark = pytest.mark.sim


def test_pictures_have_their_shapes_and_types():
    seen = shot(0, ("mug", "banana"))
    assert (seen.rgb.shape, seen.rgb.dtype) == ((384, 512, 3), np.uint8)
    assert (seen.depth_m.shape, seen.depth_m.dtype) == ((384, 512), np.float32)
    assert (seen.part_ids.shape, seen.part_ids.dtype) == ((384, 512), np.uint8)


def test_depth_of_the_table_is_the_plane_of_the_table():
    for seen in all_shots():
        rows, columns = np.nonzero(seen.part_ids == 0)
        pixels = np.stack([columns + 0.5, rows + 0.5], axis=1)
        points = seen.intrinsics.back_project(pixels, seen.depth_m[rows, columns])
        heights = points @ seen.T_world_camera[2, :3] + seen.T_world_camera[2, 3]
        assert np.abs(heights).max() < 0.0005


def test_objects_stand_above_the_table_where_their_pixels_are():
    for seen in all_shots():
        rows, columns = np.nonzero(seen.part_ids)
        pixels = np.stack([columns + 0.5, rows + 0.5], axis=1)
        points = seen.intrinsics.back_project(pixels, seen.depth_m[rows, columns])
        heights = points @ seen.T_world_camera[2, :3] + seen.T_world_camera[2, 3]
        assert heights.min() > -0.001
        assert 0.004 < np.median(heights) < heights.max() < 0.12


def test_every_part_has_pixels():
    for seen in all_shots():
        assert set(np.unique(seen.part_ids)) == {0, *seen.scene.part_ids.values()}


def test_a_banana_is_yellow_in_the_picture():
    seen = shot(0, ("mug", "banana"))
    red, green, blue = seen.rgb[seen.part_ids == seen.scene.part_ids[1, "middle"]].mean(axis=0)
    assert red > 1.5 * blue
    assert green > 1.3 * blue


def test_two_cameras_take_turns_and_follow_the_model():
    model = build_model(random_scene(1, ("hammer",)), with_robot=False)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    with Camera(model, 320, 240) as small, Camera(model, 640, 480) as large:
        first = small.rgb(data)
        assert large.rgb(data).shape == (480, 640, 3)
        assert np.array_equal(small.rgb(data), first)
        focal_px = small.intrinsics.fx_px
        assert large.intrinsics.fx_px == pytest.approx(2 * focal_px)
        model.cam_fovy[:] *= 0.8
        assert small.intrinsics.fx_px > 1.2 * focal_px


def test_looking_past_the_table_is_no_depth():
    model = build_model(random_scene(1, ("hammer",)), with_robot=False)
    data = mujoco.MjData(model)
    model.cam_quat[0] = [0.5, -0.5, 0.5, -0.5]
    mujoco.mj_forward(model, data)
    with Camera(model, 64, 48) as camera:
        assert np.isnan(camera.depth_m(data)).any()


def test_an_unknown_drawing_library_is_refused_with_a_word_on_what_to_do(monkeypatch):
    monkeypatch.setattr("rt_grasp_ros.sim.gl._of_thread", type("Empty", (), {})())
    monkeypatch.setenv("MUJOCO_GL", "crayon")
    with pytest.raises(OpenGlUnavailable, match=r"crayon.*libegl1"):
        make_current()

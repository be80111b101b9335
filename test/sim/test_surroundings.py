import numpy as np
import pytest

from rt_grasp_ros.sim.surroundings import (
    TABLE_TEXTURES,
    CameraPose,
    Table,
    random_camera,
    random_light,
    random_table,
)


@pytest.mark.parametrize("texture", TABLE_TEXTURES)
def test_a_table_has_a_texture_of_its_colours(texture):
    picture = Table(texture, (0.8, 0.6, 0.4), (0.4, 0.3, 0.2), 5).picture()
    assert picture.shape == (256, 256, 3)
    assert picture.dtype == np.uint8
    assert picture.min() >= round(255 * 0.2) - 1
    assert picture.max() <= round(255 * 0.8) + 1
    assert picture.std() > 0


def test_up_in_the_picture_is_away_from_the_robot_and_right_is_minus_y():
    pose = CameraPose((0.5, 0.0, 0.7), (0.5, 0.0, 0.0), 0.7)
    right, down, forward = pose.R_world_camera.T
    assert right == pytest.approx([0, -1, 0])
    assert down == pytest.approx([-1, 0, 0])
    assert forward == pytest.approx([0, 0, -1])


def test_random_surroundings_stay_in_their_bounds():
    rng = np.random.default_rng(0)
    for _ in range(200):
        pose = random_camera(rng)
        rotation = pose.R_world_camera
        assert rotation.T @ rotation == pytest.approx(np.eye(3), abs=1e-12)
        assert np.degrees(np.arccos(-rotation[2, 2])) < 10.5
        assert 0.6 < pose.position_m[2] < 0.75
        assert 38 <= np.degrees(pose.fovy_rad) <= 42
        light = random_light(rng)
        assert light.position_m[2] > 0.8
        assert 0 < light.ambient < 0.5
        assert all(0 <= channel <= 1 for channel in random_table(rng).rgb)

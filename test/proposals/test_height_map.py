"""The table from straight above."""

import math

import numpy as np
import pytest

from rt_grasp_ros.proposals.height_map import (
    UNSEEN_M,
    TableFrame,
    cell_centre_m,
    height_map,
    turned,
)


def test_a_cell_has_the_greatest_height_of_its_points():
    grid_m = height_map(np.array([[0.0, 0.0, 0.01], [0.001, 0.001, 0.05], [0.1, -0.05, 0.02]]))
    assert grid_m.shape == (200, 200)
    assert grid_m[100, 100] == pytest.approx(0.05)
    assert grid_m[75, 150] == pytest.approx(0.02)
    assert grid_m[0, 0] == UNSEEN_M


def test_a_hole_of_a_cell_is_filled_and_a_wide_one_is_not():
    grid_m = height_map(np.array([[0.0, 0.0, 0.03]]))
    assert grid_m[101, 99] == pytest.approx(0.03)
    assert grid_m[102, 100] == UNSEEN_M


def test_cells_are_two_millimetres():
    assert cell_centre_m(100.0) == pytest.approx(0.001)
    assert cell_centre_m(100.0) - cell_centre_m(99.0) == pytest.approx(0.002)


@pytest.mark.parametrize("angle_deg", [0, 20, 90, 163])
def test_a_turned_map_shows_points_where_the_turned_frame_has_them(angle_deg):
    angle_rad = math.radians(angle_deg)
    frame = TableFrame.at(np.array([0.1, 0.2, 0.9]), np.array([0.0, -0.6, -0.8]))
    points_m = np.array([[0.08, 0.02, 0.05], [-0.03, 0.11, 0.02]])
    in_camera_m = points_m @ frame.T_camera_table[:3, :3].T + frame.T_camera_table[:3, 3]
    assert frame.to_table(in_camera_m) == pytest.approx(points_m)
    grid_m = turned(height_map(points_m), angle_rad)
    for x_m, y_m, z_m in frame.turned(angle_rad).to_table(in_camera_m):
        row, column = math.floor((y_m + 0.2) / 0.002), math.floor((x_m + 0.2) / 0.002)
        assert grid_m[row, column] == pytest.approx(z_m)


def test_the_table_s_axes_are_right_handed_and_its_z_is_up():
    for normal in ([0.0, 0.0, -1.0], [1.0, 0.0, 0.0], [0.0, -0.6, -0.8]):
        T = TableFrame.at(np.zeros(3), np.array(normal)).T_camera_table
        assert np.linalg.det(T[:3, :3]) == pytest.approx(1.0)
        assert T[:3, 2] == pytest.approx(normal)

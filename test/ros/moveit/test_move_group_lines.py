"""Straight lines are whole, straight and without jumps, or refused."""

import numpy as np
import pytest
from arm_world import ROBOT
from move_group_arm import line, raises

from rt_grasp_ros.grasp.errors import NoPlan
from rt_grasp_ros.motion.kinematics import Kinematics

pytestmark = [pytest.mark.ros, pytest.mark.moveit]


def test_a_line_is_straight_and_whole(backend):
    path = line(backend)
    tips = np.array([backend.tip_pose(row)[:3, 3] for row in path.positions])
    assert np.allclose(tips[:, :2], tips[0, :2], atol=1e-3)
    assert tips[-1, 2] == pytest.approx(tips[0, 2] - 0.06, abs=1e-3)


def test_a_part_of_a_line_is_refused_though_move_group_reports_success(backend, move_group):
    move_group.fraction = 0.6
    with raises(NoPlan, r"60\.0 %"):
        line(backend)


def test_a_line_that_jumps_is_refused(backend, move_group):
    kinematics = Kinematics(ROBOT)

    def flip(path):
        """From half-way on, reach the same poses with another elbow."""
        half = len(path) // 2
        others = kinematics.solve_all(kinematics.tip_pose(path[half]), path[half])
        path[half] = next(other for other in others if np.abs(other - path[half]).max() > 0.5)
        for index in range(half + 1, len(path)):
            path[index] = kinematics.solve(kinematics.tip_pose(path[index]), path[index - 1])
        return path

    move_group.spoil_line = flip
    with raises(NoPlan, "jump"):
        line(backend)


def test_a_line_that_bends_is_refused(backend, move_group):
    def bend(path):
        path[:, 0] += 0.03 * np.sin(np.linspace(0.0, np.pi, len(path)))
        return path

    move_group.spoil_line = bend
    with raises(NoPlan, "off by"):
        line(backend)

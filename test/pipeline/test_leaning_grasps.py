"""Leaning hands: by how much, about which line, above the table, and free of what stands beside."""

import math
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from made_table import RED, table

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.grasp import Grasp, Gripper
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.pipeline.grasps_there import grasps_on
from rt_grasp_ros.pipeline.leaning_grasps import leaning, off_the_plane
from rt_grasp_ros.proposals.proposal import Proposal

TABLE = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)
BLOCK = (320, 240, RED, 26, 0.04)  # 30 mm wide
UPRIGHT = Grasp(
    GraspRectangle(320, 240, 0.0, 40, 17, 640, 480),
    np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0.68], [0, 0, 0, 1]]),
    opening_m=0.046,
    object_width_m=0.03,
    score=0.8,
)


def angle_deg(grasp):
    return math.degrees(math.acos(float(grasp.approach @ UPRIGHT.approach)))


def test_hands_lean_both_ways_about_the_closing_line_a_little_first():
    found = [grasp for _, grasp in leaning([UPRIGHT], table(BLOCK), TABLE, Gripper())]
    assert [round(angle_deg(grasp)) for grasp in found] == [20, 20, 35, 35]
    assert found[0].approach[1] == pytest.approx(-found[1].approach[1])
    for grasp in found:
        np.testing.assert_allclose(grasp.T_camera_grasp[:3, 0], [1, 0, 0], atol=1e-12)
        assert grasp.is_executable
    assert UPRIGHT.score > found[0].score > found[2].score > 0


def test_the_lowest_corner_of_a_leaning_finger_stays_off_the_table():
    gripper = Gripper()
    low = replace(
        UPRIGHT,
        T_camera_grasp=UPRIGHT.T_camera_grasp + np.diag([0.0, 0, 0, 0]),
    )
    low.T_camera_grasp[2, 3] = 0.7 - gripper.finger_overhang_m - gripper.table_clearance_m
    for _, grasp in leaning([low], table(BLOCK), TABLE, gripper):
        ends = [
            [
                side * grasp.opening_m / 2,
                edge * gripper.finger_breadth_m / 2,
                gripper.finger_overhang_m,
                1,
            ]
            for side in (-1, 1)
            for edge in (-1, 1)
        ]
        corners_m = (np.array(ends) @ grasp.T_camera_grasp.T)[:, :3]
        assert TABLE.height_m(corners_m).min() == pytest.approx(gripper.table_clearance_m, abs=1e-4)


def test_it_leans_away_from_a_wall_beside_which_the_hand_has_no_room():
    frame = table(BLOCK, (320, 151, RED, 120, 0.16))
    upright = [UPRIGHT]
    found = grasps_on(frame, frame.depth_m < 0.67, TABLE, _Fixed(upright), Gripper(), 4)
    assert found[0].is_executable
    assert angle_deg(found[0]) > 19
    assert found[0].approach[1] < 0  # towards the wall's foot: the hand itself is away from it
    assert found[-1].rejected_code is ErrorCode.NO_FINGER_CLEARANCE


def test_each_is_told_by_which_grasp_it_was():
    other = replace(UPRIGHT, score=0.5)
    indices = [index for index, _ in leaning([UPRIGHT, other], table(BLOCK), TABLE, Gripper())]
    assert indices[:4] == [0, 1, 0, 1]
    assert list(islice(leaning([], table(BLOCK), TABLE, Gripper()), 3)) == []


class _Fixed:
    """Proposals that are always the same."""

    def __init__(self, grasps):
        self._grasps = grasps

    def propose(self, frame, plane, region):
        return [
            Proposal(g.T_camera_grasp, g.opening_m, g.object_width_m, 0.02, g.score)
            for g in self._grasps
        ]


def test_the_lower_finger_of_a_tilted_grasp_is_drawn_back_to_the_clearance_and_no_further():
    gripper, tilt_rad = Gripper(), math.radians(25)
    turned = np.eye(4)
    turned[[0, 0, 2, 2], [0, 2, 0, 2]] = [
        math.cos(tilt_rad), math.sin(tilt_rad), -math.sin(tilt_rad), math.cos(tilt_rad),
    ]  # fmt: skip
    tilted = replace(UPRIGHT, T_camera_grasp=UPRIGHT.T_camera_grasp @ turned)
    tilted.T_camera_grasp[2, 3] = 0.695
    drawn = off_the_plane(tilted, TABLE, gripper)
    ends_m = np.array([[side * 0.046 / 2, 0.0, gripper.finger_overhang_m, 1.0] for side in (-1, 1)])
    heights_m = TABLE.height_m((ends_m @ drawn.T_camera_grasp.T)[:, :3])
    assert heights_m.min() == pytest.approx(gripper.table_clearance_m, abs=1e-4)
    assert heights_m.max() == pytest.approx(heights_m.min() + 0.046 * math.sin(tilt_rad), abs=1e-4)

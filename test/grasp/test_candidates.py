"""Rectangles become grasps, the executable ones first, each of the others with its reason."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tabletop import VGA, Box, look_at_table, rectangle_of, render_depth

from rt_grasp_ros.grasp.candidates import ranked_grasps, with_clearance
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import NoFingerClearance, RequestInvalid, SizeMismatch
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.lift import lift
from rt_grasp_ros.grasp.support import find_support

GRIPPER = Gripper()
CAMERA = look_at_table(0.6, math.radians(10), 0.0)
BLOCK = Box(0.0, 0.0, 0.0, 0.12, 0.03, 0.04)
DEPTH_M = render_depth(VGA, CAMERA, [BLOCK])
SUPPORT = find_support(DEPTH_M, VGA)
PLANE = SUPPORT.plane


def across(x_m: float, opening_m: float = 0.05):
    half_m = opening_m / 2
    ends_m = np.array([[x_m, -half_m, 0.04], [x_m, half_m, 0.04]])
    return rectangle_of(VGA, CAMERA, ends_m)


ALONG = rectangle_of(VGA, CAMERA, np.array([[-0.07, 0.0, 0.04], [0.07, 0.0, 0.04]]))


def test_best_score_first_and_rejected_last():
    rectangles = [ALONG, across(0.0), across(0.03)]
    ranked = ranked_grasps(rectangles, [0.9, 0.5, 0.7], DEPTH_M, VGA, GRIPPER, SUPPORT)
    assert [index for index, _ in ranked] == [2, 1, 0]
    assert [grasp.is_executable for _, grasp in ranked] == [True, True, False]
    assert [grasp.score for _, grasp in ranked] == [0.7, 0.5, 0.9]
    assert all(grasp.rectangle is rectangles[index] for index, grasp in ranked)


def test_rejected_ones_say_why():
    ((_, grasp),) = ranked_grasps([ALONG], [1.0], DEPTH_M, VGA, GRIPPER, SUPPORT)
    assert grasp.rejected_code is ErrorCode.OPENING_TOO_WIDE
    assert grasp.rejected_reason.endswith("ask for a narrower part.")
    assert not grasp.has_pose


def test_a_blocked_one_keeps_its_pose():
    tower = Box(0.0, 0.08, 0.0, 0.1, 0.03, 0.15)
    depth_m = render_depth(VGA, CAMERA, [BLOCK, tower])
    ((_, grasp),) = ranked_grasps([across(0.0)], [1.0], depth_m, VGA, GRIPPER, SUPPORT)
    assert grasp.rejected_code is ErrorCode.NO_FINGER_CLEARANCE
    assert grasp.has_pose


def test_nothing_in_nothing_out():
    assert ranked_grasps([], [], DEPTH_M, VGA, GRIPPER, SUPPORT) == []


def test_what_is_wrong_with_the_request_is_no_rejection():
    with pytest.raises(SizeMismatch):
        ranked_grasps([ALONG], [1.0], DEPTH_M[::2, ::2], VGA, GRIPPER, SUPPORT)
    with pytest.raises(RequestInvalid):
        ranked_grasps([ALONG], [1.0], DEPTH_M, VGA, GRIPPER, SUPPORT, approach="sideways")


def neighbour_at(distance_m: float) -> tuple[np.ndarray, Box]:
    """Return depth with a neighbour that far from the block's side, and the neighbour."""
    box = Box(0.0, BLOCK.width_m / 2 + distance_m + 0.02, 0.0, 0.1, 0.04, 0.04)
    return render_depth(VGA, CAMERA, [BLOCK, box]), box


def test_squeezes_past_a_near_neighbour():
    # A finger fits beside the block with the least clearance, not with the usual one.
    fits_m = GRIPPER.min_clearance_m / 2 + GRIPPER.finger_thickness_m + 0.002
    assert fits_m < GRIPPER.clearance_m / 2 + GRIPPER.finger_thickness_m - 0.002
    depth_m, _ = neighbour_at(fits_m)
    grasp = lift(across(0.0), depth_m, VGA, GRIPPER, plane=PLANE)
    narrowed = with_clearance(grasp, depth_m, VGA, GRIPPER, PLANE)
    assert narrowed.opening_m == pytest.approx(grasp.object_width_m + GRIPPER.min_clearance_m)
    np.testing.assert_array_equal(narrowed.T_camera_grasp, grasp.T_camera_grasp)


def test_gives_up_where_even_that_is_blocked():
    depth_m, _ = neighbour_at(0.009)
    grasp = lift(across(0.0, opening_m=0.036), depth_m, VGA, GRIPPER, plane=PLANE)
    with pytest.raises(NoFingerClearance):
        with_clearance(grasp, depth_m, VGA, GRIPPER, PLANE)


def test_draws_back_over_something_low():
    step = Box(0.0, BLOCK.width_m / 2 + 0.025, 0.0, 0.1, 0.04, 0.02)
    depth_m = render_depth(VGA, CAMERA, [BLOCK, step])
    grasp = lift(across(0.0), depth_m, VGA, GRIPPER, plane=PLANE)
    free = with_clearance(grasp, depth_m, VGA, GRIPPER, PLANE)
    ends_m = float(PLANE.height_m(free.position_m)) - GRIPPER.finger_overhang_m
    assert step.height_m - 0.004 < ends_m < BLOCK.height_m - GRIPPER.min_hold_m + 0.001
    np.testing.assert_array_equal(free.approach, grasp.approach)


def test_a_free_grasp_stays_as_it_is():
    grasp = lift(across(0.0), DEPTH_M, VGA, GRIPPER, plane=PLANE)
    free = with_clearance(grasp, DEPTH_M, VGA, GRIPPER, PLANE)
    assert free.opening_m == grasp.opening_m
    np.testing.assert_array_equal(free.T_camera_grasp, grasp.T_camera_grasp)


def test_what_shows_the_robot_is_no_object():
    rectangles = [across(0.0), across(0.03)]
    is_robot = np.zeros(DEPTH_M.shape, bool)
    x_px, y_px = np.floor(rectangles[0].centre).astype(int)
    is_robot[y_px, x_px] = True
    ranked = ranked_grasps(
        rectangles, [0.9, 0.5], DEPTH_M, VGA, GRIPPER, SUPPORT, is_robot=is_robot
    )
    assert [index for index, _ in ranked] == [1, 0]
    assert [grasp.rejected_code for _, grasp in ranked] == [0, 408]
    assert "robot itself" in ranked[1][1].rejected_reason
    assert not ranked[1][1].has_pose


def test_what_lies_outside_the_picture_is_not_the_robot():
    outside = replace(across(0.0), x_px=-5.0)
    everywhere = np.ones(DEPTH_M.shape, bool)
    ((_, grasp),) = ranked_grasps(
        [outside], [1.0], DEPTH_M, VGA, GRIPPER, SUPPORT, is_robot=everywhere
    )
    assert grasp.rejected_code is not ErrorCode.ROBOT_AT_GRASP
    assert not grasp.is_executable

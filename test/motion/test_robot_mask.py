"""Pixels that show the robot are found, and nothing else."""

import time

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.motion.cloud import RobotFilter
from rt_grasp_ros.motion.robot_mask import robot_pixels, without_robot

CAMERA = Intrinsics(300.0, 300.0, 159.5, 119.5, 320, 240)
TABLE_M = 1.2


@pytest.fixture(scope="module")
def robot_filter(shape, gripper):
    return RobotFilter(shape, gripper)


@pytest.fixture(scope="module")
def above_the_hand(robot, kinematics):
    """A camera that looks straight down, half a metre above the hand's origin."""
    T_base_camera = np.diag([1.0, -1.0, -1.0, 1.0])
    T_base_camera[:3, 3] = kinematics.tip_pose(robot.home_rad)[:3, 3] + [0.0, 0.0, 0.5]
    return T_base_camera


@pytest.fixture
def depth_m():
    """The hand, 20 pixels broad and long, in front of a table."""
    depth_m = np.full((240, 320), TABLE_M, np.float32)
    depth_m[110:130, 150:170] = 0.5
    return depth_m


def mask_of(robot_filter, depth_m, T_base_camera, positions_rad, opening_m=0.08):
    return robot_pixels(robot_filter, depth_m, CAMERA, T_base_camera, positions_rad, opening_m)


def test_the_hand_is_the_robot_and_the_table_behind_it_is_not(
    robot, robot_filter, depth_m, above_the_hand
):
    mask = mask_of(robot_filter, depth_m, above_the_hand, robot.home_rad)
    assert mask.dtype == bool and mask.shape == (240, 320)
    assert mask[110:130, 150:170].all()
    outside = np.ones_like(mask)
    outside[106:134, 146:174] = False  # a rim of at most four pixels, where depths are mixed
    assert not mask[outside].any()


def test_where_the_arm_is_elsewhere_nothing_is_the_robot(
    robot, robot_filter, depth_m, above_the_hand
):
    turned = robot.home_rad + np.eye(len(robot.home_rad))[0] * 0.8
    assert not mask_of(robot_filter, depth_m, above_the_hand, turned).any()


def test_an_object_under_the_hand_is_no_robot(robot, robot_filter, depth_m, above_the_hand):
    depth_m[110:130, 150:170] = 0.5 + 0.1034 + 0.06  # 6 cm below the fingertips
    assert not mask_of(robot_filter, depth_m, above_the_hand, robot.home_rad).any()


def test_pixels_without_depth_show_nothing(robot, robot_filter, above_the_hand):
    for nothing in (np.nan, 0.0):
        depth_m = np.full((240, 320), nothing, np.float32)
        assert not mask_of(robot_filter, depth_m, above_the_hand, robot.home_rad).any()


@pytest.mark.parametrize("height_px, width_px", [(239, 319), (240, 319), (1, 1)])
def test_pictures_of_any_size(robot, robot_filter, above_the_hand, height_px, width_px):
    camera = Intrinsics(300.0, 300.0, 159.5, 119.5, width_px, height_px)
    depth_m = np.full((height_px, width_px), 0.5, np.float32)
    mask = robot_pixels(robot_filter, depth_m, camera, above_the_hand, robot.home_rad, 0.08)
    assert mask.shape == (height_px, width_px)


def test_a_frame_loses_depth_there_and_keeps_its_colours(
    robot, robot_filter, depth_m, above_the_hand
):
    rgb = np.full((240, 320, 3), 70, np.uint8)
    frame = RgbdFrame(rgb, depth_m, CAMERA, "optical", stamp_ns=5)
    seen = without_robot(robot_filter, frame, above_the_hand, robot.home_rad, 0.08)
    assert np.isnan(seen.depth_m[110:130, 150:170]).all()
    np.testing.assert_array_equal(np.isnan(seen.depth_m), seen.is_robot)
    np.testing.assert_array_equal(seen.depth_m[~seen.is_robot], np.float32(TABLE_M))
    assert seen.depth_m.dtype == np.float32
    assert (seen.rgb is rgb, seen.frame_id, seen.stamp_ns) == (True, "optical", 5)
    assert np.isfinite(frame.depth_m).all()  # the frame that came is as it was


def test_it_takes_a_moment(robot, robot_filter, above_the_hand):
    camera = Intrinsics(600.0, 600.0, 319.5, 239.5, 640, 480)
    depth_m = np.full((480, 640), TABLE_M, np.float32)
    start_s = time.process_time()
    robot_pixels(robot_filter, depth_m, camera, above_the_hand, robot.home_rad, 0.08)
    assert time.process_time() - start_s < 1.0

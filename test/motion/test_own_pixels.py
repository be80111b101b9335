import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.motion.cloud import RobotFilter
from rt_grasp_ros.motion.own_pixels import robot_mask, without_robot

CAMERA = Intrinsics(300.0, 300.0, 159.5, 119.5, 320, 240)


@pytest.fixture(scope="module")
def robot_filter(shape, gripper):
    return RobotFilter(shape, gripper)


def seen_along_the_hand(kinematics, robot, distance_m):
    """A camera on the hand's axis, behind the fingertips' far side, that looks at the hand."""
    T_hand_camera = np.diag([1.0, -1.0, -1.0, 1.0])
    T_hand_camera[2, 3] = distance_m
    return kinematics.tip_pose(robot.home_rad) @ T_hand_camera


def test_the_hand_is_found_where_it_is_and_nothing_else(kinematics, robot, robot_filter):
    T_base_camera = seen_along_the_hand(kinematics, robot, 0.6)
    depth_m = np.full((240, 320), 0.3, np.float32)  # a table in front of the hand
    depth_m[100:140, 140:180] = 0.6 - 0.03  # the hand's own surface, seen through a hole
    mask = robot_mask(depth_m, CAMERA, T_base_camera, robot_filter, robot.home_rad, 0.08)
    assert mask[102:138, 142:178].all()
    assert not mask[:98].any() and not mask[142:].any()
    rgb = np.full((240, 320, 3), 70, np.uint8)
    frame = RgbdFrame(rgb, depth_m, CAMERA, "optical", stamp_ns=5)
    left = without_robot(frame, T_base_camera, robot_filter, robot.home_rad, 0.08)
    assert np.array_equal(left.is_robot, mask)
    assert np.isnan(left.depth_m[mask]).all()
    assert np.array_equal(left.depth_m[~mask], depth_m[~mask])
    assert left.depth_m.dtype == np.float32
    assert (left.rgb is rgb, left.frame_id, left.stamp_ns) == (True, "optical", 5)
    assert np.isfinite(frame.depth_m).all()  # the frame that came is as it was


def test_invalid_depth_shows_no_robot(kinematics, robot, robot_filter):
    T_base_camera = seen_along_the_hand(kinematics, robot, 0.6)
    for nothing in (np.nan, 0.0, -1.0):
        depth_m = np.full((240, 320), nothing, np.float32)
        assert not robot_mask(
            depth_m, CAMERA, T_base_camera, robot_filter, robot.home_rad, 0.08
        ).any()


def test_the_arm_elsewhere_is_not_in_the_picture(kinematics, robot, robot_filter):
    T_base_camera = seen_along_the_hand(kinematics, robot, 0.6)
    depth_m = np.full((240, 320), np.nan, np.float32)
    depth_m[100:140, 140:180] = 0.57
    turned_rad = robot.home_rad + np.eye(len(robot.home_rad))[0] * 1.5
    assert robot_mask(depth_m, CAMERA, T_base_camera, robot_filter, robot.home_rad, 0.08).any()
    assert not robot_mask(depth_m, CAMERA, T_base_camera, robot_filter, turned_rad, 0.08).any()


def test_an_object_under_the_fingertips_and_the_table_behind_the_hand_are_no_robot(
    kinematics, robot, robot_filter
):
    T_base_camera = np.diag([1.0, -1.0, -1.0, 1.0])  # straight down, half a metre above the hand
    T_base_camera[:3, 3] = kinematics.tip_pose(robot.home_rad)[:3, 3] + [0.0, 0.0, 0.5]
    depth_m = np.full((240, 320), 1.2, np.float32)
    depth_m[110:130, 150:170] = 0.5
    mask = robot_mask(depth_m, CAMERA, T_base_camera, robot_filter, robot.home_rad, 0.08)
    assert mask[110:130, 150:170].all()
    mask[108:132, 148:172] = False
    assert not mask.any()
    depth_m[110:130, 150:170] = 0.5 + 0.1034 + 0.06  # 6 cm below the fingertips
    assert not robot_mask(depth_m, CAMERA, T_base_camera, robot_filter, robot.home_rad, 0.08).any()

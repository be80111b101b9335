"""What a gripper is where nothing else is said, and what a grasp says of itself."""

import dataclasses

import numpy as np

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.grasp import Grasp, Gripper
from rt_grasp_ros.grasp.rectangle import GraspRectangle

RECTANGLE = GraspRectangle(160.0, 120.0, 0.0, 40.0, 15.0, 320, 240)


def test_the_gripper_is_the_pandas_hand_where_nothing_else_is_said():
    assert dataclasses.asdict(Gripper()) == {
        "max_opening_m": 0.08,
        "finger_depth_m": 0.03,
        "finger_overhang_m": 0.009,
        "finger_thickness_m": 0.0152,
        "finger_breadth_m": 0.02,
        "clearance_m": 0.016,
        "min_clearance_m": 0.006,
        "table_clearance_m": 0.003,
        "min_hold_m": 0.009,
        "palm_height_m": 0.037,
        "palm_width_m": 0.205,
        "palm_breadth_m": 0.065,
    }


def test_a_grasp_that_could_not_be_lifted_has_no_pose_and_is_not_executed():
    lifted = Grasp(RECTANGLE, np.eye(4), opening_m=0.05)
    assert lifted.has_pose is True and lifted.is_executable is True
    flat = dataclasses.replace(lifted, T_camera_grasp=np.full((4, 4), np.nan))
    assert flat.has_pose is False
    rejected = dataclasses.replace(lifted, rejected_code=ErrorCode.OPENING_TOO_WIDE)
    assert rejected.is_executable is False


def test_a_grasp_comes_along_its_own_z():
    turned = np.diag([1.0, -1.0, -1.0, 1.0])
    assert Grasp(RECTANGLE, turned, opening_m=0.05).approach.tolist() == [0.0, 0.0, -1.0]

import itertools

import coal
import numpy as np
import pinocchio as pin
import pytest
from scipy.spatial import ConvexHull

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.motion.cloud import RobotFilter, cloud_from_depth

CAMERA = Intrinsics(300.0, 300.0, 159.5, 119.5, 320, 240)
LOOKING_DOWN = np.array([[0.0, -1, 0, 0.5], [-1, 0, 0, 0], [0, 0, -1, 0.7], [0, 0, 0, 1]])


@pytest.fixture(scope="module")
def robot_filter(shape, gripper):
    return RobotFilter(shape, gripper)


def test_a_table_seen_from_above_is_flat_in_the_base_frame():
    cloud = cloud_from_depth(np.full((240, 320), 0.7, np.float32), CAMERA, LOOKING_DOWN)
    assert len(cloud) == 120 * 160
    assert np.allclose(cloud[:, 2], 0.0, atol=1e-6)
    assert np.allclose(cloud.mean(axis=0)[:2], [0.5, 0.0], atol=0.002)


def test_up_in_the_picture_is_away_from_the_robot_and_right_is_minus_y():
    depth = np.full((240, 320), np.nan, np.float32)
    depth[:20, :20] = 0.7
    corner = cloud_from_depth(depth, CAMERA, LOOKING_DOWN).mean(axis=0)
    assert corner[0] > 0.7
    assert corner[1] > 0.3


def test_invalid_and_far_pixels_are_left_out():
    depth = np.full((240, 320), np.nan, np.float32)
    assert cloud_from_depth(depth, CAMERA, LOOKING_DOWN).shape == (0, 3)
    depth[:] = 0.0
    assert cloud_from_depth(depth, CAMERA, LOOKING_DOWN).shape == (0, 3)
    depth[:] = 5.0
    depth[100:120, 150:170] = 0.6
    cloud = cloud_from_depth(depth, CAMERA, LOOKING_DOWN)
    assert len(cloud) == 100
    assert np.linalg.norm(cloud, axis=1).max() < 1.3


def test_points_on_the_hand_are_the_robots_and_points_beside_it_are_not(
    robot, robot_filter, kinematics
):
    hand = kinematics.tip_pose(robot.home_rad)

    def is_kept(x_m, y_m, z_m):
        point = (hand @ [x_m, y_m, z_m, 1.0])[None, :3]
        return len(robot_filter.without_robot(point, robot.home_rad, 0.08)) == 1

    assert not is_kept(0.0, 0.0, 0.03)
    assert not is_kept(0.0, 0.048, 0.1)  # an opened finger
    assert is_kept(0.0, 0.0, 0.1 + 0.025)  # between the fingers, further on
    assert is_kept(0.2, 0.0, 0.03)


def test_closed_fingers_are_elsewhere(robot, robot_filter, kinematics):
    hand = kinematics.tip_pose(robot.home_rad)
    between = (hand @ [0.0, 0.0, 0.1, 1.0])[None, :3]
    assert len(robot_filter.without_robot(between, robot.home_rad, 0.08)) == 1
    assert len(robot_filter.without_robot(between, robot.home_rad, 0.0)) == 0


def test_an_empty_cloud_stays_empty(robot, robot_filter):
    assert robot_filter.without_robot(np.empty((0, 3)), robot.home_rad, 0.08).shape == (0, 3)


def test_points_all_around_are_told_apart_by_every_face_of_every_body(shape, gripper, robot):
    points = np.random.default_rng(0).uniform([-0.5, -0.5, -0.1], [0.8, 0.5, 1.2], (20_000, 3))
    kept = RobotFilter(shape, gripper).without_robot(points, robot.home_rad, 0.08)

    configuration = pin.neutral(shape.model)
    configuration[shape.robot.arm_columns] = robot.home_rad
    configuration[shape.robot.columns(gripper.joints)] = gripper.joint_positions(0.08)
    placements = shape.geometry.createData()
    pin.updateGeometryPlacements(
        shape.model, shape.model.createData(), shape.geometry, placements, configuration
    )
    T_root_base = shape.model.frames[shape.model.getFrameId(shape.robot.base_frame)].placement
    expected = np.ones(len(points), bool)
    for body, T_root_body in zip(shape.geometry.geometryObjects, placements.oMg, strict=True):
        faces = ConvexHull(corners_of(body.geometry)).equations
        local = np.array([(T_root_body.inverse() * T_root_base).act(point) for point in points])
        expected &= (local @ faces[:, :3].T + faces[:, 3]).max(axis=1) > 0.025
    assert len(points) - len(kept) > 200
    assert abs(int(expected.sum()) - len(kept)) <= 2  # faces are rounded to a micrometre


def corners_of(geometry):
    if isinstance(geometry, coal.Box):
        signs = np.array(list(itertools.product((-1, 1), repeat=3)))
        return signs * geometry.halfSide
    return np.array([geometry.point(index) for index in range(geometry.num_points)])

"""Poses and transforms survive the way to messages and back; nonsense is refused."""

import math

import numpy as np
import pytest
from drawn_transforms import transforms
from geometry_msgs.msg import Pose, Quaternion
from hypothesis import given

from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.ros.messages.poses import (
    matrix_from_pose,
    matrix_from_transform,
    pose_from_matrix,
    transform_from_matrix,
)

pytestmark = pytest.mark.ros


@given(transforms())
def test_a_pose_survives_the_round_trip(matrix):
    pose = pose_from_matrix(matrix)
    np.testing.assert_allclose(matrix_from_pose(pose), matrix, atol=1e-9)
    assert pose.orientation.w >= 0.0


@given(transforms())
def test_a_transform_survives_the_round_trip(matrix):
    transform = transform_from_matrix(matrix)
    np.testing.assert_allclose(matrix_from_transform(transform), matrix, atol=1e-9)


def test_a_pose_has_the_quaternion_of_a_quarter_turn_about_z():
    matrix = np.array([[0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]], dtype=float)
    pose = pose_from_matrix(matrix)
    assert pose.orientation.z == pytest.approx(math.sqrt(0.5))
    assert (pose.position.x, pose.position.y, pose.position.z) == (1.0, 2.0, 3.0)


@pytest.mark.parametrize("w", [0.0, 2.0, math.nan])
def test_a_quaternion_that_is_not_of_unit_length_is_refused(w):
    with pytest.raises(RequestInvalid, match="unit quaternion"):
        matrix_from_pose(Pose(orientation=Quaternion(w=w)))


def test_a_position_that_is_not_finite_is_refused():
    pose = Pose()
    pose.position.x = math.inf
    with pytest.raises(RequestInvalid, match="finite"):
        matrix_from_pose(pose)

"""What RViz is sent, as shapes of the page."""

import numpy as np
import pytest
from geometry_msgs.msg import PoseStamped
from nav_msgs.msg import Path
from std_msgs.msg import Header

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.grasp import Grasp, Gripper
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.ros.browser.browser_shapes import shapes_from_markers, way_from_path
from rt_grasp_ros.ros.messages.markers import grasp_markers
from rt_grasp_ros.ros.messages.poses import pose_from_matrix

pytestmark = pytest.mark.ros

T_BASE_CAMERA = np.array([[0.0, -1, 0, 0.5], [-1, 0, 0, 0], [0, 0, -1, 0.7], [0, 0, 0, 1]])
REASON = "The arm cannot reach it from anywhere that is free"


def grasp(x_m, **fields):
    T_camera_grasp = np.eye(4)
    T_camera_grasp[:3, 3] = (x_m, 0.0, 0.6)
    rectangle = GraspRectangle(160.0, 120.0, 0.0, 40.0, 15.0, 320, 240)
    return Grasp(rectangle=rectangle, T_camera_grasp=T_camera_grasp, opening_m=0.06, **fields)


def test_grippers_and_reasons_are_where_the_markers_are():
    rejected = grasp(
        0.1, rejected_code=ErrorCode.OUT_OF_REACH, rejected_reason=f"{REASON}; move it."
    )
    markers = grasp_markers([grasp(0.0), rejected], Gripper(), Header(frame_id="camera"))
    grippers, labels = shapes_from_markers(markers, T_BASE_CAMERA)
    best, grey = grippers
    # The first stroke is a finger: it starts at its tip, half the opening beside the grasp.
    np.testing.assert_allclose(best.segments_m[0, 0], [0.5, 0.03, 0.1], atol=1e-9)
    np.testing.assert_allclose(grey.segments_m[0, 0], [0.5, -0.07, 0.1], atol=1e-9)
    assert best.colour[1] > 2 * best.colour[0]
    assert len(set(grey.colour)) == 1
    [label] = labels
    assert label.text == REASON
    assert label.position_m[2] > 0.1


def test_a_grasp_without_pose_is_left_out():
    nowhere = grasp(float("nan"), rejected_code=ErrorCode.DEPTH_INVALID_AT_GRASP)
    markers = grasp_markers([nowhere], Gripper(), Header(frame_id="camera"))
    assert shapes_from_markers(markers, T_BASE_CAMERA) == ([], [])


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_way_has_a_stretch_between_any_two_poses(count):
    matrix = np.eye(4)
    poses = []
    for step in range(count):
        matrix[2, 3] = step
        poses.append(PoseStamped(pose=pose_from_matrix(matrix)))
    way = way_from_path(Path(poses=poses))
    assert way.segments_m.shape == (max(0, count - 1), 2, 3)
    if count == 3:
        np.testing.assert_array_equal(way.segments_m[1], [[0, 0, 1], [0, 0, 2]])

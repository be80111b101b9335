import math

import numpy as np
import pytest
from std_msgs.msg import Header
from visualization_msgs.msg import Marker

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.grasp import Grasp, Gripper
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.ros.messages.markers import grasp_markers

pytestmark = pytest.mark.ros

RECTANGLE = GraspRectangle(320, 240, 0.0, 60, 20, 640, 480)
HEADER = Header(frame_id="camera")


def grasp_at(x_m, **fields):
    T_camera_grasp = np.eye(4)
    T_camera_grasp[:3, 3] = (x_m, 0.0, 0.6)
    return Grasp(RECTANGLE, T_camera_grasp, 0.05, **fields)


def markers_of(*grasps):
    return grasp_markers(list(grasps), Gripper(), HEADER).markers


def test_earlier_markers_are_cleared_first():
    (clear,) = markers_of()
    assert clear.action == Marker.DELETEALL


def test_the_fingers_are_as_far_apart_as_they_approach_and_lie_above_the_tips():
    _, gripper = markers_of(grasp_at(0.1))
    assert (gripper.header.frame_id, gripper.pose.position.x) == ("camera", 0.1)
    assert max(p.x for p in gripper.points) - min(p.x for p in gripper.points) == 0.05
    assert all(p.z <= 0.0 for p in gripper.points)
    assert len(gripper.points) % 2 == 0


def test_the_best_one_stands_out_even_from_one_that_lies_almost_there():
    _, best, second = markers_of(grasp_at(0.0), grasp_at(0.001))
    assert best.color != second.color
    assert best.color.g > best.color.r
    assert best.color.a == 1.0 > second.color.a
    assert best.scale.x >= 2 * second.scale.x


def test_the_first_one_does_not_where_it_is_rejected():
    rejected = grasp_at(0.0, rejected_code=ErrorCode.OUT_OF_REACH, rejected_reason="too far")
    _, gripper, _, second = markers_of(rejected, grasp_at(0.1))
    assert gripper.scale.x == second.scale.x
    assert gripper.color.g == gripper.color.r


def test_a_rejected_one_is_grey_and_says_why():
    rejected = grasp_at(
        0.0, rejected_code=ErrorCode.NO_FINGER_CLEARANCE, rejected_reason="a wall is in the way"
    )
    _, gripper, reason = markers_of(rejected)
    assert gripper.color.r == gripper.color.g == gripper.color.b
    assert (reason.type, reason.text) == (Marker.TEXT_VIEW_FACING, "a wall is in the way")
    assert reason.pose.position.z < 0.6


REASON = (
    "The grasp needs an opening of 120 mm, the gripper opens 80 mm; ask for a narrower part, or "
    "another object."
)


def test_a_reason_can_be_read():
    """RViz runs words together where `scale.x` is 0, and draws one line however long it is."""
    rejected = grasp_at(0.0, rejected_code=ErrorCode.OPENING_TOO_WIDE, rejected_reason=REASON)
    *_, reason = markers_of(rejected)
    assert reason.scale.x == pytest.approx(0.35 * reason.scale.z)
    assert reason.scale.z > 0.0
    lines = reason.text.split("\n")
    assert len(lines) == 3
    assert max(map(len, lines)) <= 40
    assert " ".join(lines) == REASON
    assert reason.color.a == 1.0
    assert min(reason.color.r, reason.color.g) > 0.8  # on RViz's dark ground, and on a grey gripper


def test_markers_stay_where_they_were_seen():
    """A marker that is locked to its frame is drawn only once TF knows that frame."""
    assert not any(marker.frame_locked for marker in markers_of(grasp_at(0.0), grasp_at(0.1)))


def test_one_without_a_pose_is_left_out():
    lost = Grasp(
        RECTANGLE,
        np.full((4, 4), math.nan),
        math.nan,
        rejected_code=ErrorCode.DEPTH_INVALID_AT_GRASP,
        rejected_reason="no depth",
    )
    assert len(markers_of(lost)) == 1


def test_every_marker_has_an_id_of_its_own():
    markers = markers_of(*(grasp_at(0.01 * i) for i in range(4)))[1:]
    assert len({(m.ns, m.id) for m in markers}) == 4

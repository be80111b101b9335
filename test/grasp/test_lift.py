"""A known grasp, seen by a random camera, is read back."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tabletop import VGA, Box, look_at_table, rectangle_of, render_depth

from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.lift import lift

GRIPPER = Gripper()

cameras = st.builds(
    look_at_table,
    distance_m=st.floats(0.45, 0.8),
    tilt_rad=st.floats(0.0, math.radians(45)),
    heading_rad=st.floats(-math.pi, math.pi),
)
boxes = st.builds(
    Box,
    x_m=st.floats(-0.06, 0.06),
    y_m=st.floats(-0.06, 0.06),
    yaw_rad=st.floats(-math.pi, math.pi),
    length_m=st.floats(0.03, 0.15),
    width_m=st.floats(0.012, 0.06),
    height_m=st.floats(0.012, 0.12),
)


def grasp_across(box: Box, opening_m: float) -> np.ndarray:
    """Return the jaw ends on the top of a box, across its width, shape (2, 3), table frame."""
    local = np.array([[0, -opening_m / 2, box.height_m / 2], [0, opening_m / 2, box.height_m / 2]])
    return local @ box.T_table_box[:3, :3].T + box.T_table_box[:3, 3]


def in_table_frame(grasp, T_table_camera: np.ndarray) -> np.ndarray:
    return T_table_camera @ grasp.T_camera_grasp


def expected_origin(box: Box, gripper: Gripper) -> np.ndarray:
    lowest = gripper.finger_overhang_m + gripper.table_clearance_m
    height = max(box.height_m - gripper.finger_depth_m, lowest)
    return np.array([box.x_m, box.y_m, height])


def angle_between_lines(first: np.ndarray, second: np.ndarray) -> float:
    return math.degrees(math.acos(min(1.0, abs(float(first @ second)))))


@settings(max_examples=60, deadline=None)
@given(camera=cameras, box=boxes, slack_m=st.floats(0.005, 0.03), recentre=st.booleans())
def test_reads_back_a_known_grasp(camera, box, slack_m, recentre):
    jaw_ends_m = grasp_across(box, box.width_m + slack_m)
    depth_m = render_depth(VGA, camera, [box])
    rectangle = rectangle_of(VGA, camera, jaw_ends_m)

    grasp = lift(rectangle, depth_m, VGA, GRIPPER, recentre=recentre)

    T_table_grasp = in_table_frame(grasp, camera)
    error_m = np.linalg.norm(T_table_grasp[:3, 3] - expected_origin(box, GRIPPER))
    assert error_m < 0.001
    assert angle_between_lines(T_table_grasp[:3, 0], box.T_table_box[:3, 1]) < 0.5
    assert angle_between_lines(T_table_grasp[:3, 2], np.array([0.0, 0.0, 1.0])) < 0.5
    assert T_table_grasp[2, 2] < 0
    np.testing.assert_allclose(
        grasp.T_camera_grasp[:3, :3] @ grasp.T_camera_grasp[:3, :3].T, np.eye(3), atol=1e-9
    )
    assert np.linalg.det(grasp.T_camera_grasp[:3, :3]) > 0

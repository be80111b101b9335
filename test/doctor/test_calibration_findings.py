"""A deviation becomes a line with its numbers, and with the pose that puts it right."""

import math
import re

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from rt_grasp_ros.doctor.calibration import TableView, table_deviation
from rt_grasp_ros.doctor.calibration_findings import (
    CameraPose,
    Tolerance,
    fiducial_finding,
    table_finding,
)
from rt_grasp_ros.doctor.fiducial import Fiducial, FiducialView, fiducial_deviation

T_BASE_CAMERA = np.array([[0.0, -1, 0, 0.5], [-1, 0, 0, 0], [0, 0, -1, 0.7], [0, 0, 0, 1]])
POSE = CameraPose("base", "optical", T_BASE_CAMERA, T_BASE_CAMERA)
FIDUCIAL = Fiducial("DICT_4X4_50", 7, 0.1, np.eye(4))


def table(too_high_m, tilt_deg):
    tilt_rad = math.radians(tilt_deg)
    up = np.array([0.0, -math.sin(tilt_rad), math.cos(tilt_rad)])
    return table_deviation([TableView(up, too_high_m)])


def marker(shift_m=(0.0, 0.0, 0.0), turn_deg=(0.0, 0.0, 0.0), size_m=0.1):
    seen = np.eye(4)
    seen[:3, :3] = Rotation.from_rotvec(np.radians(turn_deg)).as_matrix()
    seen[:3, 3] = shift_m
    return fiducial_deviation([FiducialView(seen, size_m)], FIDUCIAL)


def told_pose(message):
    """Return the pose that a message gives, shape (4, 4)."""
    values = {name: float(value) for name, value in re.findall(r"--(\w+) (-?\d+\.\d+)", message)}
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_quat([values[q] for q in ("qx", "qy", "qz", "qw")]).as_matrix()
    pose[:3, 3] = [values[axis] for axis in "xyz"]
    return pose


def test_within_the_tolerance_all_is_well():
    finding = table_finding(table(0.002, 0.2), POSE, Tolerance())
    assert finding.status == "ok"
    assert finding.numbers["too_high_mm"] == pytest.approx(2.0)
    assert finding.numbers["tilt_deg"] == pytest.approx(0.2)


@pytest.mark.parametrize(("too_high_m", "tilt_deg"), [(0.012, 0.0), (-0.012, 0.0), (0.0, 1.5)])
def test_beyond_it_the_message_gives_the_pose_that_is_right(too_high_m, tilt_deg):
    off = table(too_high_m, tilt_deg)
    finding = table_finding(off, POSE, Tolerance())
    assert finding.status == "wrong"
    assert ("too high" if too_high_m >= 0 else "too low") in finding.message
    np.testing.assert_allclose(told_pose(finding.message), off.corrected(T_BASE_CAMERA), atol=1e-4)
    assert finding.numbers["tilt_about_x_deg"] == pytest.approx(tilt_deg, abs=1e-6)


def test_the_pose_can_be_told_of_the_frame_that_the_camera_is_mounted_by():
    T_camera_mount = np.eye(4)
    T_camera_mount[:3, :3] = Rotation.from_euler("xyz", [0.1, -1.2, 2.0]).as_matrix()
    T_camera_mount[:3, 3] = [0.01, -0.02, 0.03]
    pose = CameraPose("base", "camera_link", T_BASE_CAMERA, T_BASE_CAMERA @ T_camera_mount)
    off = table(0.012, 1.5)
    finding = table_finding(off, pose, Tolerance())
    assert "camera_link" in finding.message
    expected = off.corrected(T_BASE_CAMERA) @ T_camera_mount
    np.testing.assert_allclose(told_pose(finding.message), expected, atol=1e-4)


def test_what_is_far_off_is_not_taken_for_the_table():
    finding = table_finding(table(0.4, 0.0), POSE, Tolerance())
    assert finding.status == "wrong"
    assert "--table-z-m" in finding.message
    assert "--qx" not in finding.message


def test_a_marker_in_its_place_is_ok():
    assert fiducial_finding(marker((0.001, 0.0, 0.0)), POSE, Tolerance()).status == "ok"


def test_a_marker_elsewhere_gives_the_pose_that_is_right():
    off = marker((0.004, -0.009, 0.012), (0.0, 0.0, 2.0))
    finding = fiducial_finding(off, POSE, Tolerance())
    assert finding.status == "wrong"
    np.testing.assert_allclose(told_pose(finding.message), off.corrected(T_BASE_CAMERA), atol=1e-4)
    assert finding.numbers["shift_z_mm"] == pytest.approx(12.0)
    assert finding.numbers["turn_z_deg"] == pytest.approx(2.0)


def test_a_marker_of_another_size_blames_depth_and_not_the_pose():
    finding = fiducial_finding(marker(size_m=0.09), POSE, Tolerance())
    assert finding.status == "wrong"
    assert "90.0%" in finding.message
    assert "--qx" not in finding.message

"""What a deviation of the camera means, in words, and the pose that puts it right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from ..grasp.errors import CameraError, NoSupportPlane
from ..grasp.frame import RgbdFrame
from .calibration import TableDeviation, table_deviation, view_table
from .fiducial import Fiducial, FiducialDeviation, fiducial_deviation, view_fiducial
from .finding import Finding, wrong

_FARTHEST_M, _STEEPEST_RAD = 0.15, math.radians(20.0)  # of what is taken for a misplaced camera
_SIZE_TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far the camera may be off.

    Attributes:
        distance_m: about half of what the gripper's clearance allows for.
        angle_rad: what is that much at the far end of the table.
    """

    distance_m: float = 0.005
    angle_rad: float = math.radians(0.5)


@dataclass(frozen=True, slots=True, eq=False)
class PosedFrame:
    """A picture, and where TF had the camera.

    Attributes:
        frame: colour and depth.
        T_base_camera: of its optical frame when they were taken, shape (4, 4), metres.
        T_base_mount: of the frame that is moved to put the camera right, alike.
    """

    frame: RgbdFrame
    T_base_camera: NDArray[np.float64]
    T_base_mount: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CameraPose:
    """What TF says of the camera.

    Attributes:
        base_frame: the robot's base.
        mount_frame: the frame whose pose is to be mended: the optical one, or the one above it
            that the user publishes.
        T_base_camera: of the optical frame, shape (4, 4), metres.
        T_base_mount: of the mount frame, alike.
    """

    base_frame: str
    mount_frame: str
    T_base_camera: NDArray[np.float64]
    T_base_mount: NDArray[np.float64]

    def told(self, T_base_camera: NDArray[np.float64]) -> str:
        """Return a better pose of the camera in the words of `static_transform_publisher`."""
        T_base_mount = T_base_camera @ np.linalg.inv(self.T_base_camera) @ self.T_base_mount
        x, y, z = T_base_mount[:3, 3]
        qx, qy, qz, qw = Rotation.from_matrix(T_base_mount[:3, :3]).as_quat(canonical=True)
        return (
            f"let TF have '{self.mount_frame}' in '{self.base_frame}' at --x {x:.4f} --y {y:.4f} "
            f"--z {z:.4f} --qx {qx:.5f} --qy {qy:.5f} --qz {qz:.5f} --qw {qw:.5f}"
        )


def calibration_findings(
    pictures: Sequence[PosedFrame],
    base_frame: str,
    mount_frame: str,
    table_z_m: float,
    fiducial: Fiducial | None,
    tolerance: Tolerance,
) -> list[Finding]:
    """Return what pictures of the table, and of a marker on request, say of the camera's pose.

    Args:
        pictures: one or more; the last one's pose is the one that is put right.
        base_frame: the robot's.
        mount_frame: the frame that is moved to put the camera right.
        table_z_m: height of the table in it.
        fiducial: a marker in view, or None for the table alone.
        tolerance: how far the camera may be off.
    """
    last = pictures[-1]
    pose = CameraPose(base_frame, mount_frame, last.T_base_camera, last.T_base_mount)
    findings = []
    try:
        tables = [
            view_table(p.frame.depth_m, p.frame.intrinsics, p.T_base_camera, table_z_m)
            for p in pictures
        ]
        findings.append(table_finding(table_deviation(tables), pose, tolerance))
    except NoSupportPlane as error:
        findings.append(wrong("calibration: table", error))
    if fiducial is None:
        return findings
    try:
        markers = [
            view_fiducial(
                p.frame.rgb, p.frame.depth_m, p.frame.intrinsics, p.T_base_camera, fiducial
            )
            for p in pictures
        ]
        findings.append(fiducial_finding(fiducial_deviation(markers, fiducial), pose, tolerance))
    except CameraError as error:
        findings.append(wrong("calibration: fiducial", error))
    return findings


def table_finding(off: TableDeviation, pose: CameraPose, tolerance: Tolerance) -> Finding:
    """Return what the table says of the camera's height and tilt."""
    tilt_x_deg, tilt_y_deg = np.degrees(-off.upright_rotvec[:2]).tolist()
    tilt_deg, tilt_spread_deg = math.degrees(off.tilt_rad), math.degrees(off.tilt_spread_rad)
    numbers = {
        "too_high_mm": off.too_high_m * 1000,
        "too_high_spread_mm": off.too_high_spread_m * 1000,
        "tilt_deg": tilt_deg,
        "tilt_spread_deg": tilt_spread_deg,
        "tilt_about_x_deg": tilt_x_deg,
        "tilt_about_y_deg": tilt_y_deg,
        "pictures": off.pictures,
    }
    if abs(off.too_high_m) > _FARTHEST_M or off.tilt_rad > _STEEPEST_RAD:
        return Finding(
            "calibration: table",
            "wrong",
            f"The largest plane in the picture lies {abs(off.too_high_m) * 1000:.0f} mm and "
            f"{tilt_deg:.0f} degrees from where TF and table_z_m have the table: give the table's "
            "height with --table-z-m, clear the table, or calibrate the camera anew.",
            numbers,
        )
    side = "high" if off.too_high_m >= 0 else "low"
    seen = (
        f"TF has the camera {abs(off.too_high_m) * 1000:.1f} mm too {side} (spread "
        f"{off.too_high_spread_m * 1000:.1f}) and tilted by {tilt_deg:.2f} degrees (spread "
        f"{tilt_spread_deg:.2f}; {tilt_x_deg:z.2f} about x, {tilt_y_deg:z.2f} about y of the "
        f"base), in {off.pictures} pictures"
    )
    if abs(off.too_high_m) <= tolerance.distance_m and off.tilt_rad <= tolerance.angle_rad:
        return Finding("calibration: table", "ok", seen, numbers)
    advice = pose.told(off.corrected(pose.T_base_camera))
    return Finding("calibration: table", "wrong", f"{seen}; {advice}.", numbers)


def fiducial_finding(off: FiducialDeviation, pose: CameraPose, tolerance: Tolerance) -> Finding:
    """Return what a marker says of the camera's whole pose, and of its depth."""
    shift_mm, turn_deg = off.shift_m * 1000, np.degrees(off.turn_rotvec)
    distance_m = float(np.linalg.norm(off.shift_m))
    angle_rad = float(np.linalg.norm(off.turn_rotvec))
    numbers = {
        "shift_mm": distance_m * 1000,
        "shift_spread_mm": off.shift_spread_m * 1000,
        **dict(zip(("shift_x_mm", "shift_y_mm", "shift_z_mm"), shift_mm.tolist(), strict=True)),
        "turn_deg": math.degrees(angle_rad),
        "turn_spread_deg": math.degrees(off.turn_spread_rad),
        **dict(zip(("turn_x_deg", "turn_y_deg", "turn_z_deg"), turn_deg.tolist(), strict=True)),
        "size_ratio": off.size_ratio,
        "pictures": off.pictures,
    }
    if abs(off.size_ratio - 1.0) > _SIZE_TOLERANCE:
        return Finding(
            "calibration: fiducial",
            "wrong",
            f"The marker measures {off.size_ratio:.1%} of its size: measure its black square "
            "again; if the size is right, depth counts another unit, is not registered to colour, "
            "or camera_info is of another camera or size of picture.",
            numbers,
        )
    seen = (
        f"the marker seems {distance_m * 1000:.1f} mm (x {shift_mm[0]:z.1f}, "
        f"y {shift_mm[1]:z.1f}, z {shift_mm[2]:z.1f}; spread {off.shift_spread_m * 1000:.1f}) and "
        f"{math.degrees(angle_rad):.2f} degrees (x {turn_deg[0]:z.2f}, y {turn_deg[1]:z.2f}, "
        f"z {turn_deg[2]:z.2f}; spread {math.degrees(off.turn_spread_rad):.2f}) from where it is, "
        f"in {off.pictures} pictures"
    )
    if distance_m <= tolerance.distance_m and angle_rad <= tolerance.angle_rad:
        return Finding("calibration: fiducial", "ok", seen, numbers)
    advice = pose.told(off.corrected(pose.T_base_camera))
    return Finding("calibration: fiducial", "wrong", f"{seen}; {advice}.", numbers)

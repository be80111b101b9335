"""`rt-grasp doctor --calibration`: by how much the camera is off."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from scipy.spatial.transform import Rotation

from ..doctor.calibration_findings import Tolerance, calibration_findings
from ..doctor.fiducial import FAMILIES, Fiducial
from ..doctor.finding import Finding, wrong
from ..grasp.errors import RequestInvalid, RtGraspError
from .doctor_place import place_of

_MOST_PICTURES = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `--calibration` takes."""
    group = parser.add_argument_group("calibration of the camera's pose")
    group.add_argument(
        "--calibration",
        action="store_true",
        help="look at nothing but the camera's pose: fit the table, compare with TF",
    )
    group.add_argument(
        "--pictures", type=int, default=10, help="how many to take the mean of (default 10)"
    )
    group.add_argument(
        "--table-z-m",
        type=float,
        help="height of the table in the base frame (default: the running executor's, else 0)",
    )
    group.add_argument(
        "--mount-frame",
        metavar="NAME",
        help="the frame whose pose you publish and want to be told, such as camera_link (default: "
        "the optical frame)",
    )
    group.add_argument(
        "--tolerance-mm", type=float, default=5.0, help="what is near enough (default 5)"
    )
    group.add_argument(
        "--tolerance-deg", type=float, default=0.5, help="what is level enough (default 0.5)"
    )
    group.add_argument("--fiducial-id", type=int, help="number of a marker on the table, to use it")
    group.add_argument(
        "--fiducial-family",
        default="DICT_4X4_50",
        choices=FAMILIES,
        metavar="NAME",
        help="its family as OpenCV calls it, such as DICT_APRILTAG_36H11 (default DICT_4X4_50)",
    )
    group.add_argument("--fiducial-size-m", type=float, help="side of its black square, measured")
    group.add_argument(
        "--fiducial-pose",
        type=float,
        nargs=6,
        metavar=("X", "Y", "Z", "ROLL", "PITCH", "YAW"),
        help="its middle in the base frame in metres, and its turn about fixed axes in degrees; "
        "+x along its upper side, +y towards it, +z out of the paper",
    )


def examine(arguments: argparse.Namespace, console: Console) -> Iterator[Finding]:
    """Yield what the table, and a marker where one is named, say of the camera's pose.

    Raises:
        RequestInvalid: an argument is out of its bounds or missing.
    """
    fiducial = _fiducial(arguments)
    tolerance = _tolerance(arguments)
    if not 1 <= arguments.pictures <= _MOST_PICTURES:
        raise RequestInvalid(
            f"{arguments.pictures} pictures are not possible; give 1 to {_MOST_PICTURES}."
        )
    from ..ros.camera.posed_frames import posed_frames
    from ..ros.doctor.doctor_session import doctor_session

    try:
        with (
            doctor_session(place_of(arguments), arguments.robot, arguments.gripper) as session,
            console.status("waiting for a picture") as status,
        ):
            base_frame = session.robot.base_frame
            pictures = []
            for picture in posed_frames(
                session.node, base_frame, arguments.mount_frame, arguments.pictures
            ):
                pictures.append(picture)
                status.update(f"picture {len(pictures)} of {arguments.pictures}")
            table_z_m = arguments.table_z_m
            table_z_m = session.table_z_m if table_z_m is None else table_z_m
    except RtGraspError as error:
        yield wrong("calibration", error)
        return
    mount_frame = arguments.mount_frame or pictures[-1].frame.frame_id
    yield from calibration_findings(
        pictures, base_frame, mount_frame, table_z_m, fiducial, tolerance
    )


def _tolerance(arguments: argparse.Namespace) -> Tolerance:
    distance_mm, angle_deg = arguments.tolerance_mm, arguments.tolerance_deg
    if not (0.0 < distance_mm < math.inf and 0.0 < angle_deg < math.inf):
        raise RequestInvalid(
            f"Tolerances of {distance_mm:g} mm and {angle_deg:g} degrees are not possible; give "
            "numbers above 0."
        )
    return Tolerance(distance_mm / 1000, math.radians(angle_deg))


def _fiducial(arguments: argparse.Namespace) -> Fiducial | None:
    """Return the marker that the arguments describe, or None where they name none."""
    if arguments.fiducial_id is None:
        return None
    if arguments.fiducial_size_m is None or arguments.fiducial_pose is None:
        raise RequestInvalid(
            "A marker alone says nothing; give its size and its place, too: --fiducial-size-m and "
            "--fiducial-pose."
        )
    return Fiducial(
        arguments.fiducial_family,
        arguments.fiducial_id,
        arguments.fiducial_size_m,
        _pose(arguments.fiducial_pose),
    )


def _pose(numbers: list[float]) -> NDArray[np.float64]:
    """Return x, y, z in metres and roll, pitch, yaw in degrees as a matrix (4, 4)."""
    if not np.isfinite(numbers).all():
        raise RequestInvalid("The marker's pose is not finite; give metres and degrees.")
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_euler("xyz", numbers[3:], degrees=True).as_matrix()
    pose[:3, 3] = numbers[:3]
    return pose

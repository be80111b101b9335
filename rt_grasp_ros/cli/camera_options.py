"""The options that say which camera looks at the simulated table, and from where."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..grasp.errors import RequestInvalid

if TYPE_CHECKING:
    from ..sim.cameras.choice import CameraChoice


def add_camera_options(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Add `--camera`, `--height-m`, `--tilt-deg` and `--room`."""
    parser.add_argument(
        "--camera",
        action="append",
        metavar="NAME",
        help="cell (default), d415, d435, d455 or azure_kinect, with lens, picture size and depth "
        "errors of its data sheet; may be repeated, one is drawn for each scene",
    )
    parser.add_argument(
        "--height-m",
        metavar="M|M:M",
        help="height of the camera above the table, or a range to draw from (default 0.67:0.73)",
    )
    parser.add_argument(
        "--tilt-deg",
        metavar="DEG|DEG:DEG",
        help="slant of the camera from straight down, or a range (default 0:10)",
    )
    parser.add_argument(
        "--room",
        action="store_true",
        help="put the table into a room of each scene's own: floor, walls, furniture, a window",
    )


def cameras_of(arguments: argparse.Namespace) -> CameraChoice:
    """Return the choice that the options make.

    Raises:
        RequestInvalid: a camera is unknown, or a range can't be read or is out of bounds.
    """
    from ..sim.cameras.choice import CameraChoice, parse_range

    try:
        return CameraChoice(
            tuple(arguments.camera or CameraChoice().names),
            None if arguments.height_m is None else parse_range(arguments.height_m),
            None if arguments.tilt_deg is None else parse_range(arguments.tilt_deg),
            arguments.room,
        )
    except RequestInvalid as error:
        raise RequestInvalid(f"--camera, --height-m, --tilt-deg: {error.message}") from error

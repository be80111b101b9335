"""The parameters of the browser node."""

from __future__ import annotations

from dataclasses import dataclass

from ..camera.camera_parameters import CameraParameters
from ..node.parameters import parameter
from ..node.profile_parameters import robot_profile


@dataclass(frozen=True)
class BrowserParameters(CameraParameters):
    """What `config/browser.yaml` sets."""

    host: str = parameter(
        "127.0.0.1",
        "Address the page is served on; 0.0.0.0 lets everybody on the network move the arm.",
        read_only=True,
    )
    port: int = parameter(
        8080,
        "Port of the page; 0 lets the system choose one.",
        minimum=0,
        maximum=65535,
        read_only=True,
    )
    robot: str = robot_profile()
    command: str = parameter(
        "grasp the banana", "What the command box holds at first.", read_only=True
    )
    max_candidates: int = parameter(
        4, "How many candidates a command asks for.", minimum=1, maximum=16
    )
    command_timeout_s: float = parameter(
        300.0, "How long a command may take, motion included.", minimum=1.0, maximum=3600.0
    )
    picture_rate_hz: float = parameter(
        2.0,
        "Pictures and point clouds per second, while a browser shows the page.",
        minimum=0.1,
        maximum=30.0,
        read_only=True,
    )
    frame_timeout_s: float = parameter(
        3.0,
        "How long the page waits for a picture before it says what is missing.",
        minimum=0.1,
        maximum=60.0,
    )
    sync_slop_s: float = parameter(
        0.05, "How far the stamps of colour and depth may lie apart.", minimum=0.0, maximum=1.0
    )

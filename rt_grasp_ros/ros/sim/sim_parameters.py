"""The parameters of the simulated cell's node."""

from __future__ import annotations

from dataclasses import dataclass

from ..node.parameters import parameter


@dataclass(frozen=True)
class SimParameters:
    """What `config/sim.yaml` sets."""

    seed: int = parameter(0, "Draws the scene.", minimum=0, maximum=2**31 - 1, read_only=True)
    object_names: str = parameter(
        "",
        "Objects on the table, separated by commas; left empty, the seed draws them.",
        read_only=True,
    )
    mesh_folders: str = parameter(
        "",
        "Folders of textured meshes, separated by commas, whose names and nouns object_names may "
        "hold too; those that ship need none.",
        read_only=True,
    )
    camera: str = parameter(
        "cell",
        "Which camera: cell, d415, d435, d455 or azure_kinect; all but cell have the picture size "
        "and the depth errors of their data sheet.",
        read_only=True,
    )
    height_m: str = parameter(
        "",
        "Height of the camera above the table, 0.7 or a range 0.45:1.2 to draw from; left empty, "
        "as in the cell.",
        read_only=True,
    )
    tilt_deg: str = parameter(
        "",
        "Slant of the camera from straight down, 30 or a range 0:45 to draw from; left empty, as "
        "in the cell.",
        read_only=True,
    )
    room: bool = parameter(
        False, "Whether there is a room around the table, drawn by the seed.", read_only=True
    )
    image_width_px: int = parameter(
        640, "Width of the images of the camera cell.", minimum=64, maximum=1920, read_only=True
    )
    image_height_px: int = parameter(
        480, "Height of the images of the camera cell.", minimum=48, maximum=1080, read_only=True
    )
    state_rate_hz: float = parameter(
        50.0,
        "Joint states, transforms and /clock per second of the cell's time.",
        minimum=10.0,
        maximum=500.0,
        read_only=True,
    )
    camera_rate_hz: float = parameter(
        4.0,
        "Pictures per second of the cell's time, fewer where rendering is slow.",
        minimum=0.5,
        maximum=30.0,
        read_only=True,
    )
    real_time_factor: float = parameter(
        1.0,
        "How fast the cell's time passes where the machine is fast enough; 1 is as in reality.",
        minimum=0.01,
        maximum=1.0,
        read_only=True,
    )

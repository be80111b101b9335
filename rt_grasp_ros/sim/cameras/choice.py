"""Which cameras look at the table, from what height and how slanted: a range, drawn by a seed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...grasp.errors import RequestInvalid
from ..surroundings import CameraPose, random_camera
from .profiles import CELL_CAMERA, CameraProfile, camera_profile

MIN_HEIGHT_M, MAX_HEIGHT_M = 0.3, 2.0
MAX_TILT_DEG = 60.0

_USUAL_HEIGHT_M = (0.67, 0.73)
_USUAL_TILT_DEG = (0.0, 10.0)
_FROM_ABOVE_DEG = 12.0  # up to here up in the picture is away from the robot, as in the cell
_BESIDE_ROBOT_RAD = math.radians(100.0)  # farther round, the arm would be in the picture
_STREAM = 3  # of the scene's seed: objects, table and light stay the same whatever the camera

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class CameraChoice:
    """What a scene's camera is drawn from.

    Attributes:
        names: of `PROFILES`, at least one.
        height_m: of the optical centre above the table, least and most; None for the cell's.
        tilt_deg: between the optical axis and straight down, least and most; None for the cell's.
        with_room: whether there is a room around the table to be seen, drawn for each scene;
            else the table goes on for metres.
    """

    names: tuple[str, ...] = (CELL_CAMERA.name,)
    height_m: Range | None = None
    tilt_deg: Range | None = None
    with_room: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no camera, or no place for one.

        Raises:
            RequestInvalid: a name is unknown, or a range is empty or out of bounds.
        """
        if not self.names:
            raise RequestInvalid("Name at least one camera.")
        for name in self.names:
            camera_profile(name)
        _require_within("height", "m", self.height_m, MIN_HEIGHT_M, MAX_HEIGHT_M)
        _require_within("tilt", "degrees", self.tilt_deg, 0.0, MAX_TILT_DEG)

    @property
    def is_cells(self) -> bool:
        """Whether it is the camera that the cell has always had, where it has always been."""
        return self == CameraChoice()

    def draw(self, seed: int) -> tuple[CameraProfile, CameraPose]:
        """Draw a camera and where it hangs; the same one for the same seed.

        It looks at a point near the middle of the table. Looking down, up in the picture is away
        from the robot, as in the cell; slanted, up is up, and the camera stands anywhere but
        behind the robot.
        """
        rng = np.random.default_rng((seed, _STREAM))
        profile = camera_profile(self.names[int(rng.integers(len(self.names)))])
        fovy_rad = float(rng.uniform(*profile.fovy_rad))
        if self.height_m is None and self.tilt_deg is None:
            pose = random_camera(rng)
            return profile, CameraPose(pose.position_m, pose.target_m, fovy_rad)
        height_m = float(rng.uniform(*(self.height_m or _USUAL_HEIGHT_M)))
        tilt_deg = float(rng.uniform(*(self.tilt_deg or _USUAL_TILT_DEG)))
        azimuth_rad = float(rng.uniform(-_BESIDE_ROBOT_RAD, _BESIDE_ROBOT_RAD))
        x_m, y_m = 0.5 + float(rng.uniform(-0.02, 0.02)), float(rng.uniform(-0.02, 0.02))
        aside_m = height_m * math.tan(math.radians(tilt_deg))
        away = (math.cos(azimuth_rad), math.sin(azimuth_rad))
        is_slanted = tilt_deg > _FROM_ABOVE_DEG
        return profile, CameraPose(
            position_m=(x_m + aside_m * away[0], y_m + aside_m * away[1], height_m),
            target_m=(x_m, y_m, 0.0),
            fovy_rad=fovy_rad,
            up=(-away[0], -away[1], 0.0) if is_slanted else (1.0, 0.0, 0.0),
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values, for reports."""
        return {
            "names": list(self.names),
            "height_m": None if self.height_m is None else list(self.height_m),
            "tilt_deg": None if self.tilt_deg is None else list(self.tilt_deg),
            "with_room": self.with_room,
        }


def choice_from_json(values: dict[str, Any]) -> CameraChoice:
    """Read what `CameraChoice.to_json` returned, after JSON."""
    ranges = (values["height_m"], values["tilt_deg"])
    height_m, tilt_deg = ((one[0], one[1]) if one is not None else None for one in ranges)
    return CameraChoice(tuple(values["names"]), height_m, tilt_deg, values["with_room"])


def parse_range(text: str) -> Range:
    """Read `0.7` or `0.45:1.2` as the least and the most.

    Raises:
        RequestInvalid: it is neither, or the first is more than the second.
    """
    number = r"(\d+(?:\.\d*)?|\.\d+)"
    found = re.fullmatch(rf"{number}(?::{number})?", text.strip())
    if found is not None:
        least = float(found[1])
        most = least if found[2] is None else float(found[2])
        if least <= most:
            return least, most
    raise RequestInvalid(f"'{text[:40]}' is no number or range; give 0.7, or 0.45:1.2.")


def _require_within(what: str, unit: str, given: Range | None, least: float, most: float) -> None:
    if given is not None and not least <= given[0] <= given[1] <= most:
        raise RequestInvalid(
            f"A camera's {what} of {given[0]:g} to {given[1]:g} {unit} is not possible here; stay "
            f"within {least:g} to {most:g}, the lesser first."
        )

"""Cameras as their data sheets describe them: lens, picture size, depth sensor."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from ...grasp.errors import RequestInvalid

STEREO_SUBPIXEL = 32
"""Steps of a pixel in which a D400 states disparity (BKMs for tuning D4xx depth cameras)."""

STEREO_DISPARITIES = 126
"""Pixels of disparity that a D400 searches (same paper): what is nearer has no depth."""


class DepthPrinciple(StrEnum):
    """How a sensor measures distance, and so how it errs."""

    STEREO = "stereo"
    """Two eyes and a projector: errors grow with the distance squared, a shadow beside edges."""
    TIME_OF_FLIGHT = "time_of_flight"
    """Light's way there and back: flying pixels at edges, dark things too dim."""


@dataclass(frozen=True, slots=True)
class DepthSensor:
    """What measures the depth that is registered to the colour picture.

    Attributes:
        principle: how it measures.
        width_px: of its own picture.
        fov_x_rad: its own horizontal field of view.
        fov_y_rad: its own vertical field of view.
        min_m: nearest distance measured.
        max_m: farthest distance measured.
        baseline_m: between the two eyes; 0 where there are none.
        noise: standard deviation; of disparity in pixels for stereo, in metres at 1 m else.
        sees_hexagon: whether the corners of its picture are dark.
    """

    principle: DepthPrinciple
    width_px: int
    fov_x_rad: float
    fov_y_rad: float
    min_m: float
    max_m: float
    baseline_m: float
    noise: float
    sees_hexagon: bool = False

    @property
    def focal_px(self) -> float:
        """Focal length in pixels of its own picture."""
        return self.width_px / 2 / math.tan(self.fov_x_rad / 2)


@dataclass(frozen=True, slots=True)
class CameraProfile:
    """One kind of camera.

    Attributes:
        name: as it is asked for.
        width_px: of the colour picture.
        height_px: of the colour picture.
        fovy_rad: vertical field of view of that picture, least and most; equal for a real lens.
        depth: its depth sensor; None for the cell's own camera, whose depth is exact.
        source: where the numbers are from.
    """

    name: str
    width_px: int
    height_px: int
    fovy_rad: tuple[float, float]
    depth: DepthSensor | None
    source: str

    @property
    def is_exact(self) -> bool:
        """Whether it measures without error."""
        return self.depth is None


def _lens(focal_px: float, height_px: int) -> tuple[float, float]:
    fovy_rad = 2 * math.atan(height_px / 2 / focal_px)
    return fovy_rad, fovy_rad


def _focal_px(width_px: int, fov_x_deg: float) -> float:
    return width_px / 2 / math.tan(math.radians(fov_x_deg) / 2)


def _stereo(fov_deg: tuple[float, float], baseline_m: float, max_m: float) -> DepthSensor:
    """A D400's depth at 848x480, Intel's choice, with the subpixel error that Intel expects."""
    fov_x_rad, fov_y_rad = map(math.radians, fov_deg)
    focal_px = 848 / 2 / math.tan(fov_x_rad / 2)
    min_m = focal_px * baseline_m / STEREO_DISPARITIES
    return DepthSensor(
        DepthPrinciple.STEREO, 848, fov_x_rad, fov_y_rad, min_m, max_m, baseline_m, noise=0.08
    )


_D400 = "Intel RealSense D400 series data sheet (337029)"

CELL_CAMERA = CameraProfile(
    "cell", 640, 480, (math.radians(38.0), math.radians(42.0)), None, "no real camera"
)
"""The camera that the cell has always had: exact depth, a lens of about 40 degrees."""

PROFILES: dict[str, CameraProfile] = {
    profile.name: profile
    for profile in (
        CELL_CAMERA,
        CameraProfile(
            "d415",
            1280,
            720,
            _lens(_focal_px(1280, 69.4), 720),
            _stereo((65.0, 40.0), 0.055, 10.0),
            _D400,
        ),
        CameraProfile(
            "d435",
            1280,
            720,
            _lens(_focal_px(1280, 69.4), 720),
            _stereo((87.0, 58.0), 0.050, 10.0),
            _D400,
        ),
        CameraProfile(
            # Its colour sensor has 1280x800 pixels (90 x 65 degrees); the driver's usual mode
            # leaves out 40 rows above and below.
            "d455",
            1280,
            720,
            _lens(_focal_px(1280, 90.0), 720),
            _stereo((87.0, 58.0), 0.095, 20.0),
            _D400,
        ),
        CameraProfile(
            "azure_kinect",
            1280,
            720,
            _lens(_focal_px(1280, 90.0), 720),
            DepthSensor(
                DepthPrinciple.TIME_OF_FLIGHT,
                640,
                math.radians(75.0),
                math.radians(65.0),
                0.5,
                3.86,
                baseline_m=0.0,
                noise=0.0015,
                sees_hexagon=True,
            ),
            "Azure Kinect DK hardware specifications (colour 1280x720, depth NFOV unbinned); "
            "noise: Toelgyessy et al., Sensors 2021, below 2 mm within 1.5 m",
        ),
    )
}
"""By name."""


class UnknownCamera(RequestInvalid):
    """There is no such camera."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"There is no camera '{name[:40]}' here; choose from {', '.join(PROFILES)}."
        )


def camera_profile(name: str) -> CameraProfile:
    """Return a camera by its name.

    Raises:
        UnknownCamera: it is not one of `PROFILES`.
    """
    if name not in PROFILES:
        raise UnknownCamera(name)
    return PROFILES[name]

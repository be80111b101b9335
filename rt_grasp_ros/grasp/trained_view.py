"""How a model was trained to see the table: its camera, straight above at one distance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .camera import Intrinsics
from .plane import Plane

_ASPECT_WITHIN = 0.02


@dataclass(frozen=True, slots=True)
class TrainedView:
    """The view that a checkpoint's pictures show; kept in its `config.json`.

    Attributes:
        width_px: of the pictures.
        height_px: of the pictures.
        focal_px: of the camera.
        distance_m: from the camera to the table along the optical axis.
        scale_within: how much larger or smaller, as a share, the table may be seen.
        slant_within_deg: how far the camera may be tilted from straight down.
    """

    width_px: int
    height_px: int
    focal_px: float
    distance_m: float
    scale_within: float
    slant_within_deg: float

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> TrainedView | None:
        """Read `trained_view` of a checkpoint's `config.json`.

        Args:
            config: the whole of it.

        Returns:
            None where it has none: pictures of no table, such as Cornell's crops.
        """
        fields = config.get("trained_view")
        return None if fields is None else cls(**fields)

    @property
    def intrinsics(self) -> Intrinsics:
        """The camera, its principal point in the middle."""
        return Intrinsics(
            self.focal_px,
            self.focal_px,
            (self.width_px - 1) / 2,
            (self.height_px - 1) / 2,
            self.width_px,
            self.height_px,
        )

    @property
    def width_m(self) -> float:
        """How much of the table is seen along x."""
        return self.width_px / self.focal_px * self.distance_m

    @property
    def height_m(self) -> float:
        """How much of the table is seen along y."""
        return self.height_px / self.focal_px * self.distance_m

    def is_that_of(self, intrinsics: Intrinsics, plane: Plane) -> bool:
        """Whether a camera sees a table so already.

        Args:
            intrinsics: the camera.
            plane: the table.
        """
        aspect = intrinsics.width_px / intrinsics.height_px * self.height_px / self.width_px
        distance_m = plane.offset_m / -float(plane.normal[2])
        width_m = intrinsics.width_px / intrinsics.fx_px * distance_m
        return (
            slant_rad(plane) <= math.radians(self.slant_within_deg)
            and abs(aspect - 1) < _ASPECT_WITHIN
            and abs(width_m / self.width_m - 1) <= self.scale_within
        )


def slant_rad(plane: Plane) -> float:
    """Return how far a camera is tilted from looking straight down onto a plane."""
    return math.acos(min(1.0, -float(plane.normal[2])))

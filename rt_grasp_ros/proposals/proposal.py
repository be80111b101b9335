"""A place where a parallel gripper could close, and the seam to whatever finds such places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..grasp.camera import Intrinsics
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Grasp
from ..grasp.plane import Plane
from ..grasp.rectangle import GraspRectangle


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """One place to close at.

    Attributes:
        T_camera_grasp: as of `Grasp`: origin between the finger pads, +z approach, +x closing;
            maps to the colour optical frame, shape (4, 4), metres.
        opening_m: between the pads on the way down.
        object_width_m: of what is between them.
        height_m: of the origin above the support plane.
        quality: 0..1, higher is better.
        surface_m: how far above the origin, against the approach, lies what the camera sees of
            the thing between the pads; the picture shows the grasp there.
    """

    T_camera_grasp: NDArray[np.float64]
    opening_m: float
    object_width_m: float
    height_m: float
    quality: float
    surface_m: float = 0.0

    def to_grasp(self, intrinsics: Intrinsics, jaw_breadth_m: float) -> Grasp:
        """Return the grasp, with the rectangle under which the picture shows it.

        Args:
            intrinsics: of the picture.
            jaw_breadth_m: extent of the pads across the closing direction.
        """
        closing, approach = self.T_camera_grasp[:3, 0], self.T_camera_grasp[:3, 2]
        seen_m = self.T_camera_grasp[:3, 3] - self.surface_m * approach
        across = self.T_camera_grasp[:3, 1] * jaw_breadth_m / 2
        jaws_m = seen_m + np.outer([-0.5, 0.5], closing * self.opening_m)
        corners_m = [jaws_m[0] - across, jaws_m[1] - across, jaws_m[1] + across, jaws_m[0] + across]
        rectangle = GraspRectangle.from_corners(
            intrinsics.project(np.array(corners_m)), intrinsics.width_px, intrinsics.height_px
        )
        return Grasp(
            rectangle,
            self.T_camera_grasp,
            self.opening_m,
            object_width_m=self.object_width_m,
            score=self.quality,
        )


class Proposals(Protocol):
    """Finds where a gripper could close on a region of a frame."""

    def propose(self, frame: RgbdFrame, plane: Plane, region: NDArray[np.bool_]) -> list[Proposal]:
        """Return places to close at, best first; none where there is none.

        Args:
            frame: colour, depth and intrinsics.
            plane: that bears what the region shows.
            region: pixels of the thing or part to hold, shape (H, W).
        """
        ...

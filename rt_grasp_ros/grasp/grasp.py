"""A grasp in space, with what it came from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .error_code import ErrorCode
from .rectangle import GraspRectangle


@dataclass(frozen=True, slots=True)
class Gripper:
    """What perception must know of a parallel gripper, in metres.

    Attributes:
        max_opening_m: widest distance between the finger pads.
        finger_depth_m: how far the fingertips may go below the top of what they grasp.
        finger_thickness_m: extent of a finger along the closing direction.
        finger_breadth_m: extent of a finger across the closing direction.
        clearance_m: how much wider than the object the jaws approach, in all.
    """

    max_opening_m: float = 0.08
    finger_depth_m: float = 0.03
    finger_thickness_m: float = 0.012
    finger_breadth_m: float = 0.02
    clearance_m: float = 0.016


@dataclass(frozen=True, slots=True, eq=False)
class Grasp:
    """One 6-DoF grasp candidate.

    Grasp frame: origin between the fingertips, +z along the approach, +x along the closing
    direction.

    Attributes:
        rectangle: where it was seen.
        T_camera_grasp: maps grasp coordinates to the colour optical frame, shape (4, 4), metres.
        opening_m: jaw distance to approach with, clearance included.
        score: 0..1, higher is better.
        rejected_code: `ErrorCode.OK` where it may be executed.
        rejected_reason: one sentence where it may not.
    """

    rectangle: GraspRectangle
    T_camera_grasp: NDArray[np.float64]
    opening_m: float
    score: float = 1.0
    rejected_code: ErrorCode = ErrorCode.OK
    rejected_reason: str = ""

    @property
    def is_executable(self) -> bool:
        """Whether nothing speaks against it so far."""
        return self.rejected_code is ErrorCode.OK

    @property
    def position_m(self) -> NDArray[np.float64]:
        """Point between the fingertips in the colour optical frame (shape (3,))."""
        return self.T_camera_grasp[:3, 3]

    @property
    def approach(self) -> NDArray[np.float64]:
        """Unit approach direction in the colour optical frame (shape (3,))."""
        return self.T_camera_grasp[:3, 2]

"""A grasp in space, with what it came from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .error_code import ErrorCode
from .rectangle import GraspRectangle


@dataclass(frozen=True, slots=True)
class Gripper:
    """What perception must know of a parallel gripper, in metres; the defaults are a Franka hand.

    The grasp's origin is the point between the finger pads; the fingers may end further on.

    Attributes:
        max_opening_m: widest distance between the finger pads.
        finger_depth_m: how far the origin may go below the top of what is grasped.
        finger_overhang_m: how far the fingers reach beyond the origin.
        finger_thickness_m: extent of a finger along the closing direction.
        finger_breadth_m: extent of a finger across the closing direction.
        clearance_m: how much wider than the object the jaws approach, in all.
        min_clearance_m: the least of it, where neighbours leave no more room.
        table_clearance_m: how far the ends of the fingers stay above the support plane.
        min_hold_m: how far at least the fingers reach beside what is grasped, where something low
            is in their way.
        palm_height_m: from the origin up to the body of the hand.
        palm_width_m: extent of that body along the closing direction.
        palm_breadth_m: extent of that body across the closing direction.
    """

    max_opening_m: float = 0.08
    finger_depth_m: float = 0.03
    finger_overhang_m: float = 0.009
    finger_thickness_m: float = 0.0152
    finger_breadth_m: float = 0.02
    clearance_m: float = 0.016
    min_clearance_m: float = 0.006
    table_clearance_m: float = 0.003
    min_hold_m: float = 0.009
    palm_height_m: float = 0.037
    palm_width_m: float = 0.205
    palm_breadth_m: float = 0.065


@dataclass(frozen=True, slots=True, eq=False)
class Grasp:
    """One 6-DoF grasp candidate.

    Grasp frame: origin between the finger pads, +z along the approach, +x along the closing
    direction.

    Attributes:
        rectangle: where it was seen.
        T_camera_grasp: maps grasp coordinates to the colour optical frame, shape (4, 4), metres;
            NaN where the rectangle could not be brought into space (`has_pose`).
        opening_m: jaw distance to approach with, clearance included; NaN without a pose.
        object_width_m: extent of the object between the jaws as depth shows it; None where depth
            does not show it clearly.
        score: 0..1, higher is better.
        rejected_code: `ErrorCode.OK` where it may be executed.
        rejected_reason: one sentence where it may not.
    """

    rectangle: GraspRectangle
    T_camera_grasp: NDArray[np.float64]
    opening_m: float
    object_width_m: float | None = None
    score: float = 1.0
    rejected_code: ErrorCode = ErrorCode.OK
    rejected_reason: str = ""

    @property
    def is_executable(self) -> bool:
        """Whether nothing speaks against it so far."""
        return self.rejected_code is ErrorCode.OK

    @property
    def has_pose(self) -> bool:
        """Whether it is known where in space it is."""
        return bool(np.isfinite(self.T_camera_grasp).all())

    @property
    def position_m(self) -> NDArray[np.float64]:
        """Point between the finger pads in the colour optical frame (shape (3,))."""
        return self.T_camera_grasp[:3, 3]

    @property
    def approach(self) -> NDArray[np.float64]:
        """Unit approach direction in the colour optical frame (shape (3,))."""
        return self.T_camera_grasp[:3, 2]

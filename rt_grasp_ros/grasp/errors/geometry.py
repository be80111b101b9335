"""A rectangle that can't be made a grasp in space."""

from __future__ import annotations

from ..error_code import ErrorCode
from ..numbers import told_apart
from .base import RtGraspError


class GraspGeometryError(RtGraspError):
    """The rectangle can't be made a grasp in space; subclasses say why."""


class DepthInvalidAtGrasp(GraspGeometryError):
    """No valid depth inside the rectangle."""

    code = ErrorCode.DEPTH_INVALID_AT_GRASP


class OpeningTooWide(GraspGeometryError):
    """The object is wider than the gripper opens."""

    code = ErrorCode.OPENING_TOO_WIDE

    def __init__(self, opening_m: float, max_opening_m: float) -> None:
        self.opening_m, self.max_opening_m = opening_m, max_opening_m
        needed, widest = told_apart(opening_m * 1000, max_opening_m * 1000, 0)
        super().__init__(
            f"The grasp needs an opening of {needed} mm, the gripper opens {widest} mm; ask for a "
            "narrower part."
        )


class NoFingerClearance(GraspGeometryError):
    """A finger would come down on something."""

    code = ErrorCode.NO_FINGER_CLEARANCE


class NoSupportPlane(GraspGeometryError):
    """No table was found in the depth image."""

    code = ErrorCode.NO_SUPPORT_PLANE


class SupportPlaneFar(GraspGeometryError):
    """What is to be grasped does not stand on any plane that was found."""

    code = ErrorCode.SUPPORT_PLANE_FAR

    def __init__(self, above_m: float) -> None:
        self.above_m = above_m
        where = "above" if above_m > 0 else "below"
        super().__init__(
            f"What is to be grasped is {abs(above_m) * 1000:.0f} mm {where} the nearest plane that "
            "was found, so it does not stand on it; point the camera so that it sees more of what "
            "bears the object."
        )


class DepthShowsNothing(GraspGeometryError):
    """Depth shows nothing above the plane between the jaws."""

    code = ErrorCode.DEPTH_SHOWS_NOTHING

    def __init__(self, valid_fraction: float) -> None:
        self.valid_fraction = valid_fraction
        super().__init__(
            f"Depth shows nothing above the table between the jaws ({valid_fraction:.0%} of it "
            "was measured), so the height of the object is not known; it may be transparent, "
            "shiny or black: ask for another part of it, or change the light or the view."
        )


class GraspOutsideImage(GraspGeometryError):
    """The rectangle's centre is outside the image."""

    code = ErrorCode.GRASP_OUTSIDE_IMAGE


class RobotAtGrasp(GraspGeometryError):
    """The picture shows the robot itself in the middle of the rectangle."""

    code = ErrorCode.ROBOT_AT_GRASP

    def __init__(self) -> None:
        super().__init__(
            "The picture shows the robot itself in the middle of the grasp, not an object; move "
            "the arm out of the camera's view, or ask for something that it does not cover."
        )

"""What the arm, its gripper or the executor could not do."""

from __future__ import annotations

from ..error_code import ErrorCode
from .base import RtGraspError


class MotionError(RtGraspError):
    """The arm or the gripper could not do it; subclasses say why."""


class OutOfReach(MotionError):
    """No joint configuration reaches the pose."""

    code = ErrorCode.OUT_OF_REACH


class NoPlan(MotionError):
    """The pose is reachable, but no collision-free way was found."""

    code = ErrorCode.NO_PLAN


class ExecutorUnavailable(MotionError):
    """The executor does not answer."""

    code = ErrorCode.EXECUTOR_UNAVAILABLE


class ControllerFailed(MotionError):
    """A controller refused, aborted or left the path."""

    code = ErrorCode.CONTROLLER_FAILED


class Cancelled(MotionError):
    """Stopped because it was asked to."""

    code = ErrorCode.CANCELLED

    def __init__(self) -> None:
        super().__init__("The motion was cancelled and the arm stands still; send a new command.")


class NotHeld(MotionError):
    """The fingers closed on nothing, or lost the object while lifting."""

    code = ErrorCode.NOT_HELD


class TransformUnavailable(MotionError):
    """TF does not connect two frames at the needed time."""

    code = ErrorCode.TRANSFORM_UNAVAILABLE


class JointStatesStale(MotionError):
    """No fresh joint state."""

    code = ErrorCode.JOINT_STATES_STALE


class MotionTimeout(MotionError):
    """A motion did not end within its deadline."""

    code = ErrorCode.MOTION_TIMEOUT


class OutsideWorkspace(MotionError):
    """The grasp or the way to it leaves the box that the hand may move in."""

    code = ErrorCode.OUTSIDE_WORKSPACE


class BackendUnavailable(MotionError):
    """What plans or drives the robot is not installed, or does not answer."""

    code = ErrorCode.BACKEND_UNAVAILABLE


class NotConfirmed(MotionError):
    """The plan was refused, or nobody confirmed it in time."""

    code = ErrorCode.NOT_CONFIRMED


class ProfileInvalid(MotionError):
    """A robot or gripper profile is missing, incomplete or contradicts itself."""

    code = ErrorCode.DATA_INVALID

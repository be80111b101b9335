"""What is wrong with the camera's pictures, depth or intrinsics."""

from __future__ import annotations

from ..error_code import ErrorCode
from .base import RtGraspError


class CameraError(RtGraspError):
    """Something about the camera's images; subclasses say what."""


class NoImage(CameraError):
    """No colour image arrived."""

    code = ErrorCode.NO_IMAGE


class NoDepth(CameraError):
    """No depth image arrived, or it holds no valid depth at all."""

    code = ErrorCode.NO_DEPTH


class NoCameraInfo(CameraError):
    """No camera_info arrived."""

    code = ErrorCode.NO_CAMERA_INFO


class FrameStale(CameraError):
    """The newest frame is older than the request allows."""

    code = ErrorCode.FRAME_STALE


class SizeMismatch(CameraError):
    """Colour, depth and intrinsics are of different sizes."""

    code = ErrorCode.SIZE_MISMATCH


class EncodingUnknown(CameraError):
    """The image's encoding is not one that can be read."""

    code = ErrorCode.ENCODING_UNKNOWN


class IntrinsicsInvalid(CameraError):
    """The camera matrix is zero or not finite: the camera is not calibrated."""

    code = ErrorCode.INTRINSICS_INVALID


class DepthNotRegistered(CameraError):
    """Depth is in another frame than colour."""

    code = ErrorCode.DEPTH_NOT_REGISTERED


class DepthUnitWrong(CameraError):
    """Depth counts in another unit than it was read in."""

    code = ErrorCode.DEPTH_UNIT_WRONG


class PictureUnusable(CameraError):
    """The colour picture is dark, overexposed or of one colour, or depth is noise."""

    code = ErrorCode.PICTURE_UNUSABLE


class CameraTriggerFailed(CameraError):
    """The camera's service that takes a picture is not there, or says no."""

    code = ErrorCode.CAMERA_TRIGGER_FAILED

"""Failures of the whole package: one root, one small class a failure, each with its code.

Every message is one sentence that says what is wrong and what to do. A class carries the data
of its failure as attributes, so that callers need not parse the message.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .error_code import ErrorCode
from .numbers import told_apart


class RtGraspError(Exception):
    """Root of all failures that this package raises on purpose.

    Attributes:
        code: the `ErrorCode` that the ROS interfaces report for it.
    """

    code: ErrorCode = ErrorCode.INTERNAL

    @property
    def message(self) -> str:
        """The sentence for the user."""
        return str(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by sentence and attributes: subclasses take other arguments than the sentence."""
        return _restore, (type(self), self.args, self.__dict__)


def _restore(
    kind: type[RtGraspError], args: tuple[str, ...], attributes: dict[str, Any]
) -> RtGraspError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error


class CommandEmpty(RtGraspError):
    """The command holds no word."""

    code = ErrorCode.COMMAND_EMPTY

    def __init__(self) -> None:
        super().__init__("The command is empty; say what to grasp, such as 'grasp the banana'.")


class CommandTooLong(RtGraspError):
    """The command is longer than the model reads."""

    code = ErrorCode.COMMAND_TOO_LONG

    def __init__(self, length: int, limit: int) -> None:
        self.length, self.limit = length, limit
        super().__init__(
            f"The command has {length} characters, at most {limit} are read; say it shorter."
        )


class CommandNotText(RtGraspError):
    """The command holds control or undecodable characters."""

    code = ErrorCode.COMMAND_NOT_TEXT

    def __init__(self) -> None:
        super().__init__(
            "The command is not readable text; send it as UTF-8 without control characters."
        )


class RequestInvalid(RtGraspError):
    """A field of the request is out of its bounds."""

    code = ErrorCode.REQUEST_INVALID


class Busy(RtGraspError):
    """Another command is being answered."""

    code = ErrorCode.BUSY

    def __init__(self) -> None:
        super().__init__("Another command is being answered; send this one again when it is done.")


class NotActive(RtGraspError):
    """The node is not in the lifecycle state `active`."""

    code = ErrorCode.NOT_ACTIVE


class DialogueUnknown(RtGraspError):
    """The dialogue id is not one that was given out, or it has expired."""

    code = ErrorCode.DIALOGUE_UNKNOWN

    def __init__(self, dialogue_id: str) -> None:
        self.dialogue_id = dialogue_id
        super().__init__(
            f"There is no dialogue '{dialogue_id[:40]}'; leave dialogue_id empty to start one."
        )


_UNDERSTOOD = (
    "say what to grasp, such as 'grasp the mug by its handle' or 'the red one, not its lid'"
)


_UNDERSTOOD_AFTER = (
    "say what to change, such as 'a bit to the left', 'turn it clockwise', 'by its handle instead' "
    "or 'no, the mug', or 'again' for the same grasp"
)


def _understood(is_follow_up: bool) -> str:
    return _UNDERSTOOD_AFTER if is_follow_up else _UNDERSTOOD


class CommandNoGrasp(RtGraspError):
    """The command is a question, or asks for something that is no grasp of one thing."""

    code = ErrorCode.COMMAND_NO_GRASP

    def __init__(self, kind: str, words: str, is_follow_up: bool = False) -> None:
        self.kind, self.words = kind, words
        super().__init__(
            f"'{words[:80]}' is {kind}, so nothing moves; {_understood(is_follow_up)}."
        )


class CommandForbids(RtGraspError):
    """The command only says what must not be taken."""

    code = ErrorCode.COMMAND_FORBIDS

    def __init__(self, is_follow_up: bool = False) -> None:
        super().__init__(
            f"The command says what not to take, so nothing moves; {_understood(is_follow_up)}."
        )


class CommandUnclear(RtGraspError):
    """A part of the command was not understood, and might forbid what the rest asks for."""

    code = ErrorCode.COMMAND_UNCLEAR

    def __init__(self, words: str, is_follow_up: bool = False) -> None:
        self.words = words
        super().__init__(
            f"It is not clear what is meant ({words[:80]}), so nothing moves; "
            f"{_understood(is_follow_up)}."
        )


class CommandForeign(RtGraspError):
    """The command is not in English."""

    code = ErrorCode.COMMAND_FOREIGN

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"The command is read in English only ({why}); {_UNDERSTOOD}.")


class WhichOne(RtGraspError):
    """Several things fit the command equally well."""

    code = ErrorCode.WHICH_ONE

    def __init__(self, count: int, noun: str) -> None:
        self.count, self.noun = count, noun
        super().__init__(
            f"{count} things fit '{noun}' equally well; say which one by its side, size, colour or "
            "what it lies next to."
        )


class OnlyExcluded(RtGraspError):
    """No grasp was found that keeps away from what the command excludes."""

    code = ErrorCode.ONLY_EXCLUDED

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(
            f"No grasp was found that surely keeps away from the {words[:60]}, which the command "
            "excludes; name the part to take instead."
        )


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


class ModelError(RtGraspError):
    """Something about the model; subclasses say what."""


class ModelNotLoaded(ModelError):
    """No model is loaded, or what it needs is not installed."""

    code = ErrorCode.MODEL_NOT_LOADED


class AnswerGarbled(ModelError):
    """The model's answer holds no readable grasp."""

    code = ErrorCode.MODEL_ANSWER_GARBLED

    def __init__(self, answer: str) -> None:
        self.answer = answer
        super().__init__(
            f"The model's answer holds no readable grasp ('{answer[-60:]}'); say the command "
            "another way, or check that the checkpoint fits this version."
        )


class AnswerCancelled(ModelError):
    """The caller gave the answer up while it was written."""

    code = ErrorCode.CANCELLED

    def __init__(self) -> None:
        super().__init__("The answer was cancelled while it was written; send the command again.")


class ObjectNotFound(ModelError):
    """The model says that the named object is not in the picture."""

    code = ErrorCode.OBJECT_NOT_FOUND

    def __init__(self, reasoning: str) -> None:
        self.reasoning = reasoning
        super().__init__(
            f"The model does not see what was asked for ('{reasoning[:160]}'); "
            "name an object that is in the picture."
        )


class AbsenceUnsure(ModelError):
    """The model does not see the named object, but was not shown enough to say that it is absent.

    Attributes:
        reasoning: the model's.
        doubt: why it may be there all the same, and what to do.
    """

    code = ErrorCode.ABSENCE_UNSURE

    def __init__(self, reasoning: str, doubt: str) -> None:
        self.reasoning, self.doubt = reasoning, doubt
        super().__init__(
            f"The model does not see what was asked for ('{reasoning[:160]}'), but it may be there "
            f"all the same: {doubt}."
        )


class ModelTimeout(ModelError):
    """The model did not answer within the deadline."""

    code = ErrorCode.MODEL_TIMEOUT


class ModelWorkerDied(ModelError):
    """The process that runs the model ended."""

    code = ErrorCode.MODEL_WORKER_DIED


class CheckpointInvalid(ModelError):
    """The checkpoint is missing, truncated, of another architecture, or not safetensors."""

    code = ErrorCode.CHECKPOINT_INVALID


class ModelOutOfMemory(ModelError):
    """The model does not fit into the memory of its device."""

    code = ErrorCode.MODEL_OUT_OF_MEMORY

    def __init__(self, device: str, doing: str) -> None:
        self.device, self.doing = device, doing
        super().__init__(
            f"The memory of {device} was not enough for {doing}; quantise the model (nf4), ask for "
            "fewer candidates, or end what else uses that memory."
        )


class GpuUnavailable(ModelError):
    """A GPU was asked for and none can be used."""

    code = ErrorCode.GPU_UNAVAILABLE

    def __init__(self, device: str) -> None:
        self.device = device
        super().__init__(
            f"The model was asked onto '{device}', but PyTorch sees no such GPU; check the driver "
            "with nvidia-smi and that PyTorch was built for CUDA, or choose the device 'cpu'."
        )


class ModelNotFinite(ModelError):
    """The model computed NaN or infinity instead of words."""

    code = ErrorCode.MODEL_NOT_FINITE

    def __init__(self) -> None:
        super().__init__(
            "The model computed numbers that are not finite; its weights are damaged or too large "
            "for their type: fetch it again, or load it without quantising."
        )


class ServerUnavailable(ModelError):
    """The model server can't be reached, is overloaded, breaks off or talks nonsense."""

    code = ErrorCode.SERVER_UNAVAILABLE

    def __init__(self, url: str, problem: str) -> None:
        self.url, self.problem = url, problem
        super().__init__(
            f"The model server at {url} {problem}; check that it runs and the parameter "
            "server_url, then send the command again."
        )


class GraspServerUnavailable(ModelError):
    """A server that proposes grasps can't be reached, is too slow, fails or talks nonsense."""

    code = ErrorCode.SERVER_UNAVAILABLE

    def __init__(self, url: str, problem: str) -> None:
        self.url, self.problem = url, problem
        super().__init__(
            f"The grasp server at {url} {problem}; check that it runs and the parameter "
            "graspgen_url, or leave that empty for grasps by depth; then send the command again."
        )


class ServerRefused(ModelError):
    """The model server turns the request down, and would do so again."""

    code = ErrorCode.SERVER_REFUSED

    def __init__(self, url: str, status: int, reason: str, advice: str) -> None:
        self.url, self.status, self.reason = url, status, reason
        super().__init__(
            f"The model server at {url} refused the request with HTTP {status} "
            f"('{reason[:160]}'); {advice}."
        )


class AnswerCutOff(ModelError):
    """The server cut the answer off before its end."""

    code = ErrorCode.ANSWER_CUT_OFF

    def __init__(self, url: str, max_tokens: int) -> None:
        self.url, self.max_tokens = url, max_tokens
        super().__init__(
            f"The model server at {url} cut the answer off after {max_tokens} tokens or where its "
            "context ended; raise the parameter server_max_tokens, or the server's context."
        )


class AnswerWithheld(ModelError):
    """The server says that it has answered, but not with words."""

    code = ErrorCode.ANSWER_WITHHELD

    def __init__(self, url: str, problem: str, advice: str) -> None:
        self.url, self.problem = url, problem
        super().__init__(f"The answer of the model server at {url} is none: {problem}; {advice}.")


class PointingOff(ModelError):
    """The model server does not point where it is asked to, or writes places otherwise."""

    code = ErrorCode.POINTING_OFF

    def __init__(self, url: str, family: str, seen: str) -> None:
        self.url, self.family, self.seen = url, family, seen
        super().__init__(
            f"The model server at {url} was asked for markers at known places as family "
            f"'{family}', but {seen}; choose the family of the model that it serves, and see that "
            "it hands pictures on in the size they have."
        )


class ChoiceDoubted(ModelError):
    """The model was shown the grasp once more, and says that it is not what was asked for."""

    code = ErrorCode.CHOICE_DOUBTED

    def __init__(self, phrase: str, words: str) -> None:
        self.phrase, self.words = phrase, words
        super().__init__(
            f"Shown the grasp once more, the model does not see the {phrase[:60]} between the "
            f"fingers ('{words[:160]}'); say it in other words, or ask for something else."
        )


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


class DataInvalid(RtGraspError):
    """A data set's file or a recording is missing or can't be read."""

    code = ErrorCode.DATA_INVALID


class RecordingFailed(RtGraspError):
    """An attempt could not be recorded; the attempt itself goes on."""

    code = ErrorCode.RECORDING_FAILED

    def __init__(self, folder: Path, problem: str, advice: str) -> None:
        self.folder, self.problem = folder, problem
        super().__init__(
            f"Attempts are not recorded in {folder} ({problem}); {advice}. Grasping goes on."
        )

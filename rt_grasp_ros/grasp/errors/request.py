"""A request that is not carried out: its fields, its time, the dialogue that it names."""

from __future__ import annotations

from ..error_code import ErrorCode
from .base import RtGraspError


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

"""A command that is not carried out as it was said: its words, and what they mean."""

from __future__ import annotations

from ..error_code import ErrorCode
from .base import RtGraspError

_UNDERSTOOD = (
    "say what to grasp, such as 'grasp the mug by its handle' or 'the red one, not its lid'"
)
_UNDERSTOOD_AFTER = (
    "say what to change, such as 'a bit to the left', 'turn it clockwise', 'by its handle instead' "
    "or 'no, the mug', 'again' for the same grasp, or 'the grasp before' to go back"
)


def _understood(is_follow_up: bool) -> str:
    return _UNDERSTOOD_AFTER if is_follow_up else _UNDERSTOOD


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


class FewerThings(WhichOne):
    """The command counts farther than there are things that fit it."""

    def __init__(self, count: int, number: int, noun: str) -> None:
        self.count, self.noun, self.number = count, noun, number
        fitting = ("nothing fits", "only one thing fits")
        things = fitting[count] if count < len(fitting) else f"only {count} things fit"
        RtGraspError.__init__(
            self,
            f"The command asks for number {number}, and {things} '{noun}' as far as can be told "
            "from here; say which one by its side, size, colour or what it lies next to.",
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

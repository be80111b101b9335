"""What the tools return: plain values, from which the protocol's schemas are made.

Without slots: the `mcp` package would take their descriptors for defaults.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..grasp.error_code import ErrorCode
from ..grasp.errors import RtGraspError


@dataclass(frozen=True)
class Failure:
    """Why something did not come about.

    Attributes:
        code: name of an `ErrorCode`, such as `NO_PLAN`; docs/errors.md says what to do.
        number: its number.
        message: one sentence: what is wrong and what to do.
    """

    code: str
    number: int
    message: str

    @classmethod
    def of(cls, code: ErrorCode, message: str) -> Failure | None:
        """Return the failure of a code; None for OK."""
        return None if code is ErrorCode.OK else cls(code.name, int(code), message)

    @classmethod
    def from_error(cls, error: RtGraspError) -> Failure:
        """Return the failure that an error tells of."""
        return cls(error.code.name, int(error.code), error.message)


@dataclass(frozen=True)
class GraspFound:
    """One grasp.

    Attributes:
        x_px: its centre in the colour picture.
        y_px: the same, downwards.
        x_m: its place in the colour optical frame; None where it could not be brought into space.
        y_m: the same.
        z_m: the same.
        opening_m: how far the fingers open for it.
        score: 0..1, higher is better.
        reasoning: why it is taken there.
        rejected: why it may not be carried out; None where it may.
    """

    x_px: float
    y_px: float
    x_m: float | None
    y_m: float | None
    z_m: float | None
    opening_m: float | None
    score: float
    reasoning: str
    rejected: Failure | None


@dataclass(frozen=True)
class CommandResult:
    """What came of a command.

    Attributes:
        failure: why it did not go through; None where it did.
        reasoning: the model's own, for the best grasp or for a refusal.
        grasps: best first, rejected ones last.
        dialogue_id: to go on with ("no, the other one"); empty where there is none.
        moved: whether the arm was moved.
        held: whether the fingers hold something, measured by their width after the lift; None
            where the arm was not moved.
        seconds: that it took.
    """

    failure: Failure | None
    reasoning: str = ""
    grasps: tuple[GraspFound, ...] = ()
    dialogue_id: str = ""
    moved: bool = False
    held: bool | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class StopResult:
    """What came of a request to stop.

    Attributes:
        stands: whether the executor says that the arm stands still.
        message: its words, or why it could not be asked.
    """

    stands: bool
    message: str


@dataclass(frozen=True)
class Check:
    """What a node says of itself.

    Attributes:
        name: node and check.
        level: `ok`, `warning`, `error` or `stale`.
        message: in words.
    """

    name: str
    level: str
    message: str


@dataclass(frozen=True)
class RobotState:
    """How things stand.

    Attributes:
        takes_commands: whether a perception node is there that takes commands.
        has_executor: whether an executor is there that moves the arm.
        is_busy: whether a command of this server is under way.
        checks: what the nodes say of themselves, newest of each.
        last: what came of the last command of this server; None where there was none.
    """

    takes_commands: bool
    has_executor: bool
    is_busy: bool
    checks: tuple[Check, ...]
    last: CommandResult | None

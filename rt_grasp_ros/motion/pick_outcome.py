"""The stages of a pick, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ..grasp.errors import RtGraspError
from ..grasp.verdict import Verdict


class Stage(IntEnum):
    """Where a pick is; the numbers are those of ExecuteGrasp.action."""

    PLANNING = 0
    OPENING = 1
    PREGRASP = 2
    APPROACH = 3
    CLOSING = 4
    LIFTING = 5
    VERIFYING = 6
    RETREATING = 7
    DONE = 8
    CONFIRMING = 9
    CHECKING = 10


@dataclass(frozen=True, slots=True)
class StageTime:
    """How long one stage took, in seconds."""

    stage: Stage
    duration_s: float


@dataclass(frozen=True, slots=True)
class PickOutcome:
    """How a pick ended.

    Attributes:
        error: why it failed; None where something is held.
        executed_index: the candidate that the arm moved for last, -1 where it never moved.
        finger_opening_m: distance of the fingers after the last lift, 0 where there was none.
        stages: the stages gone through, in order.
        verdicts: of each candidate and its twin, best first, rejected ones last.
        may_hold: whether the fingers closed, and were not measured to hold nothing since.
    """

    error: RtGraspError | None
    executed_index: int
    finger_opening_m: float
    stages: tuple[StageTime, ...]
    verdicts: tuple[Verdict, ...] = ()
    may_hold: bool = False

    @property
    def held(self) -> bool:
        """Whether the fingers hold something after lifting."""
        return self.error is None

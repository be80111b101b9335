"""What is asked with one command, and what comes of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace

from ..grasp.error_code import ErrorCode
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Grasp
from ..grasp.verdict import Verdict, ranked_by_verdicts
from ..language.answer import Answer
from ..language.prompt import Turn


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """What the user asks for; the fields are those of `srv/GraspCommand`."""

    command: str
    dialogue_id: str = ""
    max_candidates: int = 1
    execute: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A grasp in space with the model's reason for it."""

    grasp: Grasp
    reasoning: str


@dataclass(frozen=True, slots=True)
class Execution:
    """How the executor ended.

    Attributes:
        error_code: `ErrorCode.OK` where the pick sequence went through.
        error_message: one sentence where it did not.
        held: whether the fingers hold something.
        executed: whether the arm was moved.
        stages_s: seconds spent in each stage, in order.
    """

    error_code: ErrorCode
    error_message: str
    held: bool
    executed: bool
    stages_s: dict[str, float]


@dataclass(slots=True, eq=False)
class CommandOutcome:
    """What is known about a command; filled in while it is carried out.

    Attributes:
        command: the command, tidied once it passed its check.
        error_code: how it ended.
        error_message: one sentence where `error_code` is not OK.
        reasoning: the model's, for the best grasp or for a refusal.
        frame: the picture that was used; None where it did not come to that.
        candidates: best first, rejected ones last.
        found: the candidates as they were before the arm was asked.
        verdicts: what the arm's check says of them, best first; empty where it was not asked.
        dialogue_id: to go on with; empty where the request was refused.
        history: the turns of the dialogue before this one, oldest first.
        executed: whether the arm was moved.
        held: whether the fingers hold something.
        stages_s: seconds spent in each stage, in order; in both looks where there was a second.
        answer: what later turns of the dialogue build on; None where it came to none.
    """

    command: str
    error_code: ErrorCode = ErrorCode.OK
    error_message: str = ""
    reasoning: str = ""
    frame: RgbdFrame | None = None
    candidates: list[Candidate] = field(default_factory=list)
    found: tuple[Candidate, ...] = ()
    verdicts: list[Verdict] = field(default_factory=list)
    dialogue_id: str = ""
    history: tuple[Turn, ...] = ()
    executed: bool = False
    held: bool = False
    stages_s: dict[str, float] = field(default_factory=dict)
    answer: Answer | None = None

    def restore(self, before: CommandOutcome) -> None:
        """Take all but the seconds from how it was before."""
        for one in fields(before):
            if one.name != "stages_s":
                setattr(self, one.name, getattr(before, one.name))

    def fail(self, code: ErrorCode, message: str) -> None:
        """Note how it ended."""
        self.error_code, self.error_message = code, message

    def judge(self, candidates: Sequence[Candidate], verdicts: Sequence[Verdict]) -> None:
        """Take the arm's verdicts into account.

        Args:
            candidates: as they were before the arm was asked.
            verdicts: they count as these candidates stood.
        """
        after = ranked_by_verdicts([candidate.grasp for candidate in candidates], verdicts)
        place = {before: now for now, (before, _) in enumerate(after)}
        self.candidates = [Candidate(grasp, candidates[i].reasoning) for i, grasp in after]
        self.verdicts = [
            replace(verdict, grasp_index=place[verdict.grasp_index]) for verdict in verdicts
        ]
        self.reasoning = self.candidates[0].reasoning

    def keep(self, count: int) -> None:
        """Leave out all candidates but the first ones, and the verdicts of others."""
        self.candidates = self.candidates[:count]
        self.verdicts = [one for one in self.verdicts if one.grasp_index < count]

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure the time spent in the block, also where it fails."""
        start_s = time.monotonic()
        try:
            yield
        finally:
            self.add_time(name, time.monotonic() - start_s)

    def add_time(self, name: str, duration_s: float) -> None:
        """Count seconds towards a stage."""
        self.stages_s[name] = self.stages_s.get(name, 0.0) + duration_s

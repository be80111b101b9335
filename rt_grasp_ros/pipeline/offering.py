"""Which grasps the arm is offered: those that were asked for, then others that were found as well.

What the arm can't go to it rejects before it moves. So where it can go to none of the grasps that
are to be returned, it is offered further ones: at other places and angles of the thing, then the
same with the hand leaning, which keeps forearm and hand off what stands beside the thing. That ends
when the arm has checked for `LONGEST_S`, by its own clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from ..grasp.error_code import ErrorCode
from ..grasp.errors import GraspGeometryError
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Gripper
from ..grasp.verdict import Verdict
from .command_outcome import Candidate, CommandOutcome, Execution
from .leaning_grasps import leaning
from .looking import FindTable
from .surroundings import Surroundings

SPARES = 12
"""So many grasps that are found by depth are kept for where the arm can go to none of the best."""

LONGEST_S = 30.0
"""Once the arm has checked and planned for so long, it is offered nothing further."""

_AT_ONCE = 6
_LEANT = 6
_MOST_LEANING = 12
_NOWHERE_TO_GO = frozenset(
    (
        ErrorCode.NO_PLAN,
        ErrorCode.OUT_OF_REACH,
        ErrorCode.OUTSIDE_WORKSPACE,
        ErrorCode.OPENING_TOO_WIDE,
    )
)


def offer(
    frame: RgbdFrame,
    outcome: CommandOutcome,
    others: Callable[[], list[Candidate]],
    surroundings: Surroundings,
    require_wanted: Callable[[], None],
) -> Execution:
    """Let the arm carry out the candidates, or others; return how that ended.

    The outcome has as many candidates afterwards, those that the arm can go to first, and the
    verdicts of these. They are shown again whenever the arm has rejected some.

    Args:
        frame: that they were found in.
        outcome: with candidates, best first.
        others: finds further ones, best first; asked where they are needed alone.
        surroundings: show and execute.
        require_wanted: asked before anything further is offered; raises `Cancelled`.
    """
    count = len(outcome.candidates)
    offers = _Offers(frame, outcome, surroundings, count)
    execution = offers.carry_out(outcome.candidates)
    rest: list[Candidate] | None = None
    stages_s = dict(execution.stages_s)
    tried = count
    while not execution.executed and execution.error_code in _NOWHERE_TO_GO:
        rest = others() if rest is None else rest
        if not rest:
            break
        spent_s = sum(stages_s.values())
        if spent_s > LONGEST_S:
            execution = replace(
                execution,
                error_message=f"{execution.error_message.rstrip('.')}; {tried} grasps were tried "
                f"in {spent_s:.0f} s, and {len(rest)} others no more.",
            )
            break
        require_wanted()
        tried += len(rest[:_AT_ONCE])
        following = offers.carry_out(rest[:_AT_ONCE])
        rest = rest[_AT_ONCE:]
        for stage, duration_s in following.stages_s.items():
            stages_s[stage] = stages_s.get(stage, 0.0) + duration_s
        if following.executed or following.error_code not in _NOWHERE_TO_GO:
            execution = following  # else what was said of the best ones stands
    return replace(execution, stages_s=stages_s)


class _Offers:
    """What the arm was offered for one command, and what it said of that."""

    def __init__(
        self, frame: RgbdFrame, outcome: CommandOutcome, surroundings: Surroundings, count: int
    ) -> None:
        self._frame, self._outcome, self._surroundings = frame, outcome, surroundings
        self._count = count
        self._offered: list[Candidate] = []
        self._verdicts: list[Verdict] = []

    def carry_out(self, candidates: Sequence[Candidate]) -> Execution:
        """Offer candidates, executable ones first, beside what was offered before."""
        before, said_before = list(self._offered), list(self._verdicts)
        self._offered = [*before, *candidates]

        def hear(verdicts: Sequence[Verdict]) -> None:
            said = [replace(one, grasp_index=one.grasp_index + len(before)) for one in verdicts]
            self._verdicts = [*said_before, *said]
            self._outcome.judge(self._offered, self._verdicts)
            self._outcome.keep(self._count)
            if any(verdict.is_rejected for verdict in verdicts):
                self._surroundings.show(self._frame, self._outcome)

        self._outcome.candidates = list(candidates)
        return self._surroundings.execute(self._frame, self._outcome, hear)


def other_candidates(
    frame: RgbdFrame,
    best: Sequence[Candidate],
    further: Sequence[Candidate],
    find_table: FindTable,
    gripper: Gripper,
) -> list[Candidate]:
    """Return what the arm may be offered where it can go to none of the best.

    Args:
        frame: that they were found in.
        best: what it was offered.
        further: other grasps that were found, best first.
        find_table: finds the planes that things stand on.
        gripper: its measures.
    """
    free = [one for one in further if one.grasp.is_executable]
    upright = [one for one in (*best, *free) if one.grasp.has_pose][:_LEANT]
    return [
        *free,
        *islice(_leaning(frame, upright, find_table, gripper), _MOST_LEANING),
    ]


def _leaning(
    frame: RgbdFrame, upright: Sequence[Candidate], find_table: FindTable, gripper: Gripper
) -> Iterator[Candidate]:
    if not upright:
        return
    support = find_table()
    try:
        plane = support.under(upright[0].grasp.rectangle, frame.depth_m, frame.intrinsics)
    except GraspGeometryError:
        plane = support.plane
    for index, grasp in leaning([one.grasp for one in upright], frame, plane, gripper):
        yield Candidate(
            grasp,
            f"{upright[index].reasoning} The hand leans, since the arm can't come straight down.",
        )

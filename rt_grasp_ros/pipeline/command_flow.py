"""What happens with one command, from the sentence to the outcome; knows nothing of ROS."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from ..grasp.candidates import ranked_grasps
from ..grasp.error_code import ErrorCode
from ..grasp.errors import Busy, Cancelled, NotActive, RequestInvalid, RtGraspError
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Gripper
from ..grasp.plane import Plane
from ..grasp.support import find_support
from ..grasp.trained_view import TrainedView
from ..language.answer import Answer
from ..language.command import validate_command
from ..language.memory import DialogueMemory
from ..language.prompt import Turn
from ..language.request import Request
from ..language.target import Target
from ..language.yes_no import YesNoQuestion
from ..proposals.proposal import Proposals
from ..proposals.relevance import Relevance
from ..proposals.thing_under import ThingUnder
from .after_grasp import is_about_last_thing
from .caller import Caller
from .checked_words import asked_in_known_words
from .command_outcome import Candidate, CommandOutcome, CommandRequest
from .command_stage import CommandStage
from .look_after_lift import disagreement, held_picture, held_question
from .looking import FindTable, Looked, look
from .named_table import table_by_words
from .offering import SPARES, offer, other_candidates
from .one_job import OneJob
from .pointed import PointedPlaces
from .second_look import checked, is_same_place
from .second_opinion import SecondOpinion
from .second_try import may_try_again, try_again
from .surroundings import Surroundings
from .understanding import obeyed, understood

MAX_CANDIDATES = 16
_FROM_THE_PLANE = "plane"  # how grasps that are found by depth approach, see `lift`

_log = logging.getLogger(__name__)


class CommandFlow:
    """Carries out one command at a time and refuses others meanwhile."""

    def __init__(
        self,
        surroundings: Surroundings,
        gripper: Gripper,
        approach: Callable[[], str],
        dialogues: DialogueMemory,
        trained_view: Callable[[], TrainedView | None] = lambda: None,
        known_table: Callable[[RgbdFrame], Plane | None] = lambda frame: None,
        relevance: Callable[[], Relevance | None] = lambda: None,
        verify: Callable[[], bool] = lambda: False,
        proposals: Proposals | None = None,
        thing_under: Callable[[], ThingUnder | None] = lambda: None,
    ) -> None:
        """Connect the flow to its surroundings.

        Args:
            surroundings: camera, model, publishers and executor.
            gripper: its measures.
            approach: returns the approach that `lift` takes, asked anew for each command.
            dialogues: remembers what was said.
            trained_view: returns how the model was trained to see a table, see `look`.
            known_table: returns where the table is known to be, see `find_support`.
            relevance: returns what knows names on tables that the model was not trained to see.
            verify: returns whether a model that points is shown the grasp once more, see
                `second_look.checked`.
            proposals: finds where the gripper could close on what was told by pointing or words;
                by depth alone where left out.
            thing_under: returns what tells which pixels belong to the thing under a point.
        """
        self._surroundings = surroundings
        self._gripper = gripper
        self._approach = approach
        self._dialogues = dialogues
        self._trained_view = trained_view
        self._known_table = known_table
        self._relevance = relevance
        self._verify = verify
        self._proposals = proposals
        self._thing_under = thing_under
        self._job = OneJob()
        self._caller = Caller()
        self._refusal = NotActive("Commands are not taken at the moment; send this one later.")

    @property
    def is_cancelled(self) -> bool:
        """Whether the command under way is to end, whoever wants that."""
        return self._job.is_halted() or self._caller.has_cancelled()

    @property
    def caller(self) -> Caller:
        """Who asked for the command under way."""
        return self._caller

    @property
    def is_busy(self) -> bool:
        """Whether a command is under way."""
        return self._job.is_running()

    @property
    def is_open(self) -> bool:
        """Whether commands are taken at all."""
        return not self._job.is_closed()

    def cancel(self) -> bool:
        """Let the command under way end as soon as it can; return whether there is one."""
        return self._job.ask_to_halt()

    def open(self) -> None:
        """Take commands, as from the beginning."""
        self._job.open()

    def close(self, refusal: NotActive, timeout_s: float = 0.0) -> bool:
        """Refuse commands from now on, and let the one under way end.

        Args:
            refusal: what others are refused with.
            timeout_s: how long to wait for its end.

        Returns:
            Whether none is under way any more.
        """
        self._refusal = refusal
        return self._job.close(timeout_s)

    def run(self, request: CommandRequest, caller: Caller | None = None) -> CommandOutcome:
        """Carry out a command; every failure is in the outcome, none is raised.

        Args:
            request: what is asked for.
            caller: who asks; None for somebody who waits for the outcome alone.
        """
        outcome = CommandOutcome(command=request.command)
        if not self._job.try_begin():
            refusal = self._refusal if self._job.is_closed() else Busy()
            outcome.fail(refusal.code, refusal.message)
            return outcome
        self._caller = caller or Caller()
        try:
            self._carry_out(request, outcome)
        except RtGraspError as error:
            outcome.fail(error.code, error.message)
        except Exception as error:
            _log.exception("a command ended in an unexpected error")
            outcome.fail(
                ErrorCode.INTERNAL,
                f"The perception node failed with {type(error).__name__} "
                f"('{str(error)[:200]}'); report this with the traceback in its log.",
            )
        finally:
            self._caller = Caller()
            self._job.end()
        return outcome

    @contextmanager
    def _stage(self, outcome: CommandOutcome, stage: CommandStage) -> Iterator[None]:
        """Tell the caller that a stage begins, and measure it."""
        self._caller.on_stage(stage)
        with outcome.stage(stage.name.lower()):
            yield

    def _carry_out(self, request: CommandRequest, outcome: CommandOutcome) -> None:
        outcome.command = validate_command(request.command)
        if not 1 <= request.max_candidates <= MAX_CANDIDATES:
            raise RequestInvalid(
                f"max_candidates is {request.max_candidates}; ask for 1 to {MAX_CANDIDATES}."
            )
        outcome.dialogue_id = self._dialogues.enter(request.dialogue_id)
        outcome.history = self._dialogues.turns(outcome.dialogue_id)
        meant = understood(
            outcome.command, bool(outcome.history), lambda: self._trained_view() is None
        )
        try:
            target = self._find_and_take(request, outcome, meant)
            if may_try_again(outcome):
                try_again(outcome, lambda: self._find_and_take(request, outcome, meant))
        finally:
            if outcome.answer is not None:
                turn = Turn(outcome.command, outcome.answer.to_text())
                self._dialogues.add(outcome.dialogue_id, turn)
        if self._verify() and target is not None:
            self._look_after_lift(outcome, target)

    def _find_and_take(
        self, request: CommandRequest, outcome: CommandOutcome, meant: Request
    ) -> Target | None:
        """Look, find grasps, and carry one out if wanted; return what a model was asked to find."""
        with self._stage(outcome, CommandStage.FRAME):
            frame = outcome.frame = self._surroundings.take_frame()
        self._require_wanted()
        find_table = cache(
            partial(find_support, frame.depth_m, frame.intrinsics, known=self._known_table(frame))
        )
        told = outcome.history if is_about_last_thing(meant) else ()
        look_for = partial(self._look_for, history=told, find_table=find_table)
        spares = SPARES if request.execute else 0
        pointed = PointedPlaces(
            frame,
            partial(look_for, frame),
            self._gripper,
            find_table,
            spares,
            self._proposals,
            self._thing_under,
        )
        with self._stage(outcome, CommandStage.MODEL):
            trained, count = self._trained_view(), request.max_candidates
            named_table = table_by_words(frame, trained, find_table, self._relevance)
            looked = obeyed(
                meant,
                outcome.command,
                frame,
                count,
                partial(pointed.look_for, other_frame=look_for),
                self._gripper,
                find_table,
                named_table,
                outcome.history,
                spares,
                self._proposals,
            )
            if named_table is None:
                second = SecondOpinion(
                    frame,
                    trained,
                    find_table,
                    self._relevance,
                    self._gripper,
                    lambda words: look_for(frame, words, 1, at_things_alone=True),
                    self._proposals,
                )
                looked = second.on(meant, looked, count + spares) or looked
            looked = pointed.off_excluded(looked, meant)
        answers = looked.answers[: request.max_candidates]
        self._require_wanted()
        outcome.reasoning = answers[0].reasoning
        if answers[0].rectangle is None:
            outcome.answer = answers[0]
            self._surroundings.show(frame, outcome)
            raise looked.absence()
        with self._stage(outcome, CommandStage.GEOMETRY):
            outcome.candidates = self._candidates(frame, answers, find_table)
        if self._verify() and answers[0].target is not None:
            with self._stage(outcome, CommandStage.VERIFY):
                self._look_again(outcome, frame, answers[0].target)
        outcome.found = tuple(outcome.candidates)
        outcome.reasoning = outcome.candidates[0].reasoning
        self._take_one_of(frame, outcome, request, looked, pointed, find_table)
        return answers[0].target

    def _take_one_of(
        self,
        frame: RgbdFrame,
        outcome: CommandOutcome,
        request: CommandRequest,
        looked: Looked,
        pointed: PointedPlaces,
        find_table: FindTable,
    ) -> None:
        """Show what was found, let the arm carry it out where asked to, and remember the grasp."""
        try:
            further = [
                Candidate(one.grasp, one.reasoning)
                for one in looked.answers[request.max_candidates :]
                if one.grasp is not None
                and pointed.are_of_one_thing(one.grasp, outcome.found[0].grasp)
            ]
            others = partial(self._others, frame, outcome.found, further, find_table)
            self._show_and_execute(frame, outcome, request.execute, others)
        finally:
            best = outcome.candidates[0].grasp
            outcome.answer = Answer(outcome.reasoning, best.rectangle, best.score)

    def _look_for(
        self,
        frame: RgbdFrame,
        words: str,
        count: int,
        at_things_alone: bool = False,
        *,
        history: Sequence[Turn],
        find_table: FindTable,
    ) -> Looked:
        """Ask the model about a frame, as it was trained to see one."""
        self._require_wanted()
        trained = self._trained_view()

        def ask(asked: str) -> Looked:
            return look(
                frame,
                trained,
                history,
                lambda rgb, turns: self._surroundings.ask_model(rgb, asked, count, turns),
                find_table,
                at_things_alone=at_things_alone,
            )

        return ask(words) if trained is None else asked_in_known_words(words, ask)

    def _look_again(self, outcome: CommandOutcome, frame: RgbdFrame, target: Target) -> None:
        """Reject the candidates that the model does not confirm when it is shown them."""

        def ask(image_rgb: NDArray[np.uint8], question: YesNoQuestion) -> str:
            self._require_wanted()
            return self._surroundings.ask_model(image_rgb, question, 1, ())[0].reasoning

        before = outcome.candidates
        after = checked(frame.rgb, [candidate.grasp for candidate in before], target, ask)
        outcome.candidates = sorted(
            (replace(one, grasp=grasp) for one, grasp in zip(before, after, strict=True)),
            key=lambda one: not one.grasp.is_executable,
        )

    def _look_after_lift(self, outcome: CommandOutcome, target: Target) -> None:
        """Ask the model whether the thing is in the gripper; say so where the fingers disagree.

        The pick is over, so whatever fails here does not change how it ended.
        """
        if not outcome.executed or outcome.error_code not in (ErrorCode.OK, ErrorCode.NOT_HELD):
            return
        try:
            with self._stage(outcome, CommandStage.LOOK_AFTER_LIFT):
                picture = held_picture(self._surroundings.take_frame().rgb)
                self._require_wanted()
                (answer,) = self._surroundings.ask_model(picture, held_question(target), 1, ())
        except RtGraspError as error:
            _log.warning("the look after the lift failed: %s", error.message)
            return
        doubt = disagreement(target, outcome.held, answer.reasoning)
        outcome.reasoning = f"{outcome.reasoning} {doubt}".strip()

    def _require_wanted(self) -> None:
        """Go no further once the command is cancelled; whoever had the last word was too late.

        Raises:
            Cancelled: it is.
        """
        if self.is_cancelled:
            raise Cancelled

    def _show_and_execute(
        self,
        frame: RgbdFrame,
        outcome: CommandOutcome,
        execute: bool,
        others: Callable[[], list[Candidate]],
    ) -> None:
        """Publish the candidates; where asked to, let the arm check and carry them out."""
        with self._stage(outcome, CommandStage.SHOW):
            self._surroundings.show(frame, outcome)
        best = outcome.candidates[0].grasp
        if not best.is_executable:
            outcome.fail(best.rejected_code, best.rejected_reason)
            return
        self._require_wanted()
        if execute:
            with self._stage(outcome, CommandStage.EXECUTION):
                execution = offer(frame, outcome, others, self._surroundings, self._require_wanted)
            outcome.fail(execution.error_code, execution.error_message)
            outcome.executed, outcome.held = execution.executed, execution.held
            for name, duration_s in execution.stages_s.items():
                outcome.add_time(f"execution/{name}", duration_s)

    def _others(
        self,
        frame: RgbdFrame,
        best: Sequence[Candidate],
        further: Sequence[Candidate],
        find_table: FindTable,
    ) -> list[Candidate]:
        """Return what else the arm may take of what was found, see `other_candidates`."""
        if self._approach() != _FROM_THE_PLANE:
            return []
        if self._verify():
            further = [one for one in further if is_same_place(one.grasp, best[0].grasp)]
            best = [one for one in best if one.grasp.is_executable]
        return other_candidates(frame, best, further, find_table, self._gripper)

    def _candidates(
        self, frame: RgbdFrame, answers: list[Answer], find_table: FindTable
    ) -> list[Candidate]:
        """Bring the answers that name a rectangle into space, best first."""
        found = [(a.rectangle, a) for a in answers if a.rectangle is not None]
        in_space = [answer.grasp for _, answer in found if answer.grasp is not None]
        if len(in_space) == len(found) and self._approach() == _FROM_THE_PLANE:
            order = sorted(in_space, key=lambda grasp: (not grasp.is_executable, -grasp.score))
            said = {id(answer.grasp): answer.reasoning for _, answer in found}
            return [Candidate(grasp, said[id(grasp)]) for grasp in order]
        ranked = ranked_grasps(
            [rectangle for rectangle, _ in found],
            [answer.score for _, answer in found],
            frame.depth_m,
            frame.intrinsics,
            self._gripper,
            find_table(),
            approach=self._approach(),
            is_robot=frame.is_robot,
        )
        return [Candidate(grasp, found[index][1].reasoning) for index, grasp in ranked]

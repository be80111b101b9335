"""A model on a server that points: it says what and where, the grasp is found there by depth."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from ...grasp.errors import AnswerGarbled, CommandUnclear
from ...grasp.pointed import Pointed
from ...grasp.rectangle import GraspRectangle
from ...language.answer import Answer, parse_answer
from ...language.grounding import describe_closing, describe_place
from ...language.prompt import Turn
from ...language.refinement import apply
from ...language.target import Step, Target, next_step
from ...language.thinking import split_thinking
from ...language.yes_no import YesNoQuestion
from ..engine import EngineSettings, IsCancelled, OnText
from ..family import said_by
from ..openai_backend.server_session import ServerSession
from .pointing_family import PointingFamily
from .server_measure import ServerMeasure, measure_server

_log = logging.getLogger(__name__)


class PointingEngine:
    """Answers commands with places (`Answer.places`), and follow-ups that only change a grasp."""

    def __init__(self, settings: EngineSettings, family: PointingFamily) -> None:
        """Find out which model the server runs, and measure where it points.

        Args:
            settings: name the server, and the family for messages.
            family: how the model is asked, and what its numbers mean.

        Raises:
            PointingOff: it points elsewhere than at what is asked for, or in another unit.
            RequestInvalid: the settings don't say where the server is, or which of its models.
            ServerRefused: the server turns the request down.
            ServerUnavailable: it can't be reached.
        """
        self._family = family
        self.verifies = settings.verify
        self._session = ServerSession(settings, family.max_new_tokens)
        self.name = self._session.name
        self.measure: ServerMeasure = measure_server(
            settings.family, family, self._session.server.url, self._ask
        )
        _log.info("%s", self.measure)

    @property
    def note(self) -> str:
        """What was measured of the server, in a sentence."""
        return str(self.measure)

    def answer(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int = 1,
        on_text: OnText | None = None,
        history: Sequence[Turn] = (),
        is_cancelled: IsCancelled | None = None,
    ) -> list[Answer]:
        """Answer one command, see `GraspEngine.answer`; always one answer, with all places.

        Raises:
            CommandUnclear: a follow-up is not understood.
            AnswerCutOff, AnswerWithheld: the server's answer has no end, or no words.
            ModelTimeout: the server takes too long.
            ServerRefused: the server turns the request down.
            ServerUnavailable: it can't be reached, is overloaded or talks nonsense.
        """
        if isinstance(command, YesNoQuestion):
            text, score = self._ask(image_rgb, command, None, is_cancelled)
            thinking, words = split_thinking(text)
            return [Answer(words or thinking, None, score)]
        height_px, width_px = image_rgb.shape[:2]
        last = last_grasp(history, width_px, height_px)
        step = step_of(command, history)
        if step.refinement is not None and last is not None:
            changed = apply(step.refinement, last)
            reasoning = (
                f"I {step.refinement.does}; it now lies {describe_place(changed)} and closes "
                f"{describe_closing(changed)}."
            )
            if on_text is not None:
                on_text(reasoning)
            return [Answer(reasoning, changed, 1.0)]
        if step.target is None:
            raise CommandUnclear(command)
        text, score = self._ask(
            self._family.picture(image_rgb),
            self._family.question(step.target),
            on_text,
            is_cancelled,
        )
        pointing = self._family.read(text, width_px, height_px)
        places = pointing.places
        if step.is_another and last is not None:
            places = without_nearest(places, last)
        return [self._answer(step.target, pointing.words, places, (width_px, height_px), score)]

    def _answer(
        self,
        target: Target,
        words: str,
        places: tuple[Pointed, ...],
        size_px: tuple[int, int],
        score: float,
    ) -> Answer:
        if not places:
            return Answer(
                words or f"The model sees no {target.phrase}.",
                None,
                score,
                target=target,
                places=(),
            )
        rectangle = places[0].provisional(*size_px)
        return Answer(words, rectangle, score, target=target, places=places)

    def _ask(
        self,
        sent_rgb: NDArray[np.uint8],
        question: str,
        on_text: OnText | None = None,
        is_cancelled: IsCancelled | None = None,
    ) -> tuple[str, float]:
        """Put one question about a picture; return the text and the probability per token."""
        message = said_by("user", str(question))
        message["content"].insert(0, self._session.picture(sent_rgb))
        completion = self._session.likeliest([message], on_text, is_cancelled)
        return completion.whole, completion.score


def step_of(command: str, history: Sequence[Turn]) -> Step:
    """Return what a command comes to after the turns of its dialogue.

    Raises:
        CommandUnclear: it is not understood.
    """

    def follow(last: Step | None, words: str) -> Step | None:
        return next_step(words, last) or last

    before = reduce(follow, (turn.command for turn in history), None)
    if before is not None:
        before = replace(before, refinement=None, is_another=False)
    step = next_step(command, before)
    if step is None:
        raise CommandUnclear(command)
    return step


def last_grasp(
    history: Sequence[Turn], image_width_px: int, image_height_px: int
) -> GraspRectangle | None:
    """Return the grasp that was answered last; None where there was none."""
    for turn in reversed(history):
        try:
            rectangle = parse_answer(turn.answer, image_width_px, image_height_px).rectangle
        except AnswerGarbled:
            continue
        if rectangle is not None:
            return rectangle
    return None


def without_nearest(places: tuple[Pointed, ...], last: GraspRectangle) -> tuple[Pointed, ...]:
    """Return the places but for the one that the last grasp was at."""

    def away_px(place: Pointed) -> float:
        if place.box_px is None:
            return float(np.hypot(place.x_px - last.x_px, place.y_px - last.y_px))
        left, top, right, bottom = place.box_px
        beside = np.maximum(
            [left - last.x_px, top - last.y_px], [last.x_px - right, last.y_px - bottom]
        )
        return float(np.hypot(*np.maximum(beside, 0.0)))

    nearest = min(places, key=away_px, default=None)
    return tuple(place for place in places if place is not nearest)

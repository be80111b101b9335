"""Commands about recorded pictures, answered one after the other and judged by the labels."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from ..data.grasp_picture import GraspPicture
from ..grasp.errors import AnswerGarbled, DataInvalid
from ..grasp.rectangle import GraspRectangle
from ..language.grounding import Grounding, check_grounding
from ..metrics.rectangle_metric import RectangleVerdict, judge_rectangle
from .predictor import Predictor

COMMAND_KINDS = ("name", "color", "shape", "purpose", "part")


class Outcome(Enum):
    """What kind of answer was given."""

    GRASP = "grasp"
    REFUSED = "refused"
    """The object is not there, it says; the labels say it is."""
    GARBLED = "garbled"
    """Neither a grasp nor a refusal could be read from it."""


@dataclass(frozen=True, slots=True)
class PictureTrial:
    """One command about one picture and what came of it.

    Attributes:
        picture: with its labels.
        command: what was asked.
        outcome: what kind of answer was given; only `GRASP` can hit.
        text: the reasoning, or all that was written where it could not be read.
        rectangle: the predicted grasp, None without one.
        verdict: what the labels say of it, None without a grasp.
        grounding: whether text and numbers agree, None without a grasp.
        seconds: from the command to the answer, on the clock on the wall.
    """

    picture: GraspPicture
    command: str
    outcome: Outcome
    text: str
    rectangle: GraspRectangle | None
    verdict: RectangleVerdict | None
    grounding: Grounding | None
    seconds: float

    @property
    def is_hit(self) -> bool:
        """Whether it hits with its own width."""
        return self.verdict is not None and self.verdict.own_width


def command_of(picture: GraspPicture, kind: str) -> str | None:
    """Return what is asked of a picture, or None where its data set does not say.

    Every picture can be asked for by name: data sets without sentences give at least a name, and
    where there is none, the command is for "the object".

    Args:
        picture: of any data set.
        kind: one of `COMMAND_KINDS`; a picture has one by part only as `labelled` returns it.
    """
    given = picture.instructions.get(kind)
    if given or kind != "name":
        return given or None
    return f"Grasp the {picture.object_name or 'object'}."


def labelled(pictures: Sequence[GraspPicture], command_kind: str) -> list[GraspPicture]:
    """Return the pictures with labels, which alone can be judged.

    Commands by part make several pictures of one: for each part that a sentence names, the
    picture with that sentence, and with that part's labels alone.

    Args:
        pictures: of one data set.
        command_kind: one of `COMMAND_KINDS`.

    Raises:
        DataInvalid: none has labels, or one of them has no command of that kind.
    """
    judged = [picture for picture in pictures if picture.rectangles]
    if not judged:
        raise DataInvalid("None of the pictures carries labels; give a labelled split.")
    if command_kind == "part":
        judged = [of_part for picture in judged for of_part in _by_part(picture)] or judged
    for picture in judged:
        if command_of(picture, command_kind) is None:
            raise DataInvalid(
                f"'{picture.image_path.name}' has no command by {command_kind}; choose another "
                "kind with --commands."
            )
    return judged


def _by_part(picture: GraspPicture) -> list[GraspPicture]:
    """Return the picture once for each sentence that names a part, with that part's labels."""
    labels_of: dict[str, list[GraspRectangle]] = {}
    for sentence, label in zip(picture.part_instructions, picture.rectangles, strict=False):
        if sentence:
            labels_of.setdefault(sentence, []).append(label)
    return [
        replace(picture, rectangles=tuple(labels), instructions={"part": sentence})
        for sentence, labels in labels_of.items()
    ]


def run_trials(
    pictures: Sequence[GraspPicture], command_kind: str, predictor: Predictor
) -> Iterator[PictureTrial]:
    """Put each picture's command to a predictor, and judge each answer as it comes.

    Args:
        pictures: as `labelled` returns them.
        command_kind: which of the pictures' commands.
        predictor: answers.
    """
    for picture in pictures:
        yield _run_trial(picture, command_of(picture, command_kind) or "", predictor)


def _run_trial(picture: GraspPicture, command: str, predictor: Predictor) -> PictureTrial:
    rectangle, verdict, grounding = None, None, None
    start_s = time.perf_counter()
    try:
        answer = predictor.predict(picture, command)
    except AnswerGarbled as error:
        outcome, text = Outcome.GARBLED, error.answer
    else:
        rectangle, text = answer.rectangle, answer.reasoning
        outcome = Outcome.REFUSED if rectangle is None else Outcome.GRASP
    seconds = time.perf_counter() - start_s
    if rectangle is not None:
        verdict = judge_rectangle(rectangle, picture.rectangles)
        grounding = check_grounding(text, rectangle)
    return PictureTrial(picture, command, outcome, text, rectangle, verdict, grounding, seconds)

"""What the model says: reasoning, then a grasp, or that the object is not there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..grasp.errors import AnswerGarbled
from ..grasp.grasp import Grasp
from ..grasp.pointed import Pointed
from ..grasp.rectangle import GraspRectangle
from .codec import GraspNumbers
from .target import Target
from .thinking import split_thinking

NO_GRASP = "No grasp."

_GUESS = re.compile(r"(?:I do not know that word|That word is new to me)\b.*?\bit is [^.]*\.", re.I)
"""How answers begin that show a thing, but do not say that it is what was asked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the model.

    Attributes:
        reasoning: the sentences before the numbers.
        rectangle: the grasp in pixels of the picture that was asked about; None where the model
            says that the object is not there, or that it does not know the word.
        score: the model's own probability of its words and numbers, per token, in 0..1.
        places: all that a model that points has pointed at, its first choice first; the rectangle
            then only shows the first of them. None where the model names grasps itself.
        target: what such a model was asked for; None for others.
        grasp: in space, where it was found by depth, at such a place or on what words name; the
            rectangle is its own.
    """

    reasoning: str
    rectangle: GraspRectangle | None
    score: float
    places: tuple[Pointed, ...] | None = None
    target: Target | None = None
    grasp: Grasp | None = None

    def to_text(self) -> str:
        """Write it as the model does: what a later turn of the dialogue builds on."""
        if self.rectangle is None:
            return f"{self.reasoning} {NO_GRASP}"
        return f"{self.reasoning} {GraspNumbers.from_rectangle(self.rectangle).to_text()}"


def parse_answer(
    text: str, image_width_px: int, image_height_px: int, score: float = 1.0
) -> Answer:
    """Read an answer.

    Where the model says that it does not know the word, the thing that it shows is a guess, and no
    grasp: whoever asked may mean it by its colour or shape. Numbers that stand in the thoughts of a
    model that thinks (`<think>`) are no answer.

    Args:
        text: what the model wrote.
        image_width_px: width of the picture that was asked about.
        image_height_px: height of that picture.
        score: see `Answer`.

    Raises:
        AnswerGarbled: neither a grasp nor a refusal can be read from it.
    """
    thinking, said = split_thinking(text)
    if said.endswith(NO_GRASP):
        return Answer(_joined(thinking, said.removesuffix(NO_GRASP)), None, score)
    found = GraspNumbers.find_in(said)
    if found is None:
        raise AnswerGarbled(text)
    reasoning, numbers = found
    guess = _GUESS.match(reasoning)
    if guess is not None:
        return Answer(guess[0], None, score)
    try:
        rectangle = numbers.to_rectangle(image_width_px, image_height_px)
    except ValueError as error:
        raise AnswerGarbled(text) from error
    return Answer(_joined(thinking, reasoning), rectangle, score)


def _joined(*parts: str) -> str:
    return " ".join(part for part in map(str.strip, parts) if part)

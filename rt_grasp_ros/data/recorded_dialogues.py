"""Commands and grounded answers for a recorded picture, which shows one thing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..grasp.rectangle import GraspRectangle
from ..language.codec import GraspNumbers
from ..language.grounding import describe_closing, describe_place
from ..language.vocabulary import Vocabulary
from .choice import pick
from .dialogues import Dialogue
from .rewording import reword

NAME_SHARE = 0.4

_KINDS = ("name", "color", "shape", "purpose")
_OPENINGS = ("grasp the ", "grsap the ", "grasp ")


def draw_recorded_dialogue(
    instructions: Mapping[str, str],
    rectangle: GraspRectangle,
    vocabulary: Vocabulary,
    rng: np.random.Generator,
) -> Dialogue:
    """Draw a command from those of the data set, and answer with a labelled grasp.

    Args:
        instructions: commands by kind, see `GraspPicture`.
        rectangle: the grasp to answer with.
        vocabulary: the words.
        rng: chance.
    """
    kinds = [kind for kind in _KINDS if instructions.get(kind)]
    kind = "name" if rng.random() < NAME_SHARE and "name" in kinds else pick(kinds, rng)
    sentence = instructions[kind].strip().rstrip(".").lower()
    called = next(
        (sentence.removeprefix(words) for words in _OPENINGS if sentence.startswith(words)), "thing"
    )
    if kind == "name" and rng.random() < 0.5 and called != "thing":
        sentence = pick(vocabulary.whole_commands, rng).format(o=called)
    reasoning = pick(vocabulary.recorded_answers, rng).format(
        called=called if kind in ("name", "color") else "object",
        place=describe_place(rectangle),
        closing=describe_closing(rectangle),
    )
    answer = f"{reasoning} {GraspNumbers.from_rectangle(rectangle).to_text()}"
    return Dialogue(reword(sentence, rng), answer, rectangle, None)

"""The embedded model is asked in words that it knows, and what it says is checked.

The name in its answer is held against the command, the place against the numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..language.answer import Answer
from ..language.grounding import grounded
from ..language.known_uses import objects_for
from ..language.named_object import names_another
from ..language.parse_request import parse_request
from .looking import Looked
from .telling import told_absent


def asked_in_known_words(words: str, ask: Callable[[str], Looked]) -> Looked:
    """Return the answers to a plain command, see `checked`.

    Where it says what the thing is for and objects of the vocabulary serve that, they are asked for
    by name: of names the model is surer than of uses.

    Args:
        words: the command.
        ask: asks a model that was trained on the words of `vocabulary.yaml`.
    """
    request = parse_request(words)
    named = [f"grasp the {name}" for name in objects_for(request.purpose)]
    looked: Looked | None = None
    for asked in [f"{one} by its {request.part}" if request.part else one for one in named]:
        looked = checked(ask(asked), asked)
        if looked.answers[0].rectangle is not None:
            return looked
    return looked or checked(ask(words), words)


def checked(looked: Looked, words: str) -> Looked:
    """Return answers that name what a plain command does, and state the place that they take.

    A model of few words takes what sounds alike for what was said, the apple for the pineapple: an
    answer that names another object is left out. A place or a closing direction that is not the
    rectangle's is put right.

    Args:
        looked: what a model says that was trained on the words of `vocabulary.yaml`.
        words: the command.
    """
    request = parse_request(words)
    kept = [
        _grounded(answer)
        for answer in looked.answers
        if answer.rectangle is None or not names_another(request.noun, answer.reasoning)
    ]
    return replace(looked, answers=kept or [told_absent(request)])


def _grounded(answer: Answer) -> Answer:
    if answer.rectangle is None:
        return answer
    return replace(answer, reasoning=grounded(answer.reasoning, answer.rectangle))

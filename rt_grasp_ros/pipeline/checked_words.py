"""What the embedded model says is checked: the name by the command, the place by the numbers."""

from __future__ import annotations

from dataclasses import replace

from ..language.answer import Answer
from ..language.grounding import grounded
from ..language.named_object import names_another
from ..language.parse_request import parse_request
from .looking import Looked
from .telling import told_absent


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

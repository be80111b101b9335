"""The three ways of answering that the paper compares."""

from __future__ import annotations

import re
from enum import StrEnum

from ...language.answer import NO_GRASP
from ...language.codec import GraspNumbers

_NAMES = re.compile(r"(?:x|y|theta|w) (?=0\.)")
_BARE = re.compile(r"^" + r"\s+".join([r"(0\.\d{3})"] * 4) + r"$")


class AnswerFormat(StrEnum):
    """What an answer consists of."""

    NUMBERS = "numbers"
    """`0.532 0.417 0.250 0.180`"""
    LABELLED = "labelled"
    """`x 0.532 y 0.417 theta 0.250 w 0.180`"""
    REASONING = "reasoning"
    """Sentences, then the labelled numbers: what this package uses everywhere else."""

    def write(self, answer: str) -> str:
        """Bring an answer with reasoning and labelled numbers, or a refusal, into this format.

        Raises:
            ValueError: it is neither.
        """
        if self is AnswerFormat.REASONING:
            return answer
        if answer.endswith(NO_GRASP):
            return NO_GRASP
        found = GraspNumbers.find_in(answer)
        if found is None:
            raise ValueError(f"an answer without numbers: '{answer}'")
        tail = found[1].to_text()
        return tail if self is AnswerFormat.LABELLED else _NAMES.sub("", tail)

    def read(self, text: str) -> str:
        """Bring what a model wrote in this format into one that `parse_answer` reads.

        Text that is not in this format is returned as it is.
        """
        bare = _BARE.match(text.strip())
        if self is not AnswerFormat.NUMBERS or bare is None:
            return text
        x, y, theta, w = bare.groups()
        return f"x {x} y {y} theta {theta} w {w}"

"""Answers as they are phrased, without a picture: what the templates make of the vocabulary."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import cycle, product

from ..grasp.rectangle import GraspRectangle
from .answer import NO_GRASP
from .grounding import describe_closing, describe_place
from .vocabulary import Vocabulary

_SIDE_PX = 300


def known_phrasings(vocabulary: Vocabulary) -> Iterator[str]:
    """Yield every template filled in for every part, without the numbers.

    Places and closing directions take turns; each comes with many parts, not with all.

    Args:
        vocabulary: the words and templates.
    """
    middles = (_SIDE_PX / 6, _SIDE_PX / 2, _SIDE_PX * 5 / 6)
    rectangles = cycle(
        GraspRectangle(x_px, y_px, eighth * math.pi / 4, 30.0, 15.0, _SIDE_PX, _SIDE_PX)
        for eighth, x_px, y_px in product(range(4), middles, middles)
    )
    for words in vocabulary.objects.values():
        name = words.names[0]
        for part, template in product(words.parts.values(), vocabulary.grasp_answers):
            rectangle = next(rectangles)
            yield template.format(
                object=name,
                place=describe_place(rectangle),
                shape=words.shape,
                take=part.take,
                closing=describe_closing(rectangle),
            )
        for template in vocabulary.absent_answers:
            yield f"{template.format(object=name)} {NO_GRASP}"
    for template in vocabulary.unknown_absent_answers:
        yield f"{template} {NO_GRASP}"
    of_nameless = (*vocabulary.nameless_answers, *vocabulary.unknown_noun_answers)
    for nameless, template in product(vocabulary.nameless.values(), of_nameless):
        rectangle = next(rectangles)
        yield template.format(
            object="thing",
            place=describe_place(rectangle),
            shape=nameless.shape,
            closing=describe_closing(rectangle),
        )

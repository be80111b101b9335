"""Commands and grounded answers for a labelled picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..language.answer import NO_GRASP
from ..language.codec import GraspNumbers
from ..language.grounding import describe_closing, describe_place
from ..language.vocabulary import Vocabulary
from .labels import LabelledPart

ABSENT_SHARE = 0.3
KNOWN_ABSENT_SHARE = 0.75
PART_SHARE = 0.5
COLOUR_SHARE = 0.25
MIN_VISIBLE_FRACTION = 0.4


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One command about a picture and the answer to learn.

    Attributes:
        command: what is asked.
        answer: reasoning and numbers, or a refusal.
        part: the label that the answer is written from; None where the object is absent.
    """

    command: str
    answer: str
    part: LabelledPart | None


def write_answer(part: LabelledPart, vocabulary: Vocabulary, template: str) -> str:
    """Fill an answer's template from a label, and append the numbers."""
    words = vocabulary.objects[part.object_name]
    name = words.names[0]
    reasoning = template.format(
        object=f"{part.colour_name} {name}" if part.colour_name else name,
        place=describe_place(part.rectangle),
        shape=words.shape,
        take=words.parts[part.part_name].take,
        closing=describe_closing(part.rectangle),
    )
    return f"{reasoning} {GraspNumbers.from_rectangle(part.rectangle).to_text()}"


def draw_dialogue(
    parts: Sequence[LabelledPart], vocabulary: Vocabulary, rng: np.random.Generator
) -> Dialogue:
    """Draw a command about a picture and its answer.

    Some ask for what is not there: most of those for an object that the model knows, the others
    for a thing it never saw.
    """
    graspable = [part for part in parts if part.visible_fraction >= MIN_VISIBLE_FRACTION]
    if not graspable or rng.random() < ABSENT_SHARE:
        return _absent_dialogue(parts, vocabulary, rng)
    names = sorted({part.object_name for part in graspable})
    name = names[rng.integers(len(names))]
    own = [part for part in graspable if part.object_name == name]
    words = vocabulary.objects[name]
    by_part = rng.random() < PART_SHARE
    defaults = [part for part in own if part.is_default]
    part = own[rng.integers(len(own))] if by_part or not defaults else defaults[0]
    called = words.names[0] if rng.random() < 0.6 else _pick(words.names, rng)
    if part.colour_name and rng.random() < COLOUR_SHARE:
        called = f"{part.colour_name} {called}"
    if part in defaults and not by_part:
        command = _pick(vocabulary.whole_commands, rng).format(o=called)
    else:
        part_name = _pick(words.parts[part.part_name].names, rng)
        command = _pick(vocabulary.part_commands, rng).format(o=called, p=part_name)
    answer = write_answer(part, vocabulary, _pick(vocabulary.grasp_answers, rng))
    return Dialogue(command, answer, part)


def _absent_dialogue(
    parts: Sequence[LabelledPart], vocabulary: Vocabulary, rng: np.random.Generator
) -> Dialogue:
    present = {part.object_name for part in parts}
    absent = [name for name in vocabulary.objects if name not in present]
    if rng.random() < KNOWN_ABSENT_SHARE:
        words = vocabulary.objects[_pick(absent, rng)]
        called = _pick(words.names, rng)
        part_names = [name for part in words.parts.values() for name in part.names]
    else:
        called, part_names = _pick(vocabulary.absent_nouns, rng), ["handle", "middle", "end", "top"]
    if rng.random() < 0.25:
        called = f"{_pick(vocabulary.colours, rng)} {called}"
    if rng.random() < 0.3:
        command = _pick(vocabulary.part_commands, rng).format(o=called, p=_pick(part_names, rng))
    else:
        command = _pick(vocabulary.whole_commands, rng).format(o=called)
    reasoning = _pick(vocabulary.absent_answers, rng).format(object=called)
    return Dialogue(command, f"{reasoning} {NO_GRASP}", None)


def _pick(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]

"""Commands and grounded answers for a simulated picture, whose parts are all labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np

from ..grasp.rectangle import GraspRectangle
from ..language.answer import NO_GRASP
from ..language.codec import GraspNumbers
from ..language.grounding import describe_closing, describe_place
from ..language.prompt import Turn
from ..language.vocabulary import Vocabulary
from .choice import pick
from .labels import LabelledPart
from .rewording import reword, with_article
from .unknown_nouns import draw_unknown_noun

ABSENT_SHARE = 0.3
KNOWN_ABSENT_SHARE = 0.5
ABSENT_COLOUR_SHARE = 0.1
PART_SHARE = 0.45
DESCRIBED_SHARE = 0.35
DESCRIPTION_WEIGHTS = {"colour": 0.4, "shape": 0.35, "purpose": 0.25}
COLOUR_SHARE = 0.25
MIN_VISIBLE_FRACTION = 0.4


class Sought(Enum):
    """What a command gives to look for in the picture."""

    PART = "the part's object, by name or use, or whatever has no name"
    COLOUR = "the object's colour alone"
    LOOKS = "how the object looks alone"


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One command about a picture and the answer to learn.

    Attributes:
        command: what is asked.
        answer: reasoning and numbers, or a refusal.
        rectangle: the grasp that the answer gives; None in a refusal.
        part: the label that the answer is written from; None where the object is absent, where
            the picture has no part labels, and where the grasp follows from the earlier answer.
        history: earlier turns.
        sought: what the command gives to look for.
    """

    command: str
    answer: str
    rectangle: GraspRectangle | None
    part: LabelledPart | None
    history: tuple[Turn, ...] = field(default=())
    sought: Sought = Sought.PART

    @property
    def is_recalled(self) -> bool:
        """Whether the grasp follows from the earlier answer, not from the picture."""
        return bool(self.history) and self.part is None and self.rectangle is not None


def write_answer(part: LabelledPart, vocabulary: Vocabulary, template: str) -> str:
    """Fill an answer's template from a label, and append the numbers."""
    words = vocabulary.objects[part.object_name]
    name = words.names[0]
    return _fill(
        template,
        part,
        object=f"{part.colour_name} {name}" if part.colour_name else name,
        shape=words.shape,
        take=words.parts[part.part_name].take,
    )


def _fill(template: str, part: LabelledPart, **words: str) -> str:
    reasoning = template.format(
        place=describe_place(part.rectangle), closing=describe_closing(part.rectangle), **words
    )
    return f"{reasoning} {GraspNumbers.from_rectangle(part.rectangle).to_text()}"


def draw_dialogue(
    parts: Sequence[LabelledPart], vocabulary: Vocabulary, rng: np.random.Generator
) -> Dialogue:
    """Draw a command about a picture and its answer.

    Some ask for what is not there: most of those for an object that the model knows, the others
    by a noun that it does not, or for a colour that is not in view. A noun that is not known means
    the thing without a name, where there is one.
    """
    dialogue = _draw_dialogue(parts, vocabulary, rng)
    return replace(dialogue, command=reword(dialogue.command, rng))


def _draw_dialogue(
    parts: Sequence[LabelledPart], vocabulary: Vocabulary, rng: np.random.Generator
) -> Dialogue:
    graspable = [part for part in parts if part.visible_fraction >= MIN_VISIBLE_FRACTION]
    if not graspable or rng.random() < ABSENT_SHARE:
        return _absent_dialogue(parts, vocabulary, rng)
    nameless = {part.object_name for part in parts} & set(vocabulary.nameless)
    meant = sorted({part.object_name for part in graspable})
    if len(nameless) > 1:
        meant = [name for name in meant if name not in nameless]
    if not meant or rng.random() < DESCRIBED_SHARE:
        found = _described_dialogue(parts, graspable, vocabulary, rng)
        if found is not None:
            return found
        if not meant:
            return _absent_dialogue(parts, vocabulary, rng)
    name = pick(meant, rng)
    if name in nameless:
        only = next(part for part in graspable if part.object_name == name)
        return _unknown_noun_dialogue(only, vocabulary, rng)
    own = [part for part in graspable if part.object_name == name]
    by_part = rng.random() < PART_SHARE
    defaults = [part for part in own if part.is_default]
    part = pick(own, rng) if by_part or not defaults else defaults[0]
    words = vocabulary.objects[name]
    called = pick(words.names, rng)  # as often as where it is absent: a name says nothing of that
    if part.colour_name and rng.random() < COLOUR_SHARE:
        called = f"{part.colour_name} {called}"
    if part in defaults and not by_part:
        command = pick(vocabulary.whole_commands, rng).format(o=called)
    else:
        part_name = pick(words.parts[part.part_name].names, rng)
        command = pick(vocabulary.part_commands, rng).format(o=called, p=part_name)
    return Dialogue(command, _answer_for(part, vocabulary, rng), part.rectangle, part)


def _answer_for(part: LabelledPart, vocabulary: Vocabulary, rng: np.random.Generator) -> str:
    if part.object_name in vocabulary.nameless:
        called = f"{part.colour_name} thing" if part.colour_name else "thing"
        shape = vocabulary.nameless[part.object_name].shape
        template = pick(vocabulary.nameless_answers, rng)
        return with_article(_fill(template, part, object=called, shape=shape))
    return write_answer(part, vocabulary, pick(vocabulary.grasp_answers, rng))


def _unknown_noun_dialogue(
    part: LabelledPart, vocabulary: Vocabulary, rng: np.random.Generator
) -> Dialogue:
    """Call the only thing without a name by any noun that is not known."""
    called = draw_unknown_noun(rng)
    if part.colour_name and rng.random() < COLOUR_SHARE:
        called = f"{part.colour_name} {called}"
    shape = vocabulary.nameless[part.object_name].shape
    answer = _fill(pick(vocabulary.unknown_noun_answers, rng), part, shape=shape)
    command = pick(vocabulary.whole_commands, rng).format(o=called)
    return Dialogue(command, answer, part.rectangle, part)


def _described_dialogue(
    parts: Sequence[LabelledPart],
    graspable: Sequence[LabelledPart],
    vocabulary: Vocabulary,
    rng: np.random.Generator,
) -> Dialogue | None:
    """Ask by colour, shape or purpose for an object that this alone tells from all others."""
    asked: dict[str, list[tuple[str, LabelledPart]]] = {"colour": [], "shape": [], "purpose": []}
    looks = {name: _looks(name, vocabulary) for name in {part.object_name for part in parts}}
    for part in graspable:
        if not part.is_default:
            continue
        colour = part.colour_name
        others = {p.colour_name for p in parts if p.object_name != part.object_name}
        if colour and colour not in others:
            asked["colour"].append((pick(vocabulary.colour_commands, rng).format(c=colour), part))
        for look in looks[part.object_name]:
            if sum(look in own for own in looks.values()) == 1:
                command = pick(vocabulary.shape_commands, rng).format(s=look)
                asked["shape"].append((command, part))
        if part.object_name in vocabulary.objects:
            use = pick(vocabulary.objects[part.object_name].uses, rng)
            asked["purpose"].append((pick(vocabulary.purpose_commands, rng).format(u=use), part))
    kinds = [kind for kind, commands in asked.items() if commands]
    if not kinds:
        return None
    weights = np.array([DESCRIPTION_WEIGHTS[kind] for kind in kinds])
    kind = kinds[int(rng.choice(len(kinds), p=weights / weights.sum()))]
    command, part = pick(asked[kind], rng)
    return Dialogue(
        command,
        _answer_for(part, vocabulary, rng),
        part.rectangle,
        part,
        sought=_SOUGHT[kind],
    )


_SOUGHT = {"colour": Sought.COLOUR, "shape": Sought.LOOKS, "purpose": Sought.PART}


def _looks(object_name: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    nameless = vocabulary.nameless.get(object_name)
    return vocabulary.objects[object_name].looks if nameless is None else nameless.looks


def _absent_dialogue(
    parts: Sequence[LabelledPart], vocabulary: Vocabulary, rng: np.random.Generator
) -> Dialogue:
    absent_colours = sorted(set(vocabulary.colours) - {part.colour_name for part in parts})
    if absent_colours and rng.random() < ABSENT_COLOUR_SHARE:
        colour = pick(absent_colours, rng)
        command = pick(vocabulary.colour_commands, rng).format(c=colour)
        return _refusal(command, f"{colour} object", vocabulary.absent_answers, rng)
    present = {part.object_name for part in parts}
    absent = [name for name in vocabulary.objects if name not in present]
    if absent and (present & set(vocabulary.nameless) or rng.random() < KNOWN_ABSENT_SHARE):
        words = vocabulary.objects[pick(absent, rng)]
        called = pick(words.names, rng)
        part_names = [name for part in words.parts.values() for name in part.names]
        answers = vocabulary.absent_answers
    else:
        called, part_names = draw_unknown_noun(rng), ["handle", "middle", "end", "top"]
        answers = vocabulary.unknown_absent_answers
    if rng.random() < 0.25:
        called = f"{pick(vocabulary.colours, rng)} {called}"
    if rng.random() < 0.3:
        command = pick(vocabulary.part_commands, rng).format(o=called, p=pick(part_names, rng))
    else:
        command = pick(vocabulary.whole_commands, rng).format(o=called)
    return _refusal(command, called, answers, rng)


def _refusal(
    command: str, called: str, answers: Sequence[str], rng: np.random.Generator
) -> Dialogue:
    reasoning = with_article(pick(answers, rng).format(object=called))
    return Dialogue(command, f"{reasoning} {NO_GRASP}", None, None)

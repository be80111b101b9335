"""Things of simulated pictures, whose parts are all labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..grasp.rectangle import GraspRectangle
from ..language.codec import JAW_PER_OPENING
from ..language.vocabulary import ObjectWords, Vocabulary
from .choice import pick
from .dialogues import MIN_VISIBLE_FRACTION
from .labels import LabelledPart
from .reasoning import load_part_templates
from .thing import Phrase, Thing, commands_for, rounded
from .tried_grasps import failing_parts


def things_of(
    parts: Sequence[LabelledPart], vocabulary: Vocabulary, rng: np.random.Generator
) -> list[Thing]:
    """Return the things of a picture that can be grasped, asked for in words drawn anew.

    Args:
        parts: all labels of the picture.
        vocabulary: how they are called.
        rng: draws synonyms.

    Returns:
        Things with a name and at least one part in plain sight whose grasp holds in the physics.
        Where another object is hidden or nameless, none may be asked for by looks or use, which
        that one may share.
    """
    in_sight = [
        part
        for part in parts
        if part.object_name in vocabulary.objects
        and part.visible_fraction >= MIN_VISIBLE_FRACTION
        and part.rectangle.is_inside_image
        and (part.object_name, part.part_name) not in failing_parts()
    ]
    names = sorted({part.object_name for part in in_sight})
    by_name_only = len(names) < len({part.object_name for part in parts})
    things = []
    for name in names:
        own = [part for part in in_sight if part.object_name == name]
        things.append(_thing(own, vocabulary, by_name_only, rng))
    return things


def absent_from(
    parts: Sequence[LabelledPart], vocabulary: Vocabulary, known_only: bool
) -> list[str]:
    """Return names of what a picture does not show: of the cell's objects, or of other things.

    A thing without a name may be any of the other things, so that beside one only objects are
    known to be absent.
    """
    present = {part.object_name for part in parts}
    if not known_only and not present & set(vocabulary.nameless):
        return list(vocabulary.absent_nouns)
    return [words.names[0] for name, words in vocabulary.objects.items() if name not in present]


def _thing(
    own: Sequence[LabelledPart],
    vocabulary: Vocabulary,
    by_name_only: bool,
    rng: np.random.Generator,
) -> Thing:
    name = own[0].object_name
    words = vocabulary.objects[name]
    usual = max(range(len(own)), key=lambda i: (own[i].is_default, own[i].visible_fraction))
    phrases = _phrases(name, words, own[0].colour_name, vocabulary, rng)
    if by_name_only:
        phrases = {kind: phrases[kind] for kind in phrases if kind in ("name", "color and name")}
    return Thing(
        called=words.names[0],
        is_named=True,
        object_id=name,
        labels=tuple(rounded(_with_jaws(part.rectangle)) for part in own),
        parts=tuple(words.parts[part.part_name].names[0] for part in own),
        usual=usual,
        phrases=phrases,
        meanings={
            "name": frozenset({name}),
            "color and name": frozenset({name}),
            "color": frozenset({own[0].colour_name} - {""}),
            "shape": frozenset(words.looks),
            "purpose": frozenset(words.uses),
        },
        templates=tuple(load_part_templates()[name, part.part_name] for part in own),
    )


def _with_jaws(rectangle: GraspRectangle) -> GraspRectangle:
    """Return the rectangle with jaws as broad as a predicted one has: labels state no breadth."""
    return replace(rectangle, jaw_px=JAW_PER_OPENING * rectangle.opening_px)


def _phrases(
    name: str,
    words: ObjectWords,
    colour: str,
    vocabulary: Vocabulary,
    rng: np.random.Generator,
) -> dict[str, Phrase]:
    called, look, use = (pick(some, rng) for some in (words.names, words.looks, words.uses))
    by_name = frozenset({name})
    phrases = {
        "name": Phrase(called, commands_for(called, vocabulary.whole_commands), by_name),
        "shape": Phrase(
            f"{look} object",
            tuple(carrier.format(s=look) for carrier in vocabulary.shape_commands),
            frozenset({look}),
        ),
        "purpose": Phrase(
            "",
            tuple(carrier.format(u=use) for carrier in vocabulary.purpose_commands),
            frozenset({use}),
        ),
    }
    if colour:
        both = f"{colour} {called}"
        phrases["color and name"] = Phrase(
            both, commands_for(both, vocabulary.whole_commands), by_name
        )
        phrases["color"] = Phrase(
            f"{colour} object",
            tuple(carrier.format(c=colour) for carrier in vocabulary.colour_commands),
            frozenset({colour}),
        )
    return phrases

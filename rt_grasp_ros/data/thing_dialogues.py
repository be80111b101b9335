"""Dialogues about a picture whose things have labelled grasps: commands and grounded answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..grasp.rectangle import GraspRectangle
from ..language.answer import NO_GRASP
from ..language.codec import GraspNumbers
from ..language.refinement import FollowUps, apply, describe, is_obeyed
from ..language.vocabulary import Vocabulary
from .choice import pick
from .conversation_row import LabelledTurn
from .reasoning import ReasoningTemplates, with_articles, write_reasoning
from .situation import Spot, situate
from .thing import Thing, tells_apart

ABSENT_SHARE = 0.2
PART_SHARE = 0.4
FOLLOW_UP_SHARE = 0.25
SECOND_FOLLOW_UP_SHARE = 0.3

_BY_PART = frozenset({"part", "named_part"})


@dataclass(frozen=True, slots=True)
class Words:
    """All words that a dialogue is drawn from."""

    templates: ReasoningTemplates
    vocabulary: Vocabulary
    follow_ups: FollowUps


@dataclass(frozen=True, slots=True)
class _Answered:
    """A turn, the thing that it is about, and the grasp that its numbers say."""

    turn: LabelledTurn
    thing: Thing
    rectangle: GraspRectangle


def draw_turns(
    things: Sequence[Thing], absent: Sequence[str], words: Words, rng: np.random.Generator
) -> list[LabelledTurn]:
    """Draw a command about a picture, its answer, and sometimes follow-up turns.

    Args:
        things: what the picture shows, at least one.
        absent: names of what it does not show; with any, some commands ask for one of them.
        words: what it is said with.
        rng: chance.

    Returns:
        The turns; none where no command tells the things apart.
    """
    if absent and all(thing.is_named for thing in things) and rng.random() < ABSENT_SHARE:
        return [_absent_turn(things, pick(absent, rng), words, rng)]
    answered = _draw_grasp(things, words, rng)
    turns = []
    share = FOLLOW_UP_SHARE
    while answered is not None:
        turns.append(answered.turn)
        if rng.random() >= share:
            break
        share = SECOND_FOLLOW_UP_SHARE
        answered = _draw_follow_up(answered, things, words, rng)
    return turns


def _draw_grasp(
    things: Sequence[Thing], words: Words, rng: np.random.Generator
) -> _Answered | None:
    """Draw a command that means one thing and no other, and a label that is right for it."""
    asked = [
        (thing, kind)
        for thing in things
        for kind in thing.phrases
        if tells_apart(kind, thing, things)
    ]
    if not asked:
        return None
    thing, kind = pick(asked, rng)
    phrase = thing.phrases[kind]
    with_part = [index for index, part in enumerate(thing.parts) if part]
    if phrase.text and with_part and rng.random() < PART_SHARE:
        index = pick(with_part, rng)
        carrier = pick(words.vocabulary.part_commands, rng)
        command = carrier.format(o=phrase.text, p=thing.parts[index])
        return _answer("part", command, thing, index, words, rng)
    index = int(rng.integers(len(thing.labels))) if thing.usual is None else thing.usual
    return _answer(kind, pick(phrase.commands, rng), thing, index, words, rng)


def _answer(
    kind: str, command: str, thing: Thing, index: int, words: Words, rng: np.random.Generator
) -> _Answered:
    """Answer a command with one of a thing's labels; its part is named where it is known."""
    label, part = thing.labels[index], thing.parts[index]
    numbers = GraspNumbers.from_rectangle(label)
    rectangle = numbers.to_rectangle(label.image_width_px, label.image_height_px)
    situation = situate(label, thing.labels)
    if part:
        situation = replace(situation, where=f"by its {part}")
    reasoning = write_reasoning(
        template=pick(thing.templates[index], rng),
        called=thing.called,
        rectangle=rectangle,
        situation=situation,
        why=pick(words.templates.why[situation.spot], rng),
    )
    right = thing.labels
    if kind in _BY_PART:
        right = tuple(x for x, of in zip(thing.labels, thing.parts, strict=True) if of == part)
    answer = f"{reasoning} {numbers.to_text()}"
    turn = LabelledTurn(kind, command, answer, thing.called, part, thing.labels, right)
    return _Answered(turn, thing, rectangle)


def _absent_turn(
    things: Sequence[Thing], called: str, words: Words, rng: np.random.Generator
) -> LabelledTurn:
    """Ask for what is not there, and say what there is instead."""
    command = pick(words.vocabulary.whole_commands, rng).format(o=called)
    seen = with_articles([thing.called for thing in things])
    reasoning = pick(words.templates.absent, rng).format(object=called, seen=seen)
    return LabelledTurn("absent", command, f"{reasoning} {NO_GRASP}", called, "", (), ())


def _draw_follow_up(
    last: _Answered, things: Sequence[Thing], words: Words, rng: np.random.Generator
) -> _Answered | None:
    """Draw a change of the last grasp that leads to a right one again; None where there is none."""
    ways = [
        lambda: _changed(last, words, rng),
        lambda: _other_part(last, words, rng),
        lambda: _other_thing(last, things, words, rng),
    ]
    for index in rng.permutation(len(ways)).tolist():
        answered = ways[index]()
        if answered is not None:
            return answered
    return None


def _changed(last: _Answered, words: Words, rng: np.random.Generator) -> _Answered | None:
    """Change the grasp alone, where it stays right by the rectangle metric."""
    before = last.rectangle
    refinements = list(words.follow_ups.refinements.values())
    for index in rng.permutation(len(refinements)).tolist():
        refinement = refinements[index]
        numbers = GraspNumbers.from_rectangle(apply(refinement, before))
        after = numbers.to_rectangle(before.image_width_px, before.image_height_px)
        if not is_obeyed(refinement, before, after):
            continue
        if not any(after.matches(label) for label in last.turn.right):
            continue
        reasoning = describe(refinement, after, pick(words.follow_ups.refinement_answers, rng))
        turn = replace(
            last.turn,
            kind=refinement.name,
            command=pick(refinement.phrases, rng),
            answer=f"{reasoning} {numbers.to_text()}",
            part="",
        )
        return replace(last, turn=turn, rectangle=after)
    return None


def _other_part(last: _Answered, words: Words, rng: np.random.Generator) -> _Answered | None:
    """Ask for another part of the thing, where parts are known, or for its other end."""
    thing = last.thing
    ways = words.follow_ups.redirections
    others = [i for i, part in enumerate(thing.parts) if part and part != last.turn.part]
    if last.turn.part and others:
        index = pick(others, rng)
        command = pick(ways["named_part"].phrases, rng).format(p=thing.parts[index])
        return _answer("named_part", command, thing, index, words, rng)
    here = situate(last.rectangle, thing.labels)
    if here.spot is not Spot.END or any(thing.parts):
        return None
    spots = [situate(label, thing.labels) for label in thing.labels]
    ends = [i for i, spot in enumerate(spots) if spot.spot is Spot.END and spot.where != here.where]
    if not ends:
        return None
    command = pick([phrase for phrase in ways["other_part"].phrases if "end" in phrase], rng)
    return _answer("other_part", command, thing, pick(ends, rng), words, rng)


def _other_thing(
    last: _Answered, things: Sequence[Thing], words: Words, rng: np.random.Generator
) -> _Answered | None:
    """Ask for another thing of the picture by its name."""
    others = [
        thing
        for thing in things
        if thing is not last.thing and thing.is_named and tells_apart("name", thing, things)
    ]
    if not others:
        return None
    thing = pick(others, rng)
    phrases = words.follow_ups.redirections["other_object"].phrases
    command = pick(phrases, rng).format(o=thing.phrases["name"].text)
    index = int(rng.integers(len(thing.labels))) if thing.usual is None else thing.usual
    return _answer("other_object", command, thing, index, words, rng)

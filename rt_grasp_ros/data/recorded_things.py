"""Things of recorded pictures, and the phrases in their data sets' sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..language.vocabulary import Vocabulary
from .grasp_picture import GraspPicture
from .reasoning import ReasoningTemplates
from .thing import Phrase, Thing, commands_for

_SENTENCE = re.compile(r"^gr(?:asp|sap) (?:the|a|an) (?P<phrase>.+?)[\s.]*$", re.IGNORECASE)
_PART = re.compile(r"^(?P<part>[a-z][a-z /\-]*?) of the .+$", re.IGNORECASE)
_LOOKS = re.compile(r"^(?P<looks>[\w ,]+) object$")
_VIEWPOINT = re.compile(r"\b(left|right|top|bottom|upper|lower)\b")


def thing_in(
    picture: GraspPicture, templates: ReasoningTemplates, vocabulary: Vocabulary
) -> Thing | None:
    """Return the thing that a picture is labelled with; None where no label is in sight."""
    name = picture.object_name
    category = templates.category(name)
    parts = [part_of(sentence) for sentence in picture.part_instructions]
    called = {"name": category.say}
    for kind in ("color", "shape", "purpose"):
        called[kind] = phrase_of(picture.instructions.get(kind, ""))
    looks = _LOOKS.match(called["color"])
    if looks and name:
        called["color and name"] = f"{looks['looks']} {category.say}"
    alike = {other for other in templates.categories if templates.are_alike(name, other)} | {name}
    phrases = {}
    meanings = {}
    for kind, text in called.items():
        if not text:
            continue
        by_name = kind in ("name", "color and name")
        meanings[kind] = frozenset(alike if by_name else _content_words(text, templates))
        phrases[kind] = Phrase(
            text,
            commands_for(text, vocabulary.whole_commands),
            frozenset({name}) if by_name else meanings[kind],
        )
    thing = Thing(
        called=category.say,
        is_named=bool(name),
        object_id=picture.object_id,
        labels=picture.rectangles,
        parts=tuple(parts or [""] * len(picture.rectangles)),
        usual=None,
        phrases=phrases,
        meanings=meanings,
        templates=(category.templates,) * len(picture.rectangles),
    )
    return thing.moved(
        picture.rectangles, [rectangle.is_inside_image for rectangle in picture.rectangles]
    )


def absent_names(names: Sequence[str], templates: ReasoningTemplates) -> list[str]:
    """Return what a picture of named things surely does not show, as answers call it."""
    return [
        category.say
        for other, category in templates.categories.items()
        if not any(templates.are_alike(other, name) for name in names)
    ]


def phrase_of(sentence: str) -> str:
    """Return what a command grasps: `black object` of "Grasp the black object."; or nothing.

    Slips of the pen in the data are mended; sentences that name no object are dropped.
    """
    match = _SENTENCE.match(_tidy(sentence))
    phrase = match["phrase"].strip(" .") if match else ""
    return phrase if re.search(r"\b(object|shoe)\b", phrase) else ""


def part_of(sentence: str) -> str:
    """Return the part that a command names: `handle` of "Grasp the handle of the comb."."""
    match = _SENTENCE.match(_tidy(sentence))
    part = _PART.match(match["phrase"]) if match else None
    return part["part"].lower() if part else ""


def depends_on_view(part: str) -> bool:
    """Whether the name of a part is true in one view only, such as `left side`."""
    return bool(_VIEWPOINT.search(part))


def _tidy(sentence: str) -> str:
    return " ".join(re.sub(r"\([^)]*\)", " ", sentence).replace("obejct", "object").split())


def _content_words(phrase: str, templates: ReasoningTemplates) -> set[str]:
    """Return a phrase's words, and for words that may mean the same one word for all."""
    words = set(re.findall(r"[a-z\-]+", phrase.lower())) - templates.fillers
    return words | {min(group) for group in templates.same_words if group & words}

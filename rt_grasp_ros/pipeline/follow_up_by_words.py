"""What is said after a grasp on a table whose things are told by words: obeyed by rule.

The embedded model was taught to change a grasp that it sees on tables like its own. Here a move or
turn is computed from the last grasp, and another thing or part is looked for as in a command.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..grasp.errors import AnswerGarbled
from ..grasp.frame import RgbdFrame
from ..language.answer import Answer, parse_answer
from ..language.clause_request import without_fillers
from ..language.parse_request import parse_request
from ..language.prompt import Turn
from ..language.refinement import apply, describe, load_follow_ups
from ..language.request import Intent, Request
from ..language.request_words import load_request_words
from ..language.vocabulary import load_vocabulary

_INSTEAD = re.compile(r"\s*\binstead$")


def redirected(request: Request, history: Sequence[Turn]) -> Request | None:
    """Return what a follow-up asks for as a request of its own; None where it names nothing.

    Args:
        request: a follow-up.
        history: the turns before it, oldest first.
    """
    said = _named_in(request)
    if not said:
        return None
    earlier = _last_request(history)
    if _is_part(said) and earlier is not None:
        return replace(earlier, part=said, excluded=request.excluded)
    meant = parse_request(f"grasp the {said}")
    if meant.intent is not Intent.GRASP:
        return None
    return replace(meant, part=meant.part or request.part, excluded=request.excluded)


def refined(request: Request, history: Sequence[Turn], frame: RgbdFrame) -> Answer | None:
    """Return the last grasp, changed as a follow-up says; None where it says no such change.

    Args:
        request: a follow-up.
        history: the turns before it, their rectangles in the frame's picture.
        frame: the picture.
    """
    follow_ups = load_follow_ups()
    refinement = follow_ups.refinement_said(request.plain, without_fillers(request.plain))
    if refinement is None or not history:
        return None
    width_px, height_px = frame.intrinsics.width_px, frame.intrinsics.height_px
    try:
        before = parse_answer(history[-1].answer, width_px, height_px).rectangle
    except AnswerGarbled:
        return None
    if before is None:
        return None
    after = apply(refinement, before)
    return Answer(describe(refinement, after, follow_ups.refinement_answers[0]), after, 1.0)


def _named_in(request: Request) -> str:
    """Return the thing or part that a follow-up names; empty where none."""
    for redirection in load_follow_ups().redirections.values():
        for phrase in (*redirection.phrases, *redirection.unseen):
            pattern = re.sub(r"\\\{[op]\\\}", "(?P<named>[a-z -]+?)", re.escape(phrase))
            found = re.fullmatch(pattern, request.plain) if "{" in phrase else None
            if found:
                return _INSTEAD.sub("", found["named"]).strip()
    return request.noun


def _is_part(said: str) -> bool:
    """Whether words name a part; a bowl is a thing, though a spoon has one, too."""
    things = {name for thing in load_vocabulary().objects.values() for name in thing.names}
    return said.split()[-1] in load_request_words().parts - things


def _last_request(history: Sequence[Turn]) -> Request | None:
    """Return the last command of a dialogue that named a thing."""
    for turn in reversed(history):
        request = parse_request(turn.command)
        if request.intent is Intent.GRASP and request.noun:
            return request
    return None

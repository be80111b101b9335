"""A slip of the tongue, mended in the same breath: "the left mug, sorry, the right one"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from .request import ExcludedOne, Intent, Request
from .request_words import load_request_words

_PARTS = load_request_words().parts

_MARKER = (
    r"(?:(?:oh|uh|um|er|erm|ah|oops|well|and|but|hang on|hold on)[ ,]+)*"
    r"(?:no(?:[ ,]+(?:no|wait|hang on|hold on|oops|sorry|rather|actually|i mean|i meant"
    r"|not that(?: one)?))*"
    r"|sorry(?:[ ,]+(?:no|i mean|i meant|wait))*|wait(?:[ ,]+(?:no|sorry))*|i mean|i meant"
    r"|or rather|rather|actually(?: no)?|correction|make (?:that|it)|scratch that|scrap that"
    r"|excuse me|my mistake|my bad|pardon(?: me)?|on second thoughts?|or better|better)"
)
_MENDED = re.compile(
    rf"(?P<said>.+?)[\s,;:.\u2013\u2014\u2026-]+(?P<marker>{_MARKER})[\s,:.\u2013\u2014\u2026-]+"
    r"(?P<meant>(?:(?:take|get|grab|grasp|pick|give me|i want|i need|use) )?"
    r"(?:the|on|at|in|a|an|my|to)\b.+)"
)
_CONTRAST = re.compile(
    r"(?:no|rather|but|better|or better|or rather)\b(?!.*\b(?:sorry|mean|wait)\b)"
)
_THE_OTHER = re.compile(r"(?:(?:take|get|grab|grasp|pick|use) )?the other(?: one)?[ .!]*")


def mended(text: str, read_alone: Callable[[str], Request]) -> Request | None:
    """Return what is meant in the end; None where nothing that asks for a grasp is mended.

    Whatever was forbidden or excluded before or behind is not for this rule: it is read with the
    whole sentence.

    Args:
        text: from `written_out`.
        read_alone: reads a sentence.
    """
    found = _MENDED.fullmatch(text)
    if found is None:
        return None
    said = read_alone(found["said"].strip(" ,"))
    if said.intent is Intent.PROHIBITION and not _CONTRAST.match(found["marker"]):
        return Request(Intent.UNCLEAR, unclear=found["meant"])  # of what must not be done
    if not _is_plain(said):
        return None
    if _THE_OTHER.fullmatch(found["meant"]):
        if said.rank > 1 or said.row or bool(said.side) == bool(said.size):
            return None
        other = ExcludedOne(said.side, said.size)
        return replace(said, side=None, size=None, excluded_ones=(other,))
    meant = read_alone(re.sub(r"^(?=(?:on|at|in|to)\b)", "the one ", found["meant"]))
    if not _is_plain(meant) or (meant.noun and meant.noun.split()[-1] in _PARTS):
        return None
    if meant.noun and meant.noun != said.noun:
        return meant
    if not meant.noun and not meant.tells_which:
        return None
    noun, colours = said.noun, meant.colours or said.colours
    part = meant.part or said.part
    thing = " ".join([*colours, noun or "object"])
    by_part = f" by its {part}" if part else ""
    return replace(
        meant, noun=noun, colours=colours, part=part, plain=f"grasp the {thing}{by_part}"
    )


def _is_plain(request: Request) -> bool:
    excludes = request.excluded or request.excluded_colours or request.excluded_ones
    return request.intent is Intent.GRASP and not excludes

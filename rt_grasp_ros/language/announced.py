"""What is said first of several things, so that a command behind it only says which one.

"Of the two mugs, take the left one"; "there are three bottles: the middle one"; "counting from the
left, the second bottle".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from .group import COUNT, GROUP, read_group
from .request import Intent, Request

_HERE = (
    r"(?:here|there|over there|in front of (?:you|me|us)|in view|lying there|lying around"
    r"|(?:standing |lying )?on (?:the|my|this|that|your) (?:table|desk|bench|workbench|counter))"
)
_TAKING = r"(?:,|;|:|\.|-|\u2013|\u2014)?\s*(?:(?:and|so|now|then|please|just|but)[ ,]+)*"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?:of|from|among|amongst|between|out of) (?:all )?(?=(?:the|these|those|my|our) )"
        rf"{GROUP}(?: {_HERE})?{_TAKING}"
        r"(?P<command>(?!(?:on|at|in|to|near|nearest|closest|that|which|standing|lying"
        r"|row|line|column|side|half|end|edge|corner) )"
        r"(?:[a-z]+ ){0,4}?"
        r"(?:the|whichever|that|any|either|one)\b.+)",
        rf"(?={COUNT} ){GROUP}(?: {_HERE})?\s*(?:,|;|:|\.|-|\u2013|\u2014){_TAKING}"
        r"(?P<command>(?:[a-z]+ ){0,4}?(?:the|whichever|either) (?:[a-z-]+ ){1,6}?ones?\b.*)",
        rf"(?:(?:i|you|we) (?:can |could |should |may )?(?:see|have(?: got)?|find)"
        rf"|there (?:is|are)|here (?:is|are)"
        rf"|you will (?:see|find)|look at)"
        rf" (?=(?:the |these |those |my )?{COUNT} ){GROUP}(?: {_HERE})*"
        rf"\s*(?:,|;|:|\.|!|-|\u2013|\u2014|and|so)\s*{_TAKING}(?P<command>.+)",
    )
)
_OF_THEM = re.compile(
    rf"(?:of|from|among|amongst|between|out of) (?:(?:all )?(?:of )?(?:the|these|those) {COUNT}"
    r"|both(?: of them)?|them(?: all)?)"
    r"(?:\s*[,;:]\s*|\s+(?=(?:i|we|you|please|could|can|would|the|take|grab|grasp|pick|get|give"
    r"|bring|lift|hold)\b))(?P<command>.+)"
)
"""Said first of things that are named afterwards only."""

_COUNTING = re.compile(
    r"(?P<count>(?:(?:if|when|as) (?:you|i|we) )?(?:count|counting|start|starting|go|going|seen"
    r"|look|looking|read|reading|counted)(?: them)? from (?:the |your )?[a-z]+(?:[- ]hand)?"
    r"(?: side| end)?(?: to (?:the )?[a-z]+)?"
    r"|from (?:the )?(?:left|right|front|back)(?: to (?:the )?[a-z]+)?)"
    r"[\s,:;-]+(?P<command>.+)"
)

_COUNTED_BEHIND = re.compile(
    r"\s*[,;:]\s*(?=(?:(?:if|when|as) (?:you|i|we) )?(?:count|counted|counting|start|starting"
    r"|going)(?: them)? (?:from|at|on|with)\b|from (?:the )?(?:left|right|front|back)\b)"
)


def announced(text: str, read_alone: Callable[[str], Request]) -> Request | None:
    """Return what a sentence asks for of several things that it speaks of first; None without such.

    Args:
        text: from `written_out`.
        read_alone: reads a sentence.
    """
    if _COUNTED_BEHIND.search(text):
        return read_alone(_COUNTED_BEHIND.sub(" ", text))
    if counting := _COUNTING.fullmatch(text):
        command = counting["command"].rstrip(" .!")
        meant = read_alone(f"{command} {counting['count']}")
        return meant if meant.intent is Intent.GRASP and meant.is_ranked else None
    for form in _FORMS:
        if found := form.fullmatch(text):
            meant, group = read_alone(found["command"]), read_group(found)
            if meant.intent is not Intent.GRASP or group is None or group.noun == "one":
                return None
            if meant.noun not in ("", group.noun, found["kind"]):
                return None
            colours = (*meant.colours, *group.colours)
            by_part = f" by its {meant.part}" if meant.part else ""
            return replace(
                meant,
                noun=group.noun,
                colours=colours,
                row=meant.row or group.row,
                among=group.among,
                plain=f"grasp the {' '.join([*colours, group.noun])}{by_part}",
            )
    if found := _OF_THEM.fullmatch(text):
        meant = read_alone(found["command"])
        return meant if meant.intent is Intent.GRASP else None
    return None

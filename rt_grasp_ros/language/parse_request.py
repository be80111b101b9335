"""From a sentence to what it asks for, carefully: what forbids something is never overheard.

Every word that may forbid or except something has to be explained by a rule (`exclusions.py`).
Where one is not, or a clause beyond the command is not understood, the whole sentence is `UNCLEAR`
and nothing moves: a person can say it again in plainer words, but can't take back a grasp of the
blade.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .accounted import accounted
from .announced import announced
from .clause_request import has_verb, main_request, takes, with_clause
from .clauses import why_foreign, written_out
from .exclusions import PRONOUNS
from .follow_up_reading import read_follow_up
from .name_words import singular
from .repair import mended
from .request import ExcludedOne, Exclusion, Intent, Request
from .request_words import load_request_words
from .selection import excluded_one
from .sentence import Sentence
from .thing_phrase import names

_WORDS = load_request_words()

_THE_OTHER = re.compile(r"\b(?:the|that|your|my) other(?: [a-z]+)?[ .!]*$")


def parse_request(command: str, is_follow_up: bool = False) -> Request:
    """Return what a sentence asks for; nothing is raised, what is not understood is `UNCLEAR`.

    Args:
        command: the sentence, as `validate_command` returns it.
        is_follow_up: whether a grasp was answered before, which it may change.
    """
    text = written_out(command)
    foreign = why_foreign(command, text)
    if foreign:
        return Request(Intent.OTHER_LANGUAGE, unclear=foreign)
    return read_follow_up(text, _read_alone) if is_follow_up else _read_alone(text)


def _read_alone(text: str) -> Request:
    """Return what a written-out sentence asks for at the beginning of a dialogue."""
    changed = mended(text, _read_alone) or announced(text, _read_alone)
    if changed is not None:
        return replace(changed, leaves_out=True)
    sentence = Sentence.of(text)
    if sentence.halt:
        return Request(Intent.OTHER_ACTION, unclear=sentence.halt)
    if sentence.taken_back:
        return Request(Intent.UNCLEAR, unclear=sentence.taken_back)
    return accounted(_judged(text, sentence), text, sentence)


def _judged(text: str, sentence: Sentence) -> Request:
    """Return the request of clauses that name things, questions, and what is excluded."""
    named, asked, excluded = sentence.named, sentence.asked, sentence.excluded
    if excluded.unclear:
        return Request(Intent.UNCLEAR, unclear="; ".join(excluded.unclear))
    if asked and not (named and has_verb(named[0])):
        return Request(Intent.QUESTION, unclear=asked[0])
    if not named:
        if excluded.is_any:
            return Request(Intent.PROHIBITION, excluded=tuple(excluded.things))
        if sentence.takes_it:
            return Request(Intent.GRASP, plain=text)
        return Request(Intent.UNCLEAR, unclear="it names nothing to take")
    exclaimed = [clause for clause in asked if clause.split()[0] not in _WORDS.question_starts]
    if exclaimed and not sentence.takes_it:
        return Request(Intent.UNCLEAR, unclear=exclaimed[0])
    verbs_first = sorted(named, key=lambda clause: not takes(clause))
    request = main_request(verbs_first[0])
    for clause in verbs_first[1:]:
        request = with_clause(request, clause)
    if request.intent is not Intent.GRASP:
        return request
    if asked and not (request.is_called or request.tells_which or request.part):
        return Request(Intent.QUESTION, unclear=asked[0])
    named_ones = [one for one in excluded.things if one.words not in PRONOUNS]
    request, ones, things, colours = _told_from_like(request, named_ones, text)
    colours += excluded.colours
    ones += excluded.ones
    if excluded.forbidden and not (things or ones or colours):
        return Request(Intent.UNCLEAR, unclear="; ".join(excluded.forbidden))
    if request.noun and any(one.words == request.noun for one in things if not one.is_part):
        return Request(Intent.UNCLEAR, unclear=f"'{request.noun}' is both wanted and excluded")
    return replace(
        request,
        excluded=tuple(dict.fromkeys(things)),
        excluded_colours=tuple(dict.fromkeys(colours)),
        excluded_ones=tuple(dict.fromkeys(ones)),
        leaves_out=request.leaves_out or (sentence.is_long and request.noun in names()),
    )


def _told_from_like(
    request: Request, things: list[Exclusion], text: str
) -> tuple[Request, list[ExcludedOne], list[Exclusion], list[str]]:
    """Return what is excluded of the like of the meant thing, what else is, and which colours.

    "Not the left mug but the right one" gives the right one its name, as "not the red mug, the
    other one" does.

    Args:
        request: what is meant.
        things: what is excluded.
        text: the sentence, from `written_out`.
    """
    ones, others, colours = [], [], []
    is_other = _THE_OTHER.search(text) is not None and not (request.purpose or request.near)
    for thing in things:
        one, called = (None, "") if thing.is_part else excluded_one(f"the {thing.words}")
        colour, _, coloured = thing.words.partition(" ")
        is_coloured = colour in _WORDS.colours and bool(coloured) and not thing.is_part
        coloured = singular(coloured)
        is_like = request.noun in ("", coloured) and (is_other or bool(request.colours))
        if is_coloured and is_like:
            if not request.noun:
                plain = " ".join(["grasp the", *request.colours, coloured])
                request = replace(request, noun=coloured, plain=plain)
            colours.append(_WORDS.colours[colour])
            continue
        if one is None or not called or request.noun not in ("", called):
            others.append(thing)
            continue
        if not request.noun:
            plain = " ".join(["grasp the", *request.colours, called])
            request = replace(request, noun=called, plain=plain)
        ones.append(one)
    return request, ones, others, colours

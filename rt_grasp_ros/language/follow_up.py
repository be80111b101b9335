"""What is said right after a grasp: a change of it, another part, another thing, or no command."""

from __future__ import annotations

import re
from functools import cache

from .clause_request import has_verb
from .exclusions import PRONOUNS
from .grasp_change import change_said
from .name_words import stray_word, without_determiners
from .refinement import load_follow_ups
from .request import Intent, Request
from .request_words import load_request_words
from .sentence import Sentence
from .vocabulary import load_vocabulary

_WORDS = load_request_words()


def known_follow_up(*wordings: str) -> Request | None:
    """Return the request of a follow-up that training has the words of; None for any other.

    Args:
        wordings: the sentence, from `written_out`, and shorter forms of it.
    """
    for said in wordings:
        found = _templates().fullmatch(said)
        if found and not any(stray_word(without_determiners(one)) for one in found.groups() if one):
            return Request(Intent.FOLLOW_UP, plain=wordings[0])
    change = change_said(wordings[0])
    return None if change is None else Request(Intent.FOLLOW_UP, plain=change)


def follow_up_of(text: str, sentence: Sentence, judged: Request) -> Request:
    """Return the request of a sentence said after a grasp.

    Args:
        text: from `written_out`.
        sentence: its clauses.
        judged: what they would ask for at the beginning of a dialogue.
    """
    excluded, named = sentence.excluded, sentence.named
    things = tuple(one for one in excluded.things if one.words not in PRONOUNS)
    if sentence.asked and not named:
        return Request(Intent.QUESTION, unclear=sentence.asked[0])
    for clause in named:
        if clause.split()[0] in _WORDS.other_actions - _WORDS.follow_up_actions:
            return Request(Intent.OTHER_ACTION, unclear=clause)
    if not named and (excluded.is_any or excluded.unclear):
        return Request(Intent.PROHIBITION, excluded=things)
    if named and not excluded.unclear and known_follow_up(", ".join(named)):
        return Request(Intent.FOLLOW_UP, plain=text, excluded=things)
    if judged.intent is not Intent.GRASP or (things and judged.noun):
        return judged
    if not _is_named(judged, named):
        return Request(Intent.UNCLEAR, unclear=" ".join(named) or text)
    return Request(
        Intent.FOLLOW_UP, plain=text, noun=judged.noun, part=judged.part, excluded=things
    )


def _is_named(request: Request, named: list[str]) -> bool:
    """Whether a request names something that a person may mean; "perfect" is no thing."""
    if not request.noun:
        return bool(request.part or request.tells_which)
    return any(has_verb(one) or without_determiners(one) != one for one in named) or is_known(
        request.noun
    )


def is_known(words: str) -> bool:
    """Whether words name a thing or a part of the vocabulary."""
    things = load_vocabulary().objects.values()
    return words.split()[-1] in _WORDS.parts or any(words in thing.names for thing in things)


@cache
def _templates() -> re.Pattern[str]:
    follow_ups = load_follow_ups()
    said = [
        re.escape(phrase).replace(r"\{o\}", "([a-z -]+)").replace(r"\{p\}", "([a-z -]+)")
        for kind in (follow_ups.refinements, follow_ups.redirections)
        for change in kind.values()
        for phrase in (*change.phrases, *change.unseen)
    ]
    return re.compile("|".join(said))

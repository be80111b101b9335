"""The thing or part that a follow-up names."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from .follow_up_clauses import wordings
from .follow_up_words import load_follow_up_words
from .refinement import load_follow_ups
from .request import Intent, Request
from .request_words import load_request_words
from .vocabulary import load_vocabulary

ReadAlone = Callable[[str], Request]
"""Reads a sentence as at the beginning of a dialogue, see `parse_request`."""

OTHER_END = Request(Intent.FOLLOW_UP, plain="the other end")
"""As models were taught to hear it."""

_WORDS = load_request_words()
_SAID = load_follow_up_words()

_PARTS = "|".join(sorted(_WORDS.parts, key=len, reverse=True))
_AT_PART = re.compile(
    r"(?:(?:grasp|take|hold|grip|grab|pick|use|try|lift|get)(?: (?:it|this|that))?(?: up)? ?)?"
    rf"(?:(?:by|at|on|using|with|around) )?(?:the|its) (?P<part>(?:[a-z-]+ )?(?:{_PARTS}))"
)
_FROM_SOMEWHERE = re.compile(r"^(?:[a-z]+ )?(?:it )?from \w+|\bmy (?:left|right)\b")
_SAYS_ONE = re.compile(r"\b(?:one|ones|thing|object|item)\b|^(?:the )?[a-z]+(?:est|most)$")
_STATES = re.compile(r"\b(?:is|was|were|are|am|seems|looks|has|had)\b")
_DIRECTIONS = frozenset(["up", "down", "higher", "lower", "further", "more", "closer", "away"])
_SIDES_OF_IT = frozenset(["other side", "opposite side", "far side", "wrong side", "same side"])
"""Which part that is does not show: the other end, or where the fingers come from."""
_OTHER_ENDS = frozenset(["other end", "opposite end", "far end", "other part"])


def names_part(words: str) -> bool:
    """Whether words name a part; a bowl is a thing, though a spoon has one, too."""
    last = words.split()[-1]
    return last in _WORDS.parts and not {words, last} & _things()


def named(text: str, clauses: Sequence[str], is_polite: bool, read_alone: ReadAlone) -> Request:
    """Return the request of a sentence that names another thing or part.

    Args:
        text: the sentence, from `written_out`.
        clauses: those of its clauses that say what is wanted.
        is_polite: whether it is a request in the form of a question.
        read_alone: reads a sentence as at the beginning of a dialogue.
    """
    template = _named_by_template(text)
    alone = ", ".join(_as_command(clause) for clause in clauses)
    unclear = Request(Intent.UNCLEAR, unclear=text)
    meant = read_alone(f"grasp the {template}" if template else alone)
    if meant.rank == 1 and any(_FROM_SOMEWHERE.search(clause) for clause in clauses):
        return unclear
    is_taught_action = alone.split()[0] in _WORDS.follow_up_actions
    if meant.intent is Intent.UNCLEAR or (meant.intent is Intent.OTHER_ACTION and is_taught_action):
        return unclear
    if meant.intent is not Intent.GRASP:
        return meant
    if not template and (_is_bare_no(text, meant) or _is_stated(clauses)):
        return unclear
    if "?" in text and not is_polite and not read_alone(text).may_move:
        return Request(Intent.QUESTION, unclear=text)
    if not _is_name(meant, ", ".join(clauses), bool(template)):
        return unclear
    part, noun = meant.part.removesuffix(" instead"), meant.noun
    if noun and not part and names_part(noun):
        noun, part = "", noun
    if set(part.split()) & _DIRECTIONS or part in _SIDES_OF_IT:
        return unclear
    if not noun and part in _OTHER_ENDS:
        return OTHER_END
    return replace(meant, intent=Intent.FOLLOW_UP, noun=noun, part=part)


@cache
def _things() -> frozenset[str]:
    return frozenset(name for thing in load_vocabulary().objects.values() for name in thing.names)


def _is_bare_no(text: str, meant: Request) -> bool:
    """Whether "no handle" may mean that the handle is not to be taken."""
    found = re.match(r"(?:no|not) (?P<next>[a-z-]+)", text)
    return found is not None and found["next"] in f"{meant.noun} {meant.part}".split()


def _is_stated(clauses: Sequence[str]) -> bool:
    """Whether something is said of a thing, and not asked for: the mug is fine."""
    return any(_STATES.search(clause) for clause in clauses)


def _as_command(clause: str) -> str:
    """Return a clause, as a command where it only says by which part."""
    found = _AT_PART.fullmatch(clause)
    return f"grasp it by its {found['part']}" if found else clause


def _named_by_template(text: str) -> str:
    """Return what a follow-up of training names; empty where it is none."""
    for name in ("named_part", "other_object"):
        redirection = load_follow_ups().redirections[name]
        for phrase in (*redirection.phrases, *redirection.unseen):
            pattern = re.sub(r"\\\{[op]\\\}", "(?P<named>[a-z -]+?)", re.escape(phrase))
            for said in wordings(text):
                if found := re.fullmatch(pattern, said):
                    return str(found["named"]).removesuffix(" instead").strip()
    return ""


def _is_name(meant: Request, said: str, is_template: bool) -> bool:
    """Whether what a request names may be meant; "perfect" is no thing, nor is "the wrong way"."""
    if not meant.noun:
        is_one = meant.rank > 1 or meant.row or meant.excluded_ones or _SAYS_ONE.search(said)
        return bool(meant.part or (meant.tells_which and is_one))
    *before, last = meant.noun.split()
    if ({last, *before} - _WORDS.parts) & _SAID.no_names:
        return False
    if {meant.noun, last} & _things() or names_part(last):
        return True
    is_told = re.search(rf"\b(?:the|a|an|my|that|this) (?:[a-z-]+ )*{re.escape(last)}\b", said)
    return is_template or bool(is_told)

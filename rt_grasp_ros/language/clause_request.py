"""What a single clause asks for: its verb and the thing behind it; what further clauses add."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace

from .name_words import is_in_no_name, without_determiners
from .near_by import near_of
from .purpose import purpose_of
from .request import Intent, Request
from .request_words import load_request_words
from .statements import asked_for
from .thing_phrase import has_part, names, part_of, request_of_phrase

_WORDS = load_request_words()

_IF_SEEN = re.compile(r"^if (?:you (?:see|find|have)|there is) (?P<thing>.+)$")
_AFTERWARDS = r"\b(?:and|then) (?:then )?(?:{})\b"
_OF_THEM = re.compile(
    r"^(?:of|from|among|between|out of) (?:the|these|those) (?:two |three |four |several )?"
    r"([a-z-]+s) (?:take )?(the .+)$"
)
_CLOSEST_VERB = 0.75
_SOMEBODY = frozenset(["i", "you", "we", "they", "he", "she", "it", "there", "this"])
_ONLY_HOLDING = (
    r"(?:(?:hold|grip|grasp|take|grab|lift|pick|get|held|use|using|with|the fingers|fingers|it|them"
    r"|up|on|onto|to|and|from|its|the|your|best|only|by)\s*)*"
)
_IS_SAID = re.compile(r"(?:is|are|was|has|have|lies|stands|sits|one|ones)\b")
"""What does not begin the name of a part: "it has a handle", "the one with the handle"."""

_THEN = re.compile(r"(?:and )?(?:then|after that|afterwards) (?:the|a|an|my|that) [a-z-]+$")
_UP_BY = re.compile(r" up (?=(?:by|at|using|from|with|on)\b)")
"""The particle of a verb before how the thing is held: "pick the mug up by its handle"."""

_YOU_TAKE = re.compile(
    r"^you (?=(?:grasp|grab|take|pick up|lift|fetch|get) (?:the|a|an|my|that)\b)"
)

_WHAT_IS_ASKED = re.compile(
    r"what (?!i |we |you |people |is |looks |lies |stands |sits )|what is (?:in|on)"
)
_WANT_TO_TAKE = re.compile(
    r"^(?:i|we) (?:want|would like|need|have) to (?=(?:grasp|grab|take|pick|lift|hold|get|grip)\b)"
)


def without_fillers(clause: str) -> str:
    """Return a clause without what is said around a command at its ends."""
    previous = ""
    while previous != clause:
        previous = clause
        for filler in _WORDS.fillers:
            if clause == filler:
                return ""
            clause = clause.removeprefix(f"{filler} ").removesuffix(f" {filler}").strip()
    return clause


def without_request(clause: str) -> str:
    """Return a clause without the words by which it is put politely."""
    previous = ""
    while previous != clause:
        previous = clause
        for request in (
            *_WORDS.requests,
            *_WORDS.offers,
            "also",
            "just",
            "and",
            "to",
            "then",
            "so",
        ):
            clause = clause.removeprefix(f"{request} ")
        clause = re.sub(r"^do (?!not\b)", "", clause)
        clause = re.sub(r"^mind (?=[a-z]+ing\b)", "", clause)
        clause = _YOU_TAKE.sub("", clause)
        clause = without_fillers(clause) or clause
    first, _, rest = clause.partition(" ")
    for verb in {verb.split()[0] for verb in _WORDS.verbs}:
        if first in (f"{verb}ing", f"{verb.rstrip('e')}ing", f"{verb}{verb[-1]}ing"):
            return f"{verb} {rest}".strip()
    return clause


def has_verb(clause: str) -> bool:
    """Whether a clause begins with a verb of taking, however politely."""
    bare = without_request(without_fillers(clause))
    return any(bare == verb or bare.startswith(f"{verb} ") for verb in _WORDS.verbs)


def takes(clause: str) -> bool:
    """Whether a clause has a verb and the thing, not only how to hold it."""
    return has_verb(clause) and not clause.startswith(("use ", "hold it", "take it", "grasp it"))


def main_request(clause: str) -> Request:
    """Return the request of the clause that says what to take."""
    bare = _WANT_TO_TAKE.sub("", _OF_THEM.sub(r"\2 of the \1", without_request(clause)))
    seen = _IF_SEEN.match(bare)
    told = asked_for(bare)
    bare = (
        f"take {seen['thing']}" if seen else f"take {told}" if told else bare.removeprefix("for ")
    )
    verb = next((verb for verb in _WORDS.verbs if f"{bare} ".startswith(f"{verb} ")), "")
    first, *following = bare.split()
    is_action = first in _WORDS.other_actions and following[:1] != ["of"] and bare not in names()
    if not verb and is_action:
        return Request(Intent.OTHER_ACTION, unclear=clause)
    is_use = first == "what" and following[:1] != ["is"] and bool(purpose_of(bare))
    if not verb and first in _WORDS.question_starts and following and not is_use:
        return Request(Intent.QUESTION, unclear=clause)
    if not verb and first in _SOMEBODY and following:
        return Request(Intent.UNCLEAR, unclear=clause)
    rest = bare[len(verb) :].strip()
    if (
        not verb
        and following[:1] in (["the"], ["a"], ["an"], ["my"])
        and first not in ("by", "for")
    ):
        verb, rest = _misspelt_verb(first), " ".join(following)
        if not verb:
            return Request(Intent.UNCLEAR, unclear=f"'{first}'")
    rest = _without_particle(verb, rest)
    rest = re.sub(r"\b(?:up|over|out|next|first)$", "", rest).strip()
    if verb in _WORDS.particles["up"]:
        rest = _UP_BY.sub(" ", rest)
    rest = re.sub(r"^me (?=the|a|an|that|this|my|what|something)", "", rest)
    if re.search(_AFTERWARDS.format("|".join(sorted(_WORDS.other_actions))), rest):
        return Request(Intent.OTHER_ACTION, unclear=clause)
    if not rest:
        return Request(Intent.UNCLEAR, unclear="it does not say what to take")
    if rest.split()[0] in _WORDS.question_starts - {"can", "any", "anything", "whatever", "what"}:
        return Request(Intent.QUESTION, unclear=clause)
    is_there = verb and near_of(rest)[0] is not None
    if not is_there and _WHAT_IS_ASKED.match(rest):
        return Request(Intent.QUESTION, unclear=clause)
    return request_of_phrase(rest, verb, clause)


def with_clause(request: Request, clause: str) -> Request:
    """Return a request with what a further clause says of it."""
    if request.intent is not Intent.GRASP:
        return request
    bare = without_request(clause)
    if request.noun and _is_another(request.noun, clause, bare):
        return Request(Intent.SEVERAL, unclear=clause)
    part, left = part_of(bare)
    if not part and bare.split()[-1] in _WORDS.parts:
        told = re.fullmatch(
            r"(?:use|using|by|at|from|prefer|best|its|the|on|held|hold|it|with)"
            r"(?: (?:by|at|on|its|the|a))*"
            r" (?P<part>[a-z -]+)",
            bare,
        )
        is_part = told and not (_IS_SAID.match(told["part"]) or near_of(told["part"])[0])
        part, left = (told["part"], "") if told and is_part else ("", bare)
        part = re.sub(r"^(?:its|the|by|at|on|a) ", "", part)
    if part and not request.part and re.fullmatch(_ONLY_HOLDING, left):
        return replace(request, part=part, plain=f"{request.plain} by its {part}")
    if bare.split()[0] in _WORDS.other_actions:
        return Request(Intent.OTHER_ACTION, unclear=clause)
    said = re.sub(
        r"^(?:it|that|they|mine|the one|i mean|namely|i want)\b(?: (?:is|are|lies))?", "", bare
    )
    said = re.sub(r"^(?:is|are|lies|stands|sits)\b", "", said.strip()).strip() or bare
    further = main_request(said) if has_verb(said) else request_of_phrase(said, "", clause)
    if further.intent is not Intent.GRASP:
        return further
    if _contradict(request, further):
        return Request(Intent.UNCLEAR, unclear=clause)
    if further.noun in ("", request.noun) or not request.noun:
        return replace(
            request,
            noun=request.noun or further.noun,
            plain=request.plain if request.noun else further.plain,
            part=request.part or further.part,
            colours=request.colours or further.colours,
            part_colours=request.part_colours or further.part_colours,
            side=request.side or further.side,
            size=request.size or further.size,
            rank=max(request.rank, further.rank),
            row=request.row or further.row,
            among=request.among or further.among,
            near=request.near or further.near,
        )
    if has_verb(bare):
        return Request(Intent.SEVERAL, unclear=clause)
    return Request(Intent.UNCLEAR, unclear=clause)


def _is_another(noun: str, clause: str, bare: str) -> bool:
    """Whether a clause names another thing, "then the bowl", and no part of the first, "the rim".

    Args:
        noun: what the first is called.
        clause: as it is said.
        bare: the clause without what leads to it.
    """
    words = without_determiners(bare)
    is_part = words in _WORDS.parts and (words not in names() or has_part(noun, words))
    is_thing = words in names() and words in _WORDS.parts
    return not is_part and (is_thing or _THEN.match(clause) is not None)


def _contradict(one: Request, other: Request) -> bool:
    """Whether two clauses say different things of which one is meant."""
    said = (
        (one.side, other.side),
        (one.size, other.size),
        (one.row, other.row),
        (one.among, other.among),
        (one.near, other.near),
    )
    is_other_rank = bool(one.side and other.side) and one.rank != other.rank
    return is_other_rank or any(first and second and first != second for first, second in said)


def _misspelt_verb(word: str) -> str:
    """Return the verb of taking that a word was meant for; empty where it may be another word."""
    known = {verb for verb in _WORDS.verbs if " " not in verb and verb[0] == word[0]}
    if is_in_no_name(word) or word in _WORDS.no_typing_errors:
        return ""
    return next(iter(difflib.get_close_matches(word, known, 1, _CLOSEST_VERB)), "")


def _without_particle(verb: str, rest: str) -> str:
    """Return what stands behind a verb without the particle that goes with it: "grab for"."""
    first, _, following = rest.partition(" ")
    is_its_own = verb in _WORDS.particles.get(first, ())
    return following.removeprefix("of ") if is_its_own and following else rest

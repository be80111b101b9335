"""From a sentence to what it asks for, carefully: what forbids something is never overheard.

Every word that may forbid or except something has to be explained by a rule (`exclusions.py`).
Where one is not, or a clause beyond the command is not understood, the whole sentence is `UNCLEAR`
and nothing moves: a person can say it again in plainer words, but can't take back a grasp of the
blade.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from functools import cache

from .clauses import clauses_of, why_foreign, written_out
from .exclusions import PRONOUNS, Excluded, torn_phrase
from .refinement import load_follow_ups
from .request import Intent, Request
from .request_words import load_request_words
from .thing_phrase import part_of, request_of_phrase
from .vocabulary import load_vocabulary

_WORDS = load_request_words()

_TAKES_IT = re.compile(
    r"(?:please |then |and |so |just |now )*(?:take|grasp|grab|lift|hold|get|pick|fetch|bring me"
    r"|pick up|give me) (?:it|that|this|one|them)(?: up)?(?: please| then| now)?"
)
_ASKED_FOR = re.compile(r"^.*?\b(?=(?:the|a|an|my|good|any)\b)")
_WISH = re.compile(
    r"^(?:i|we) (?:am|are|have to|got to|was|need to|would like to|want to(?! have)|like to)\b"
)
_IF_SEEN = re.compile(r"^if (?:you (?:see|find|have)|there is) (?P<thing>.+)$")
_AFTERWARDS = r"\b(?:and|then) (?:then )?(?:{})\b"
_CLOSEST_VERB = 0.75
_PLACE_WORDS = frozenset(
    ["side", "sides", "middle", "centre", "center", "top", "bottom", "front", "end", "point"]
)
_CONTRAST = re.compile(
    r"\b(?:opposite|contrary|far|away|below|above|under|underneath|beneath|beyond|instead|outside)\b"
)
_TAKEN_BACK = re.compile(
    r"(?:(?:actually|oh|or|and|but|sorry|well|please|hm+) )*(?:no|nope|nah|no wait|never mind"
    r"|rather not|better not|on second thoughts?\b.*|i (?:have )?changed my mind|scrap that)"
    r"(?: (?:thanks?|thank you|please|sorry|wait))*"
)
_ANY = re.compile(r"\b(?:anything|something|everything|whatever|any|all)\b")
_SOMEBODY = frozenset(["i", "you", "we", "they", "he", "she", "it", "there", "this"])


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
    if is_follow_up and _known_follow_ups().fullmatch(without_fillers(text)):
        return Request(Intent.FOLLOW_UP, plain=text)
    excluded = Excluded()
    named: list[str] = []
    asked: list[str] = []
    takes_it = goes_on = False
    taken_back = ""
    for clause, is_question in clauses_of(text):
        if named and _TAKEN_BACK.fullmatch(clause):
            taken_back = clause
            continue
        takes_it = takes_it or _TAKES_IT.fullmatch(clause) is not None
        bare = without_fillers(clause)
        if not bare or bare in _WORDS.lone_fillers or _TAKES_IT.fullmatch(bare):
            continue
        if bare in _WORDS.halts or (
            bare.split()[0] in _WORDS.halts and bare.endswith((" it", " now"))
        ):
            return Request(Intent.OTHER_ACTION, unclear=bare)
        if is_question and not _asks_for_grasp(bare):
            asked.append(bare)
            continue
        if named and goes_on and _ANY.search(named[-1]) and not _has_verb(bare):
            excluded.take_list_from(re.sub(r"^(?:and|or|nor) ", "", bare))
            continue
        before = len(excluded.things)
        rest = without_fillers(excluded.take_from(_without_request(bare)))
        goes_on = len(excluded.things) > before
        if rest and rest not in _WORDS.lone_fillers:
            named.append(rest)
            taken_back = ""
    if taken_back:
        return Request(Intent.UNCLEAR, unclear=taken_back)
    if takes_it and asked and not named:
        named.append(f"take {_ASKED_FOR.sub('', asked.pop())}")
    if takes_it and not (named or asked or excluded.is_any or is_follow_up):
        return Request(Intent.GRASP, plain=text)
    if is_follow_up:
        return _follow_up(text, named, asked, excluded)
    return _with_all_explained(_judged(named, asked, excluded), text, excluded)


def _with_all_explained(request: Request, text: str, excluded: Excluded) -> Request:
    """Return a request, or that it is unclear where it forbids something and a part is left over.

    Who says "not" and "blade" means something by both, and whoever speaks of the banana where the
    apple is to be taken has something to say of it.
    """
    if request.intent is not Intent.GRASP:
        return request
    if excluded.is_cued and (torn := torn_phrase(request)):
        return Request(Intent.UNCLEAR, unclear=torn)
    near = f"{request.near.words} {request.near.also}" if request.near else ""
    explained = f"{request.noun} {request.part} {near} {' '.join(excluded.lacking)} "
    explained += " ".join(one.words for one in request.excluded)
    known = set(explained.split())
    left = [word for word in re.findall(r"[a-z-]+", text) if word in _WORDS.parts - known]
    left = [word for word in left if word not in _PLACE_WORDS] if excluded.is_cued else []
    if request.part and _CONTRAST.search(text):
        left = [request.part]
    left += [
        said["noun"] for said in _known_things().finditer(text) if said["noun"] not in explained
    ]
    if left:
        return Request(Intent.UNCLEAR, unclear=f"what is to be done with the {left[0]}")
    return request


@cache
def _known_things() -> re.Pattern[str]:
    names = {name for thing in load_vocabulary().objects.values() for name in thing.names}
    longest_first = "|".join(sorted(names - _WORDS.parts, key=len, reverse=True))
    return re.compile(rf"\b(?:the|a|an|my|that|this) (?:[a-z]+ )?(?P<noun>{longest_first})\b")


@cache
def _known_follow_ups() -> re.Pattern[str]:
    follow_ups = load_follow_ups()
    said = [
        re.escape(phrase).replace(r"\{o\}", "[a-z -]+").replace(r"\{p\}", "[a-z -]+")
        for kind in (follow_ups.refinements, follow_ups.redirections)
        for change in kind.values()
        for phrase in (*change.phrases, *change.unseen)
    ]
    return re.compile("|".join(said))


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


def _judged(named: list[str], asked: list[str], excluded: Excluded) -> Request:
    """Return the request of clauses that name things, questions, and what is excluded."""
    wishes = [clause for clause in named if _WISH.match(clause)]
    named = [clause for clause in named if clause not in wishes] or wishes[:1]
    if excluded.unclear:
        return Request(Intent.UNCLEAR, unclear="; ".join(excluded.unclear))
    if asked and not (named and _has_verb(named[0])):
        return Request(Intent.QUESTION, unclear=asked[0])
    exclaimed = [clause for clause in asked if clause.split()[0] not in _WORDS.question_starts]
    if exclaimed:
        return Request(Intent.UNCLEAR, unclear=exclaimed[0])
    if not named:
        if excluded.is_any:
            return Request(Intent.PROHIBITION, excluded=tuple(excluded.things))
        return Request(Intent.UNCLEAR, unclear="it names nothing to take")
    verbs_first = sorted(named, key=lambda clause: not _takes(clause))
    request = _main(verbs_first[0])
    for clause in verbs_first[1:]:
        request = _with_clause(request, clause)
    if request.intent is not Intent.GRASP:
        return request
    things = [one for one in excluded.things if one.words not in PRONOUNS]
    if excluded.forbidden and not things and not excluded.colours:
        return Request(Intent.UNCLEAR, unclear="; ".join(excluded.forbidden))
    if request.noun and any(one.words == request.noun for one in things if not one.is_part):
        return Request(Intent.UNCLEAR, unclear=f"'{request.noun}' is both wanted and excluded")
    return replace(
        request,
        excluded=tuple(dict.fromkeys(things)),
        excluded_colours=tuple(dict.fromkeys(excluded.colours)),
    )


def _follow_up(text: str, named: list[str], asked: list[str], excluded: Excluded) -> Request:
    """Return the request of a sentence said after a grasp."""
    if asked and not named:
        return Request(Intent.QUESTION, unclear=asked[0])
    for clause in named:
        if clause.split()[0] in _WORDS.other_actions - _WORDS.follow_up_actions:
            return Request(Intent.OTHER_ACTION, unclear=clause)
    things = tuple(one for one in excluded.things if one.words not in PRONOUNS)
    if not named and (excluded.is_any or excluded.unclear):
        return Request(Intent.PROHIBITION, excluded=things)
    request = _judged(named, [], Excluded(list(things)))
    if things and request.intent is Intent.GRASP:
        return request
    if request.intent in (Intent.SEVERAL, Intent.OTHER_ACTION) and _has_verb(named[0]):
        return request
    is_named = request.intent is Intent.GRASP
    return Request(
        Intent.FOLLOW_UP,
        plain=text,
        noun=request.noun if is_named else "",
        part=request.part if is_named else "",
        excluded=things,
    )


def _asks_for_grasp(clause: str) -> bool:
    """Whether a clause in the form of a question asks for a grasp."""
    return _has_verb(clause) or any(clause.startswith(f"{offer} ") for offer in _WORDS.offers)


def _without_request(clause: str) -> str:
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
        clause = without_fillers(clause) or clause
    first, _, rest = clause.partition(" ")
    for verb in {verb.split()[0] for verb in _WORDS.verbs}:
        if first in (f"{verb}ing", f"{verb.rstrip('e')}ing", f"{verb}{verb[-1]}ing"):
            return f"{verb} {rest}".strip()
    return clause


def _has_verb(clause: str) -> bool:
    bare = _without_request(without_fillers(clause))
    return any(bare == verb or bare.startswith(f"{verb} ") for verb in _WORDS.verbs)


def _takes(clause: str) -> bool:
    """Whether a clause has a verb and the thing, not only how to hold it."""
    return _has_verb(clause) and not clause.startswith(("use ", "hold it", "take it", "grasp it"))


def _main(clause: str) -> Request:
    """Return the request of the clause that says what to take."""
    bare = _without_request(clause)
    seen = _IF_SEEN.match(bare)
    bare = f"take {seen['thing']}" if seen else bare.removeprefix("for ")
    verb = next((verb for verb in _WORDS.verbs if f"{bare} ".startswith(f"{verb} ")), "")
    first, *following = bare.split()
    if not verb and first in _WORDS.other_actions:
        return Request(Intent.OTHER_ACTION, unclear=clause)
    if not verb and first in _WORDS.question_starts and following:
        return Request(Intent.QUESTION, unclear=clause)
    if not verb and first in _SOMEBODY and following:
        return Request(Intent.UNCLEAR, unclear=clause)
    rest = bare[len(verb) :].strip()
    if (
        not verb
        and following[:1] in (["the"], ["a"], ["an"], ["my"])
        and first not in ("by", "for")
    ):
        known = {verb for verb in _WORDS.verbs if " " not in verb}
        near = difflib.get_close_matches(first, known, 1, _CLOSEST_VERB)
        if not near:
            return Request(Intent.UNCLEAR, unclear=f"'{first}'")
        verb, rest = near[0], " ".join(following)
    rest = re.sub(r"^(?:up|over|out|for|hold of)\b", "", rest).strip()
    rest = re.sub(r"\b(?:up|over|out|next|first)$", "", rest).strip()
    rest = re.sub(r"^me (?=the|a|an|that|this|my)", "", rest)
    if re.search(_AFTERWARDS.format("|".join(sorted(_WORDS.other_actions))), rest):
        return Request(Intent.OTHER_ACTION, unclear=clause)
    if not rest:
        return Request(Intent.UNCLEAR, unclear="it does not say what to take")
    if rest.split()[0] in _WORDS.question_starts - {"can", "any", "anything", "whatever", "what"}:
        return Request(Intent.QUESTION, unclear=clause)
    if re.match(r"what (?!i |we |you |is |looks )|what is (?:in|on)", rest):
        return Request(Intent.QUESTION, unclear=clause)
    return request_of_phrase(rest, verb, clause)


def _with_clause(request: Request, clause: str) -> Request:
    """Return a request with what a further clause says of it."""
    if request.intent is not Intent.GRASP:
        return request
    bare = _without_request(clause)
    part, left = part_of(bare)
    if not part and bare.split()[-1] in _WORDS.parts:
        told = re.fullmatch(
            r"(?:use|using|by|at|from|prefer|best|its|the|on|held|hold|it|with)"
            r"(?: (?:by|at|on|its|the|a))*"
            r" (?P<part>[a-z -]+)",
            bare,
        )
        part, left = (told["part"], "") if told else ("", bare)
        part = re.sub(r"^(?:its|the|by|at|on|a) ", "", part)
    if part and not request.part and re.fullmatch(_ONLY_HOLDING, left):
        return replace(request, part=part, plain=f"{request.plain} by its {part}")
    if bare.split()[0] in _WORDS.other_actions:
        return Request(Intent.OTHER_ACTION, unclear=clause)
    said = re.sub(
        r"^(?:it|that|they|mine|the one|i mean|namely|i want)\b(?: (?:is|are|lies))?", "", bare
    )
    said = re.sub(r"^(?:is|are|lies|stands|sits)\b", "", said.strip()).strip() or bare
    further = _main(said) if _has_verb(said) else request_of_phrase(said, "", clause)
    if further.intent is not Intent.GRASP:
        return further
    if further.noun in ("", request.noun) or not request.noun:
        return replace(
            request,
            noun=request.noun or further.noun,
            plain=request.plain if request.noun else further.plain,
            part=request.part or further.part,
            colours=request.colours or further.colours,
            side=request.side or further.side,
            size=request.size or further.size,
            near=request.near or further.near,
        )
    if _has_verb(bare):
        return Request(Intent.SEVERAL, unclear=clause)
    return Request(Intent.UNCLEAR, unclear=clause)


_ONLY_HOLDING = (
    r"(?:(?:hold|grip|grasp|take|grab|lift|pick|get|held|use|using|with|the fingers|fingers|it|them"
    r"|up|on|onto|to|and|from|its|the|your|best|only|by)\s*)*"
)

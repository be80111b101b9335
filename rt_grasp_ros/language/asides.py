"""What is said beside a command and changes nothing of it: "no hurry", "I can't reach that far".

The list is the positive one: of clauses and turns with a word that may forbid something, those are
harmless that are known to be. Any other has to be explained by a rule of `exclusions.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

import yaml

from .name_words import stray_word
from .request_words import load_request_words

_WORDS = load_request_words()

_LEADING = r"(?:(?:and|but|so|well|look|because|since|as|for|though|anyway) )*"
_COMMANDS = "please|take|grab|grasp|get|pick|lift|fetch|hand me|give me|bring me|pass me|hold"
_TRAILING = r"(?: (?:please|now|then|either|though|today|anyway|again|and|so|thanks|ok|okay))*"


@cache
def _raw() -> dict[str, list[str]]:
    text = resources.files(__package__).joinpath("asides.yaml").read_text(encoding="utf-8")
    return {name: list(said) for name, said in yaml.safe_load(text).items()}


def _any_of(phrases: Iterable[str]) -> str:
    """Return a pattern for any of some phrases, the longest first."""
    longest_first = sorted(phrases, key=len, reverse=True)
    escaped = (re.escape(one).replace(r"\ ", " ") for one in longest_first)
    return f"(?:{'|'.join(escaped)})"


def _pattern(name: str) -> str:
    """Return the alternatives of a list of patterns, what they are made of put in."""
    raw = _raw()
    made_of = {
        "manner": _any_of(raw["manner"]),
        "meanwhile": _any_of(raw["meanwhile"]),
        "not_to_do": f"{_any_of(raw['not_to_do'])}(?: {_any_of(raw['not_to_do_ends'])})*",
        "untrue": _any_of(raw["untrue"]),
        "states": _any_of(_WORDS.states),
        "slightest": _any_of(raw["slightest"]),
        "about_it": f"(?: {_any_of(raw['about_it'])})*",
        "harm": f"{_any_of(raw['harms'])}(?: {_any_of(raw['harmed'])})*(?=$| and\\b| but\\b)",
        "no_part": rf"(?:the|my|its|your|that|this) (?!(?:{'|'.join(_WORDS.parts)})\b)[a-z]+",
        "no_part_alone": rf"(?!(?:{'|'.join(_WORDS.parts)})\\b)[a-z]+",
        "too_much": _any_of(raw["too_much"]),
        "end": rf"(?=$| and\b| but\b| to\b| (?:{_COMMANDS})\b)",
    }
    pattern = "|".join(raw[name])
    return re.sub(r"<(\w+)>", lambda found: made_of.get(found[1], found[0]), pattern)


_UNABLE = re.compile(
    rf"{_LEADING}(?:(?:except(?: that)?|only) )?(?:without (?:a|an|my|the|any|some) [a-z]+ )?"
    rf"{_any_of(_raw()['who'])}(?: (?:really|just|simply|honestly|still|also|even|alas))*"
    rf" (?:{_any_of(_raw()['can_not'])} {_any_of(_raw()['undone'])}|{_any_of(_raw()['lacks'])})"
    r"(?P<further>(?: [a-z'-]+){0,8})"
)
_OWN_LACK = re.compile(
    r"\bwithout (?:my|any|a|an|some|more|enough|much|his|her)? ?[a-z]+|\b(?:anything|something)\b"
    r"|\b(?:a |my |any |enough )?(?:free )?hands?(?: free)?\b|\bno one\b"
)
_RENOUNCING = frozenset(
    ("need", "use", "interest", "wish", "desire", "intention", "permission", "right", "trust")
)
"""Who has none of these takes a command back: "I have no need of it"."""
_WITHIN = re.compile(_pattern("within"))
_LACKING = re.compile(_pattern("lacking"))
_OF_ONESELF = re.compile(rf"{_LEADING}(?:{_pattern('of_oneself')})")
_BESIDE = re.compile(rf"{_LEADING}(?:{_pattern('beside')}){_TRAILING}")
_IMPERATIVES = frozenset(
    ["take", "grab", "grasp", "pick", "lift", "fetch", "get", "give", "hand", "pass", "bring"]
)
_GOES_ON = re.compile(
    r"\b(?:the|an?|my|your|its|by|at|on|in|from|to|of|with|and|or|but|not|no|never|without|can|could"
    r"|will|would|does|did|do|may|must|should|else|nobody|one)$"
)
_BEGINS_ANEW = re.compile(r"(?:i|we|it|nobody|there|do|you|before|if|no) ")
_TOUCHING = re.compile(rf"\b(?:{'|'.join(_raw()['touching'])})\b")
_DENYING = re.compile(rf"{_LEADING}(?:{_pattern('denying')})")
_DENIAL = re.compile(r"\b(?:not|never|no|nobody|nothing|none)\b")
_SAID_OF_NO_THING = re.compile(rf"\b{_any_of(_raw()['harmless_there'])}\b")
_A_THING = re.compile(r"\b(?:the|a|an|its|their|my|your|his|her|our|these|those|any) [a-z]")
_OF_PEOPLE = re.compile(rf"{_LEADING}{_any_of(_raw()['who'])}\b")
_HANDLING = re.compile(
    r"\b(?:us(?:e|es|ed|ing)|push\w*|pull\w*|bump\w*|hit\w*|knock\w*|damag\w*|scratch\w*|br(?:eak|ok)\w*"
    r"|harm\w*|hurt\w*|disturb\w*|bother\w*|crush\w*|bend\w*|clos\w+|put\w*|go|goes|near|reach\w*"
    r"|catch\w*|seiz\w*|clamp\w*|poke\w*|rest|lean\w*|lay|carr\w+|bring\w*|get|gets|have|has|like\w*)\b"
)
_OWN_THINGS = re.compile(
    r"\b(?:my|our) [a-z]+\b|\bi have to\b"
    r"|^(?:[a-z]+ )??(?:(?:i|we) want to|it (?:is|has been|was|gets))\b"
)
_WISHES_WITH_VERB = re.compile(
    r"\b(?:want|would like|would love|need) to (?:have|take|grasp|hold)\b"
)


def without_asides(clause: str) -> tuple[str, str]:
    """Return a clause without the turns in it that forbid nothing, and those turns.

    Args:
        clause: in lower case, contractions written out.
    """
    said = []
    while found := _WITHIN.search(clause) or _lacking(clause):
        said.append(found.group())
        clause = _joined(clause[: found.start()], clause[found.end() :])
    return clause, " ".join(said)


def is_aside(clause: str, *, is_before: bool) -> bool:
    """Whether a whole clause changes nothing of a command.

    What is told of oneself is of no consequence before a command, whereas behind one it may take
    it back: "I was joking".

    Args:
        clause: in lower case, contractions written out.
        is_before: whether the command is still to come.
    """
    if _BESIDE.fullmatch(clause):
        return True
    if _is_unable(clause) or (is_before and _is_denial_of_no_thing(clause)):
        return True
    if not _OF_ONESELF.fullmatch(clause) or _WISHES_WITH_VERB.search(clause):
        return False
    is_brief = len(clause.split()) <= 4 and re.match(r"(?:my|our|i am|we are) ", clause)
    about = _OWN_THINGS.sub(" ", clause)
    if _TOUCHING.search(about) or any(word in _WORDS.parts for word in about.split()):
        return False
    return bool(is_before or is_brief)


def without_punctuation(clause: str) -> list[str]:
    """Return a clause, parted where something harmless is said before or behind a command.

    Who speaks to a machine that writes it down sets no commas: "I am not kidding grab the mug".

    Args:
        clause: in lower case, contractions written out.
    """
    words = clause.split()
    for k in range(1, len(words)):
        before, behind = " ".join(words[:k]), " ".join(words[k:])
        if _GOES_ON.search(before):
            continue
        if words[k] in _IMPERATIVES and _BESIDE.fullmatch(before):
            return [before, behind]
        is_command = words[0] in _IMPERATIVES and k > 2
        if is_command and _BEGINS_ANEW.match(behind) and _BESIDE.fullmatch(behind):
            return [before, behind]
    return [clause]


def _is_unable(clause: str) -> bool:
    """Whether a clause says what somebody else than the robot can't do or does not have."""
    found = _UNABLE.fullmatch(clause)
    if found is None:
        return False
    further = _OWN_LACK.sub(" ", found["further"])
    said = set(_SAID_OF_NO_THING.sub(" ", further).split())
    kept_off = _WORDS.parts | _WORDS.states | _RENOUNCING
    return not (said & kept_off or _TOUCHING.search(" ".join(said)))


def _is_denial_of_no_thing(clause: str) -> bool:
    """Whether a clause says that something is not so, and names nothing that could be touched."""
    if not (_DENIAL.search(clause) and _DENYING.fullmatch(clause)):
        return False
    said = _SAID_OF_NO_THING.sub(" ", clause)
    if _A_THING.search(clause) and (not _OF_PEOPLE.match(clause) or _HANDLING.search(said)):
        return False
    return not (_TOUCHING.search(said) or set(said.split()) & (_WORDS.parts | _WORDS.states))


def _lacking(clause: str) -> re.Match[str] | None:
    """Return where a clause says what the thing does not have or is not."""
    found = _LACKING.search(clause)
    if found is None:
        return None
    stated = found["stated"] or found["bare"] or found["thing"] or ""
    bare = re.sub(r" (?:in it|on it|at all|inside)$", "", stated)
    is_state = bare.split()[-1:] and bare.split()[-1] in _WORDS.states
    return found if is_state or not stray_word(bare.split()[-1] if bare else "") else None


def _joined(before: str, after: str) -> str:
    """Return what stands around something that was taken out, without the words that led to it."""
    before = re.sub(r"\b(?:and|or|nor|but|by|at|from|with)$", "", before.strip()).strip()
    after = re.sub(r"^(?:and|or|but|then)\b", "", after.strip()).strip()
    return f"{before} {after}".strip()

"""Which words may be a thing's name: any noun may, and what no name has in it may not.

A table that nobody foresaw has things that nobody listed, so a name is told by what it is not:
words of closed classes, such as pronouns and "under", and verbs in forms that are no nouns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

DETERMINERS = (
    r"(?:the|a|an|its|their|this|that|these|those|any|my|your|his|her|our|some|one of the)"
)
_LONGEST = 6
_JOINING = frozenset(["of", "and"])
_INNER_DETERMINERS = frozenset(
    ["the", "a", "an", "my", "your", "his", "her", "our", "their", "its"]
)
_SHORTENED = re.compile(r"(?:n't|'ll|'ve|'re|'d|'m)$")
_ENDING_LIKE_NO_NOUN = re.compile(r"(?:ed|ly|-free|-less)$")


@dataclass(frozen=True, slots=True)
class _NameWords:
    never: frozenset[str]
    not_alone: frozenset[str]
    not_before_of: frozenset[str]
    not_last: frozenset[str]
    ends_like_others: frozenset[str]
    describing: frozenset[str]
    always_plural: frozenset[str]
    of_two_halves: frozenset[str]


@cache
def _load() -> _NameWords:
    text = resources.files(__package__).joinpath("name_words.yaml").read_text(encoding="utf-8")
    return _NameWords(**{name: frozenset(words) for name, words in yaml.safe_load(text).items()})


def without_determiners(phrase: str) -> str:
    """Return a phrase without the articles and the like that it begins with."""
    return re.sub(rf"^(?:{DETERMINERS}(?:\s+|$))+", "", phrase.strip())


def is_in_no_name(word: str) -> bool:
    """Whether a word can be of no thing's name, such as "it", "under" or "belongs"."""
    return word in _load().never or _SHORTENED.search(word) is not None


def of_two_halves() -> list[str]:
    """Return nouns of which a pair is one thing, such as "scissors"."""
    return sorted(_load().of_two_halves)


def is_describing(word: str) -> bool:
    """Whether a description of a thing may be built of a word, such as "with"."""
    return word in _load().describing


def singular(noun: str) -> str:
    """Return what one of several things is called: `bottle` of `bottles`, `scissors` as it is."""
    known = _load()
    if noun in known.always_plural | known.of_two_halves or re.search(r"(?:ss|us)$|(?<!s)$", noun):
        return noun
    for plural, one in ((r"ives$", "ife"), (r"ies$", "y"), (r"(ss|x|ch|sh|z)es$", r"\1")):
        if re.search(plural, noun):
            return re.sub(plural, one, noun)
    return noun[:-1]


def stray_word(phrase: str, *, is_alone: bool = False) -> str:
    """Return the first word of a phrase that can't be of a name; empty where it may be one.

    Args:
        phrase: in small letters, with or without an article before it.
        is_alone: whether it has lost its article, so that what is no noun alone is none here.
    """
    known = _load()
    words = without_determiners(phrase).split()
    if len(words) == 1 and words[0] in known.not_alone and not phrase.strip().startswith("the "):
        return words[0]
    if is_alone and len(words) == 1 and _can_not_end(words[0]):
        return words[0]
    for index, word in enumerate(words):
        if word in words[:index] and word not in _JOINING | _INNER_DETERMINERS:
            return word
        before = words[index - 1] if index else ""
        is_last = index == len(words) - 1
        if word in _INNER_DETERMINERS:
            if before != "of" or is_last:
                return word
        elif word in _JOINING:
            if word == "of" and before in known.not_before_of:
                return before
            if not before or is_last:
                return word
        elif (
            is_in_no_name(word) or index >= _LONGEST or (is_last and before and _can_not_end(word))
        ):
            return word
    return ""


def _can_not_end(word: str) -> bool:
    known = _load()
    if word in known.not_last:
        return True
    return _ENDING_LIKE_NO_NOUN.search(word) is not None and word not in known.ends_like_others

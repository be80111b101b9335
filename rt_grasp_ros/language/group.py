"""Several things among which one is meant: "the smaller of the two red mugs on the left"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .name_words import is_in_no_name, singular, stray_word
from .request import Among, Side
from .request_words import load_request_words
from .selection import Selection, selection_of

_WORDS = load_request_words()

_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_SIDES = frozenset((Side.LEFT, Side.RIGHT, Side.FRONT, Side.BACK))

COUNT = r"(?:two|three|four|five|six|several|some|many|a few|a couple of|a pair of|all|both)"
GROUP = (
    rf"(?:the |these |those |my |our |your )?(?:(?P<count>{COUNT}) )?"
    r"(?P<place_before>(?:left|right|front|back|rear|nearest|nearer|closest|farthest|furthest) )?"
    r"(?P<looks>(?:[a-z-]+ ){0,2}?)(?P<kind>[a-z-]+s)\b"
    r"(?P<place> (?:that are |which are |standing |lying )?(?:on|at|in|to|near|nearest|closest)"
    r" (?:the |your |my )?(?:[a-z-]+ ){0,2}?[a-z-]+\b)??"
)
"""A pattern of what names several things, where they lie and what they look like; in lower case."""

_ONE_OF_GROUP = re.compile(
    r"^(?P<one>(?:the|that|this|a|any|either) .+?)(?: ones?)?"
    rf" (?:of|from|among|amongst|out of) (?:all )?(?=(?:the|these|those|my|our|your) ){GROUP}$"
)


@dataclass(frozen=True, slots=True)
class Group:
    """Several things of a kind.

    Attributes:
        noun: what each is called.
        looks: what they look like, as it was said: `red`; empty where nothing is said.
        row: in which row or column they stand.
        among: on which side of all of their kind they lie, and how many.
    """

    noun: str
    looks: str = ""
    row: Side | None = None
    among: Among | None = None

    @property
    def colours(self) -> tuple[str, ...]:
        """Their colours, as they are measured."""
        return tuple(_WORDS.colours[word] for word in self.looks.split() if word in _WORDS.colours)


def read_group(found: re.Match[str]) -> Group | None:
    """Return the things that a match of `GROUP` names; None where it says more than is understood.

    Args:
        found: matched in a sentence, in lower case.
    """
    noun = singular(found["kind"])
    looks = (found["looks"] or "").strip()
    is_known = all(word in _WORDS.colours or word in _WORDS.shades for word in looks.split())
    if found["kind"] == "ones" and looks:
        noun = "one"
    elif noun == found["kind"] or is_in_no_name(noun) or noun in _WORDS.general_nouns:
        return None
    if looks and not is_known and stray_word(f"the {looks} {noun}"):
        return None
    before = f"{found['place_before'] or ''}"
    place = re.sub(r"^ (?:that|which) are\b", "", found["place"] or "")
    which, left = selection_of(f"the {before}{noun}{place}")
    if which.unclear or which.size or which.rank > 1 or left != f"the {noun}":
        return None
    if which.row is not None and which.side is None:
        return Group(noun, looks, which.row)
    if which == Selection():
        return Group(noun, looks)
    if which.side not in _SIDES or which.row is not None:
        return None
    return Group(noun, looks, None, Among(which.side, _COUNTS.get(found["count"] or "", 0)))


def group_of(phrase: str) -> tuple[Group | None, str]:
    """Return the things of which a phrase means one, and the phrase with one's own name only.

    Args:
        phrase: what names the meant thing, without the verb: "the smaller of the red mugs".

    Returns:
        None and the phrase as it was where it does not tell one of several.
    """
    found = _ONE_OF_GROUP.match(phrase)
    group = read_group(found) if found else None
    if found is None or group is None:
        return None, phrase
    which, left = selection_of(found["one"])
    called = [word for word in left.split() if word not in ("the", "that", "this", "a", "one")]
    is_told = which != Selection() or any(word in _WORDS.colours for word in called)
    if not is_told or any(word not in _WORDS.colours for word in called):
        return None, phrase
    return group, " ".join(f"{found['one']} {group.looks} {group.noun}".split())

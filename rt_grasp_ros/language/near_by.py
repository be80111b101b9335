"""Another thing that a phrase names to tell where the meant one lies."""

from __future__ import annotations

import re
from functools import cache

from .name_words import DETERMINERS, singular, stray_word
from .request import NearBy, Relation
from .request_words import load_request_words
from .vocabulary import load_vocabulary

_WORDS = load_request_words()

_BY_THE_CAMERA = re.compile(r"\b(?:near|close)(?:st|r|est|er)? (?:to )?the camera$")
_THERE = (
    r"(?:(?:(?:that|which) )?(?:is|lies|stands|sits) )?"
    r"(?:just |(?<!the )right |directly |immediately |slightly |a bit |a little )*"
    r"(?:(?:lying|standing|sitting|sat|stood|sandwiched|squeezed|wedged|stuck"
    r"|placed|located|resting|leaning|put|found|positioned|hidden|hiding) )?"
    r"(?:just |(?<!the )right |directly |immediately |slightly |a bit |a little )*"
)
_OTHER = r"(?:the|a|an|that|my|your) (?P<np>[a-z -]+?)"
_NO_THING = re.compile(
    r"(?:the )?(?:robot|arm|base|left|right|table|desk|counter|tabletop|floor|picture|image|scene"
    r"|two|three|row|side|edge|corner|corners|end|front|back|rear|middle|centre|center|top|bottom"
    r"|upper|lower|far|near|very|extreme|outer|tip|others?(?! [a-z])|both|them|edges?|me|you"
    r"|us|this|that|foreground|background|gripper)\b"
    r"(?! (?:frame|lamp|mat|tennis|cloth|hat)s?\b)"
)
_PART_OF_IT = re.compile(r"\b(?:by|at|on|using|around) (?:its|the|their)\b|\bwith\b")
_MAY_BE_A_PART = frozenset((Relation.ON, Relation.IN, Relation.UNDER, Relation.FAR_FROM))
_FROM_THE_CAMERA = frozenset((Relation.IN_FRONT_OF, Relation.FAR_FROM, Relation.IN))
"""With these "the camera" may be the one that looks at the table: "furthest from the camera"."""

_TAKEN_FROM = re.compile(
    r"^(?P<thing>(?:the|a|an|that|my|your) [a-z -]+) from (?:the|a|an|that|my|your)"
    r" (?P<np>[a-z -]+)$"
)
"""Where it lies, said as where it is taken away from: "the apple from the bowl"."""

_ARE_THINGS = frozenset(("bowl", "glass", "ring", "foot", "label", "wheel"))


_BY_A_KNOWN = re.compile(rf"(?<=[a-z] ){_THERE}\bby (?:the|a|an|that|my|your) (?P<np>[a-z -]+)$")
"""By a thing that is known: "by the grippy bit" may mean a part that nobody listed."""

_NAMELESS_BY = re.compile(
    rf"^(?P<thing>(?:the|that|this) (?:[a-z]+ )?(?:thing|object|item|one)) {_THERE}\bby"
    r" (?:the|a|an|that|my|your) (?P<np>[a-z -]+)$"
)
"""What is not called anything is not said to be taken by a part that nobody knows of it."""

_MAY_BE_ANY_PART = frozenset(("bit", "piece", "area", "zone", "section", "portion"))
_ONE = ("one", "ones")
_BETWEEN_LIKE = re.compile(
    rf"\b{_THERE}\b(?:{_WORDS.relations['between']}) (?:(?:the|these|those|my|your) )?"
    r"(?:two |both )?(?:of the )?"
    r"(?P<looks>(?:[a-z-]+ ){0,2}?)(?P<kind>[a-z-]+s)$"
)
_COLOUR = "|".join(sorted(_WORDS.colours, key=len, reverse=True))
_BETWEEN_COLOURS = re.compile(
    rf"\b{_THERE}\b(?:{_WORDS.relations['between']}) (?:the )?(?P<first>{_COLOUR})(?: ones?)?"
    rf" and (?:the )?(?P<second>{_COLOUR})(?: ones?)?$"
)
_HAVING = re.compile(
    r"\b(?:with|having|(?:that|which) has)(?: got)? "
    r"(?:(?:the|a|an|my|your|some) )?(?P<np>[a-z -]+?)"
    rf" {_THERE}(?P<where>[a-z]+(?: [a-z]+)*)$"
)
_WHERE_OTHER_IS = re.compile(
    r" (?:(?:that|which) )?(?P<np>(?:the|a|an|my|your) [a-z -]+?) (?:is|are|lies|stands|sits)"
    r"(?: (?:lying|standing|sitting|resting))? (?P<where>"
    r"(?:on top|on|in|inside|under|underneath|behind|beside|next to|near|in front)(?: of)?)$"
)
"""What another thing is said to do by the meant one: "the box that the apple is on"."""

_NO_ARTICLES = re.compile(
    r"^(?!.*\b(?:the(?! (?:left|right) of\b)|a|an|my|your|its|that|this)\b)"
    r"(?P<thing>[a-z -]+?) (?:(?:lying|standing|sitting) )?"
    r"(?P<how>next to|beside|near|behind|in front of|(?:(?:on|to) )?(?:the )?(?:left|right) of"
    r"|between|on top of|on|in|inside|under)"
    r"(?P<np> [a-z-]+(?: [a-z-]+)?)(?P<also> and [a-z-]+(?: [a-z-]+)?)?$"
)
"""As one types in a hurry: "cup next to box", "apple between cup and red can"."""

_SEEN_FROM_IT = {
    "behind": r"(?:in|at) (?:the )?front(?: of it)?|before it",
    "in front of": r"behind(?: it)?|at the back of it|in the back",
    "right of": r"(?:on|at|to) (?:its|the) left(?: of it)?(?: side)?",
    "left of": r"(?:on|at|to) (?:its|the) right(?: of it)?(?: side)?",
    "under": r"on top(?: of it)?|(?:on|over|in|inside|within) it|inside",
    "on": r"under(?:neath)?(?: it)?|below(?: it)?|beneath(?: it)?",
    "beside": r"(?:next to|beside|near|close to|by|around|against) it|(?:at|by) its side|near ?by"
    r"|beside|alongside(?: it)?|next door",
}
"""Where another thing lies, seen from the meant one, and where that lies, seen from the other."""


def near_of(phrase: str) -> tuple[NearBy | None, str]:
    """Return the thing that the meant one lies by, and the phrase without it.

    Args:
        phrase: what names the meant thing, without the verb.
    """
    if _BY_THE_CAMERA.search(phrase):
        return None, phrase
    phrase = _with_articles(phrase)
    bears, left = _where_other_is(phrase)
    if bears is not None:
        return bears, left
    if said := _BETWEEN_COLOURS.search(phrase):
        both = NearBy(Relation.BETWEEN, f"{said['first']} one", f"{said['second']} one")
        return both, phrase[: said.start()].strip()
    if (like := _BETWEEN_LIKE.search(phrase)) and _is_several(like["kind"]):
        one = f"{like['looks']}{singular(like['kind'])}"
        return NearBy(Relation.BETWEEN, one, one), phrase[: like.start()].strip()
    if having := _HAVING.search(phrase):
        for name, pattern in _SEEN_FROM_IT.items():
            is_so = re.fullmatch(pattern, having["where"]) is not None
            if is_so and _is_thing(having["np"], Relation(name)):
                return NearBy(Relation(name), _bare(having["np"])), phrase[: having.start()].strip()
    for name, pattern in _WORDS.relations.items():
        relation = Relation(name)
        also = r" and (?:the |a |an |my |your )?(?P<also>[a-z -]+)"
        ending = also if relation is Relation.BETWEEN else ""
        found = re.search(rf"\b{_THERE}\b(?:{pattern}) {_OTHER}{ending}$", phrase)
        if found and _is_thing(found["np"], relation):
            second = _bare(found["also"]) if ending else ""
            other = NearBy(relation, _bare(found["np"]), second)
            return other, phrase[: found.start()].strip()
    if (taken := _TAKEN_FROM.match(phrase)) and _is_taken(taken["thing"], taken["np"]):
        return NearBy(Relation.IN, _bare(taken["np"])), taken["thing"]
    if (by := _BY_A_KNOWN.search(phrase)) and by["np"].split()[-1] in known_things():
        return NearBy(Relation.BESIDE, _bare(by["np"])), phrase[: by.start()].strip()
    if (by := _NAMELESS_BY.match(phrase)) and _is_no_part(by["np"]):
        return NearBy(Relation.BESIDE, _bare(by["np"])), by["thing"]
    return None, phrase


def _where_other_is(phrase: str) -> tuple[NearBy | None, str]:
    """Return the thing that is said to lie by the meant one, and the phrase without it."""
    other = _WHERE_OTHER_IS.search(phrase)
    if other is None or other.start() == 0:
        return None, phrase
    where = other["where"].removesuffix(" of")
    seen = f"{where} of it" if where in ("in front", "on top") else f"{where} it"
    words = _bare(other["np"])
    for name, pattern in _SEEN_FROM_IT.items():
        if re.fullmatch(pattern, seen) and _is_thing(words, Relation(name)):
            return NearBy(Relation(name), words), phrase[: other.start()].strip()
    return None, phrase


def _with_articles(phrase: str) -> str:
    """Return a phrase with the articles that a hurried one lacks, where it says where things lie.

    On, in and under say that only of what is known to be a thing: "on fire" does not.
    """
    said = _NO_ARTICLES.match(phrase)
    if said is None or (said["how"] == "between") != bool(said["also"]):
        return phrase
    thing, other, also = said["thing"].strip(), said["np"].strip(), said["also"]
    is_known = other.split()[-1] in known_things() | _ARE_THINGS
    if said["how"] in ("on", "in", "inside", "under") and not is_known:
        return phrase
    if stray_word(f"the {thing}") or stray_word(f"the {other}"):
        return phrase
    how = re.sub(r"\b(?:(?:on|to) )?(?=(?:left|right) of)", "to the ", said["how"])
    and_also = f" and the {also.removeprefix(' and ')}" if also else ""
    return f"the {thing} {how} the {other}{and_also}"


def filled(near: NearBy, noun: str) -> NearBy:
    """Return the other things with a name where they have none: a blue bottle for "the blue one".

    Args:
        near: where the meant thing lies.
        noun: what the meant thing is called; empty where it is not called anything.
    """
    first, second = near.words, near.also
    if all(word in _WORDS.colours for word in first.split()):
        head = second.split()[-1] if second else "one"
        first = f"{first} {noun or 'object' if head in _ONE else head}"
    *looks, last = first.split()
    first = " ".join([*looks, noun or "object"]) if last in _ONE else first
    *looks, last = second.split() or [""]
    second = " ".join([*looks, first.split()[-1]]) if last in _ONE else second
    return NearBy(near.relation, first, second)


@cache
def known_things() -> frozenset[str]:
    """Return what things of the vocabulary and of everyday are called that no part is, too."""
    said = load_vocabulary()
    names = {name for thing in said.objects.values() for name in thing.names}
    return frozenset((*names, *said.absent_nouns, *_WORDS.everyday)) - _WORDS.parts


def _is_several(kind: str) -> bool:
    """Whether a word names several things of a kind, which are not just "the others"."""
    return singular(kind) != kind and kind not in ("others", "ones", "edges", "ends", "sides")


def _is_thing(words: str, relation: Relation) -> bool:
    """Whether words name a thing, and not a place or a part of the meant one."""
    last = words.split()[-1]
    is_on_it = last in _WORDS.decorations or all(word in _WORDS.colours for word in words.split())
    if is_on_it and relation is Relation.UNDER:
        return False
    if words == "camera" and relation in _FROM_THE_CAMERA:
        return False
    is_part = last in _WORDS.parts - _ARE_THINGS and relation in _MAY_BE_A_PART
    return not (is_part or _NO_THING.match(words) or _PART_OF_IT.search(words))


def _is_taken(thing: str, other: str) -> bool:
    """Whether a thing is taken away from another, and is not a part of it or one of several."""
    is_part = thing.split()[-1] in _WORDS.parts
    return not (is_part or _is_several(other.split()[-1])) and _is_thing(other, Relation.IN)


def _is_no_part(words: str) -> bool:
    """Whether words name a thing, and no part of another one that is said without its name."""
    is_part = words.split()[-1] in (_WORDS.parts - _ARE_THINGS) | _MAY_BE_ANY_PART
    return not (is_part or _NO_THING.match(words) or _PART_OF_IT.search(words))


def _bare(words: str) -> str:
    return re.sub(rf"^(?:{DETERMINERS} )+(?:other )?", "", f"the {words}").strip()

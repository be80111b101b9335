"""Another thing that a phrase names to tell where the meant one lies."""

from __future__ import annotations

import re

from .name_words import DETERMINERS
from .request import NearBy, Relation
from .request_words import load_request_words

_WORDS = load_request_words()

_BY_THE_CAMERA = re.compile(r"\b(?:near|clos)est (?:to )?the camera$")
_THERE = (
    r"(?:(?:(?:that|which) )?(?:is|lies|stands|sits) )?(?:just |right |directly |immediately )*"
    r"(?:(?:lying|standing|sitting|sat|stood|sandwiched|squeezed|wedged|stuck"
    r"|placed|located|resting|leaning|put|found|positioned) )?"
    r"(?:just |right |directly |immediately )*"
)
_OTHER = r"(?:the|a|an|that|my|your) (?P<np>[a-z -]+?)"
_NO_THING = re.compile(
    r"(?:the )?(?:robot|arm|base|left|right|table|desk|counter|tabletop|floor|picture|image|scene"
    r"|two|three|row|side|edge|corner|corners|end|front|back|rear|middle|centre|center|top|bottom"
    r"|upper|lower|far|near|very|extreme|outer|camera|tip|others?|both|them|edges?|me|you|us|this|that)\b"
    r"(?! (?:frame|lamp|mat|tennis|cloth|hat)s?\b)"
)
_PART_OF_IT = re.compile(r"\b(?:by|at|on|using|around) (?:its|the|their)\b|\bwith\b")
_MAY_BE_A_PART = frozenset((Relation.ON, Relation.IN, Relation.UNDER))
_ARE_THINGS = frozenset(("bowl", "glass", "ring", "foot", "label", "wheel"))


def near_of(phrase: str) -> tuple[NearBy | None, str]:
    """Return the thing that the meant one lies by, and the phrase without it.

    Args:
        phrase: what names the meant thing, without the verb.
    """
    if _BY_THE_CAMERA.search(phrase):
        return None, phrase
    for name, pattern in _WORDS.relations.items():
        relation = Relation(name)
        also = r" and (?:the |a |an |my |your )?(?P<also>[a-z -]+)"
        ending = also if relation is Relation.BETWEEN else ""
        found = re.search(rf"\b{_THERE}\b(?:{pattern}) {_OTHER}{ending}$", phrase)
        if found and _is_thing(found["np"], relation):
            second = _bare(found["also"]) if ending else ""
            other = NearBy(relation, _bare(found["np"]), second)
            return other, phrase[: found.start()].strip()
    return None, phrase


def _is_thing(words: str, relation: Relation) -> bool:
    """Whether words name a thing, and not a place or a part of the meant one."""
    last = words.split()[-1]
    is_part = last in _WORDS.parts - _ARE_THINGS and relation in _MAY_BE_A_PART
    return not (is_part or _NO_THING.match(words) or _PART_OF_IT.search(words))


def _bare(words: str) -> str:
    return re.sub(rf"^(?:{DETERMINERS} )+", "", words).strip()

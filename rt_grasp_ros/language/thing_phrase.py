"""A phrase that names a thing: its noun, colours, part, and what tells it from its like."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .exclusions import DETERMINERS
from .near_by import near_of
from .request import Intent, Request, Side, Size
from .request_words import load_request_words

_WORDS = load_request_words()

_PARTS = "|".join(sorted(_WORDS.parts, key=len, reverse=True))
_BY_PART = re.compile(
    rf"\s*\b(?:hold(?:ing)? (?:it|on)(?: to)?|held|grip(?:ping)? it|take it|grasp it|and)?\s*"
    rf"(?<!lying )(?<!lies )(?<!standing )(?<!stands )(?<!resting )(?<!lying right )"
    rf"\b(?:by|at|on|using|around|along|with (?:the|your) (?:fingers|gripper|jaws) on)"
    rf" (?:(?:its|the|their|a|one)\s)+(?P<part>(?:[a-z-]+ )*?(?:{_PARTS}))$"
)
_PART_OF = re.compile(
    rf"^(?:(?:the|its|a)\s)*(?P<part>(?:[a-z-]+ ){{0,2}}?(?:{_PARTS})) of (?P<thing>.+)$"
)
_PART_TO_TAKE = re.compile(
    rf"^(?:for (?P<first>[a-z -]+?) use )?(?:(?:the|its)\s)*(?P<part>[a-z -]*?(?:{_PARTS}))"
    r" (?:to (?:pick up|grasp|lift|take|hold|get|grab)"
    r"|is (?:where|what|how) .*?\b(?:hold|grasp|take|lift|grip|grab|by)) (?P<thing>.+)$"
)
_USE_PART = re.compile(
    rf"^(?:for )?(?P<thing>[a-z -]+?) (?:use|take it at|hold it by|grasp it by) (?:(?:the|its)\s)+"
    rf"(?P<part>[a-z -]*?(?:{_PARTS}))$"
)
_TO_A_PLACE = re.compile(
    r"\b(?:in|on)to\b|(?<!next )(?<!near )(?<!close )(?<!est )(?<!er )\bto (?:the|my)"
    r" (?!left|right)"
)
_REST = re.compile(
    r"\b(?:that|which|with|on top|lying|standing|inside|in the|made|from the|on the|under|below"
    r"|used|good|for|of the (?:two|three|pair|lot)|near(?:est)? to|close(?:st)? to|without)\b"
)
_COUNTED = re.compile(
    r"\b(?:both|everything|all|every|each|two|three|four|several|many|few|couple|another"
    r"|pair of (?!scissors|pliers|tongs|glasses|sunglasses))\b"
)
_ONE_OF = re.compile(
    r"\b(?:of|from|between|among) (?:the |these |those )?(?:two|three|four|all)\b|\ball of it\b"
)
_JOINED = re.compile(
    r"\b(?P<first>[a-z-]+) (?:and|or|plus|as well as|together with) (?P<next>[a-z-]+)"
)
_EMPTY = frozenset({"is", "other", "are", "just", "only", "single"})
_NO_SECOND_THING = frozenset(
    [
        "it",
        "hold",
        "held",
        "take",
        "lift",
        "use",
        "by",
        "at",
        "grip",
        "grasp",
        "then",
        "please",
        "so",
    ]
)
_ADJECTIVES = frozenset(
    [
        "round",
        "hollow",
        "flat",
        "long",
        "thin",
        "curved",
        "small",
        "big",
        "large",
        "short",
        "tall",
        "heavy",
    ]
)


def request_of_phrase(phrase: str, verb: str, clause: str) -> Request:
    """Return the request of what stands behind a verb.

    Args:
        phrase: without the verb.
        verb: the verb; empty where there is none.
        clause: that both are of, for what is not understood.
    """
    near, thing = near_of(phrase)
    part, thing = part_of(thing)
    if near is None:
        near, thing = near_of(thing)
    if _TO_A_PLACE.search(thing):
        return Request(Intent.OTHER_ACTION, unclear=clause)
    if _is_several(thing):
        return Request(Intent.SEVERAL, unclear=clause)
    side, thing = _first_of(_WORDS.sides, thing)
    size, thing = _first_of({name: (pattern,) for name, pattern in _WORDS.sizes.items()}, thing)
    thing = re.sub(
        r"\b(?:of|from|among) (?:the |these |those |them )?(?:two|three|pair|lot|all)\b", "", thing
    )
    thing = re.sub(r"\bof (?:the|these|those)(?= [a-z]+s\b)", "", thing)
    thing = " ".join(thing.split())
    head = _REST.split(thing, maxsplit=1)[0]
    colours = [_WORDS.colours[word] for word in head.split() if word in _WORDS.colours]
    if not colours and re.search(r"\b(?:is|in|are|whatever is)\b", thing):
        colours = [_WORDS.colours[word] for word in thing.split() if word in _WORDS.colours]
    kept = [
        word
        for word in re.sub(rf"\b{DETERMINERS}\b", " ", head).split()
        if word not in _WORDS.colours and word not in _WORDS.general_nouns and word not in _EMPTY
    ]
    plain_thing = thing if thing not in ("", "the", "a", "an", "one") else "the object"
    by_part = f" by its {part}" if part else ""
    return Request(
        Intent.GRASP,
        plain=f"{verb or 'grasp'} {plain_thing}{by_part}",
        noun=" ".join(kept).strip(" '-"),
        part=part,
        colours=tuple(dict.fromkeys(colours)),
        side=Side(side) if side else None,
        size=Size(size) if size else None,
        near=near,
    )


def part_of(phrase: str) -> tuple[str, str]:
    """Return the part that a phrase names, empty where none, and the phrase without it."""
    told = _PART_TO_TAKE.match(phrase) or _USE_PART.match(phrase)
    if told:
        return told["part"].strip(), told["thing"]
    by = _BY_PART.search(phrase)
    if by and by.start() == 0 and " of " not in phrase:
        return by["part"], ""
    if by and " of " not in by["part"]:
        return by["part"], phrase[: by.start()].strip(" ,")
    of = _PART_OF.match(phrase)
    if of:
        return of["part"], of["thing"]
    words = phrase.split()
    if len(words) >= 3 and words[0] in ("the", "a", "its") and words[-1] in _WORDS.parts:
        before = words[-2]
        is_own_noun = before in _WORDS.colours or _is_size(before) or before in _ADJECTIVES
        if not is_own_noun and not re.search(r"\b(?:with|on|in|at|to|that|which)\b", phrase):
            return words[-1], " ".join(words[:-1])
    return "", phrase


def _first_of(kinds: Mapping[str, Sequence[str]], phrase: str) -> tuple[str, str]:
    """Return the first kind whose words are in a phrase, and the phrase without them."""
    for name, patterns in kinds.items():
        for pattern in patterns:
            found = re.search(pattern, phrase)
            if found:
                rest = f"{phrase[: found.start()].strip()} {phrase[found.end() :].strip()}".strip()
                return name, re.sub(
                    r"\b(?:that|which)(?: (?:is|lies|stands|sits))?$", "", rest
                ).strip()
    return "", phrase


def _is_size(word: str) -> bool:
    return any(re.fullmatch(pattern, word) for pattern in _WORDS.sizes.values())


def _is_several(phrase: str) -> bool:
    """Whether a phrase names more than one thing."""
    if _COUNTED.search(_ONE_OF.sub("", phrase)) or re.search(r"\bthen (?:the|a|an)\b", phrase):
        return True
    adjectives = {*_WORDS.colours, *_ADJECTIVES}
    for joined in _JOINED.finditer(phrase):
        if joined["next"] in ("the", "a", "an", "another", "my", "your", "that"):
            return True
        if re.search(rf"\bto [a-z]+ (?:and|or) {joined['next']}\b", phrase):
            continue
        if not {joined["first"], joined["next"]} & (adjectives | _NO_SECOND_THING):
            return True
    return False

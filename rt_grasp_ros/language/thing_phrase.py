"""A phrase that names a thing: its noun, colours, part, and what tells it from its like."""

from __future__ import annotations

import re
from functools import cache
from itertools import takewhile

from .description import known_uses, stray_in_description
from .group import group_of
from .name_words import (
    DETERMINERS,
    is_in_no_name,
    of_two_halves,
    singular,
    stray_word,
    without_determiners,
)
from .near_by import filled, near_of
from .part_colours import part_colours_of
from .purpose import is_of_use, purpose_of
from .request import Intent, Request
from .request_words import load_request_words
from .selection import Selection, is_size, selection_of
from .vocabulary import load_vocabulary

_WORDS = load_request_words()

_PARTS = "|".join(sorted(_WORDS.parts, key=len, reverse=True))
_BY_PART = re.compile(
    rf"\s*\b(?:hold(?:ing)? (?:it|on)(?: to)?|held|grip(?:ping)? it|take it|grasp it|and)?\s*"
    rf"(?<!lying )(?<!lies )(?<!standing )(?<!stands )(?<!resting )(?<!lying right )"
    rf"\b(?:by|at|on|in(?= its)|near(?= its)|using|around|along"
    rf"|with (?:the|your) (?:fingers|gripper|jaws) on) (?:(?:its|the|their|a|one)\s)+"
    rf"(?P<part>(?:(?!(?:by|at|on|using|around|its)\b)[a-z-]+ )*?(?:{_PARTS}))$"
)
_OWNED = re.compile(rf"^(?P<thing>.*[a-z])'s (?P<part>(?:[a-z-]+ ){{0,2}}?(?:{_PARTS}))$")
_PART_OF = re.compile(
    rf"^(?:(?:the|its|a)\s)*(?P<part>(?:[a-z-]+ ){{0,2}}?(?:{_PARTS})) of (?P<thing>.+)$"
)
_SEVERAL_THINGS = re.compile(r"(?:(?:the|these|those|all|my|our) )*(?:two|three|four|five|six)\b")
_PART_TO_TAKE = re.compile(
    rf"^(?:for (?P<first>[a-z -]+?) use )?(?:(?:the|its)\s)*(?P<part>(?:[a-z-]+ )*?(?:{_PARTS}))"
    r" (?:to (?:pick up|grasp|lift|take|hold|get|grab)"
    r"|is (?:where|what|how) .*?\b(?:hold|grasp|take|lift|grip|grab|by)) (?P<thing>.+)$"
)
_USE_PART = re.compile(
    rf"^(?:for )?(?P<thing>[a-z -]+?) (?:use|take it at|hold it by|grasp it by) (?:(?:the|its)\s)+"
    rf"(?P<part>(?:[a-z-]+ )*?(?:{_PARTS}))$"
)
_WHERE_PART = re.compile(
    rf"^(?P<thing>[a-z -]+?) where (?:(?:the|its)\s)+(?P<part>(?:[a-z-]+ )*?(?:{_PARTS}))"
    r" (?:is|are|sits|begins|starts|sticks out)$"
)
_LEADS_TO_PLACE = re.compile(
    r"\b(?:with|on|in|at|to|that|which|from|near|close|nearest|closest|nearer|closer)\b"
)
_AT_A_SIDE = re.compile(r"\b(?:at|on|in) the (?:very |far )?(?:front|back|top|bottom|side)$")
_AT_AN_END = re.compile(
    r"\b(?:at|on) the (?:very )?(?:far|near|left|right|other|opposite|back|front|top|bottom)"
    r"(?:[- ]?hand)?[- ](?P<end>end|side|edge|corner)$"
)
_GRIPPING = frozenset(
    ("grasp", "grab", "hold", "grip", "clutch", "clamp", "pinch", "seize", "catch", "clasp")
)
"""With these verbs "at the far end" tells by which part; "the mug at the far end" tells where."""
_TO_A_PLACE = re.compile(
    r"\b(?:in|on)to\b|(?<!next )(?<!near )(?<!close )(?<!est )(?<!er )\bto (?:the|my)"
    r" (?!left|right)"
)
_REST = re.compile(
    r"\b(?:that|which|with|having|on top|lying|standing|inside|in the|made|from the|on the|under"
    r"|below|used|good|for|of the (?:two|three|pair|lot)|near(?:est)? to|close(?:st)? to|without)\b"
)
_COUNTED = re.compile(
    r"\b(?:both|everything|all|every|each|two|three|four|several|many|few|couple|another"
    rf"|pair of (?!(?:[a-z-]+ )?(?:glasses|{'|'.join(of_two_halves())})\b))\b"
)
_ONE_OF = re.compile(
    r"\b(?:of|from|between|among) (?:the |these |those )?(?:two|three|four|all)\b|\ball of it\b"
)
_DETERMINER = re.compile(rf"\b{DETERMINERS}\b")
_COLOUR = "|".join(word for word in _WORDS.colours if word not in _WORDS.shades)
_SHADE = re.compile(rf"\b(?:{'|'.join(_WORDS.shades)})[ -](?=(?:{_COLOUR})\b)")
_COLOURS_JOINED = re.compile(
    rf"\b({_COLOUR}) and (?=(?:(?:{'|'.join(_WORDS.shades)})[ -])?(?:{_COLOUR})\b)"
)
_JOINED = re.compile(
    r"\b(?P<first>[a-z-]+) (?:and|or|plus|as well as|together with) (?P<next>[a-z-]+)"
)
_AMONG = re.compile(
    r"\b(?:ones? )?(?:of|from|among|amongst|out of)(?: all)?(?: (?:the|these|those|them|my|our))?"
    r"(?: (?:two|three|four|five|several)(?= [a-z-]+s\b|$)| (?:pair|lot|bunch|group|others?)$"
    r"|(?:(?<=the)|(?<=these)|(?<=those)|(?<=my)|(?<=our))(?= [a-z-]+s$)"
    r"|(?<=them)$|(?<=these)$|(?<=those)$)"
)
_OF_SEVERAL = re.compile(r"\b(?:of|from|among|amongst) (?:all )?(?:the|these|those|my|our)\b")
_NAMELESS = re.compile(
    rf"\b(?:is|whatever|anything|something|{'|'.join(sorted(_WORDS.general_nouns))})\b"
)
_OWN_THINGS = frozenset(["bowl", "glass", "bulb", "bar", "ring", "cord"])
"""Parts whose names are mostly those of things: salad bowl, wine glass, light bulb."""

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
_SOMETHING = re.compile(
    r"\b(?:what|whatever|anything|something)(?: (?:that|which))?"
    r" (?:i|we)(?: (?:can|could|would|will|may|might))? (?:need|use|want|like)\b|\bwhatever is\b"
)
_LEADS_TO_USE = frozenset(("to", "for", "that", "which", "i", "you", "we", "one", "people", "used"))
_PARTED = re.compile(
    r"^(?P<the>(?:the|a|that) )(?P<how>nearest|closest|nearer|closer|farthest|furthest|farther"
    r"|further) (?P<thing>[a-z -]+?) (?=(?:to|from) (?:the|a|an|my|your|me|you|us)\b)"
)
"""What tells the place is parted by the name: "the nearest apple to the can"."""

_LONGEST_BARE = 3
"""Words of a name that is said without verb and article; more of them are no name."""

_UNNAMED = frozenset(("what", "whatever", "anything", "something", "the one", "one"))

_WISHES = frozenset(
    verb for verb in _WORDS.verbs if verb.split()[0] in ("i", "we", "let", "your", "my")
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
    group, phrase = group_of(_PARTED.sub(r"\g<the>\g<thing> \g<how> ", phrase))
    near, thing = near_of(phrase)
    if near is not None and is_of_use(purpose_of(phrase), near):
        near, thing = None, phrase
    purpose = purpose_of(thing)
    part, which, before = "", Selection(), thing
    if not purpose:
        if not _is_at_an_end(thing, verb):
            part, thing = part_of(thing)
        if near is None:
            near, thing = near_of(thing)
        before = thing
        if near is not None and thing in _UNNAMED:
            thing = "the object"
        which, thing = selection_of(thing)
    if which.unclear:
        return Request(Intent.UNCLEAR, unclear=f"{which.unclear} in '{clause}'")
    if _TO_A_PLACE.search(thing):
        return Request(Intent.OTHER_ACTION, unclear=clause)
    if not purpose and _is_several(thing):
        return Request(Intent.SEVERAL, unclear=clause)
    thing = " ".join(_AMONG.sub("", thing).split())
    thing = re.sub(rf" in ({'|'.join(_WORDS.colours)})$", r" \1", " ".join(thing.split()))
    thing = re.sub(r"^(the|that|this) other (?=[a-z])", r"\1 ", thing)
    thing = re.sub(r"^(?:that|this) (?!is\b|looks\b|lies\b)", "the ", thing)
    described = thing
    part_colours, thing = ((), thing) if purpose else part_colours_of(thing)
    coloured = thing
    before_rest = _REST.split(thing, maxsplit=1)[0]
    head = _SHADE.sub("", _COLOURS_JOINED.sub(r"\1 ", before_rest))
    if purpose:
        stray = stray_in_description(f"to {purpose}", is_purpose=True)
    else:
        is_open = not verb or verb in _WISHES
        stray = stray_word(f"the {part}") or _stray_in_name(head, is_open=is_open)
        stray = stray or stray_in_description(thing[len(before_rest) :])
    if not stray and near is not None:
        stray = stray_word(near.words, is_alone=True) or stray_word(near.also)
    if stray:
        return Request(Intent.UNCLEAR, unclear=f"'{stray}' in '{clause}'")
    words = [word for word in _DETERMINER.sub(" ", head).split() if word not in _EMPTY]
    is_fruit = words[-1:] == ["orange"] and not purpose and not _NAMELESS.search(before_rest)
    fruit = words[-1:] if is_fruit else []
    looks = words[:-1] if fruit else words
    if purpose:
        looks = list(takewhile(lambda word: word not in _LEADS_TO_USE, looks))
    colours = [_WORDS.colours[word] for word in looks if word in _WORDS.colours]
    if not (fruit or colours or purpose) and re.search(
        r"\b(?:is|in|are|with|has|whatever is)\b", thing
    ):
        colours = [_WORDS.colours[word] for word in thing.split() if word in _WORDS.colours]
    named = set(looks) - set(_WORDS.colours) - _WORDS.general_nouns
    kept = [*(word for word in looks if word in named), *fruit]
    noun = "" if purpose else " ".join(kept).removeprefix("of ").strip(" '-")
    if _OF_SEVERAL.search(before) and noun:
        *looks, last = noun.split()
        thing = re.sub(rf"\b{last}\b", singular(last), thing)
        noun = " ".join([*looks, singular(last)])
    is_told = which != Selection() or near is not None or bool(colours or part_colours or part)
    if without_determiners(thing) == "" and not is_told:
        return Request(Intent.UNCLEAR, unclear="it does not say what to take")
    if any(word.isdigit() for word in noun.split()):
        return Request(Intent.UNCLEAR, unclear=f"'{noun}'")
    if not verb and without_determiners(phrase) == phrase and len(noun.split()) > _LONGEST_BARE:
        return Request(Intent.UNCLEAR, unclear=clause)
    if without_determiners(thing) in ("", "one", "other", "other one"):
        thing = "the object"
    if near is not None:
        near = filled(near, noun)
    thing = described if thing == coloured else thing
    is_bare = bool(noun) and thing == noun
    if is_bare:
        thing = f"the {thing}"
    by_part = f" by its {part}" if part else ""
    return Request(
        Intent.GRASP,
        plain=f"{verb or 'grasp'} {thing}{by_part}",
        noun=noun,
        purpose=purpose,
        part=part,
        colours=tuple(dict.fromkeys(colours)),
        part_colours=part_colours,
        side=which.side,
        size=which.size,
        rank=which.rank,
        row=which.row or (group.row if group else None),
        among=(group.among if group else None) or which.among,
        leaves_out=which.is_any
        or is_bare
        or group is not None
        or _OF_SEVERAL.search(before) is not None,
        near=near,
    )


def _is_at_an_end(phrase: str, verb: str) -> bool:
    """Whether a phrase says at which end of the table a thing lies, and not of the thing itself."""
    found = _AT_AN_END.search(phrase)
    if found is None:
        return False
    if found["end"] in ("side", "edge", "corner") and verb not in _GRIPPING - {"grasp", "grab"}:
        return True
    thing = phrase[: found.start()].strip()
    is_known = without_determiners(thing) in names()
    return not has_part(thing, found["end"]) and (is_known or verb not in _GRIPPING)


def _stray_in_name(head: str, *, is_open: bool) -> str:
    """Return the first word of what names a thing that can't be of a name; empty where none.

    Args:
        head: the phrase without what describes the thing further.
        is_open: whether any statement could stand there, for want of a verb of taking; what a thing
            is good for then tells nothing but a thing that is not called anything.
    """
    named, to, purpose = f" {_SOMETHING.sub('something', head)}".partition(" to ")
    unnamed = {word for word in _WORDS.general_nouns if is_in_no_name(word)} | set(_WORDS.colours)
    words = [word for word in named.split() if word not in unnamed | (_EMPTY - {"is", "are"})]
    stray = stray_word(" ".join(words))
    if stray or not to or f"to {purpose}" in known_uses():
        return stray
    called = set(words) - _WORDS.general_nouns
    if is_open and [word for word in called if not re.fullmatch(DETERMINERS, word)]:
        return "to"
    return stray_in_description(f"to {purpose}", is_purpose=True)


def part_of(phrase: str) -> tuple[str, str]:
    """Return the part that a phrase names, empty where none, and the phrase without it."""
    told = _PART_TO_TAKE.match(phrase) or _USE_PART.match(phrase) or _WHERE_PART.match(phrase)
    if told:
        return told["part"].strip(), told["thing"]
    if (owned := _OWNED.match(phrase)) and near_of(owned["thing"])[0] is None:
        return owned["part"], owned["thing"]
    by = _BY_PART.search(phrase)
    if by and _AT_A_SIDE.search(phrase) and not has_part(phrase[: by.start()], by["part"]):
        return "", phrase
    if by and by.start() == 0 and " of " not in phrase:
        return by["part"], ""
    if by and " of " not in by["part"]:
        return by["part"], phrase[: by.start()].strip(" ,")
    of = _PART_OF.match(phrase)
    if of and not _SEVERAL_THINGS.match(of["thing"]):
        return of["part"], of["thing"]
    words = phrase.split()
    for count in (2, 1):
        thing, part = " ".join(words[:-count]), " ".join(words[-count:])
        if has_part(thing, part):
            return part, thing
    may_be_part = words and words[-1] in _WORDS.parts - _OWN_THINGS
    if len(words) >= 3 and words[0] in ("the", "a", "its") and may_be_part:
        before = words[-2]
        is_own_noun = before in _WORDS.colours or is_size(before) or before in _ADJECTIVES
        if not is_own_noun and not _LEADS_TO_PLACE.search(phrase):
            return words[-1], " ".join(words[:-1])
    return "", phrase


@cache
def names() -> frozenset[str]:
    """Return what the things of the vocabulary are called."""
    return frozenset(name for thing in load_vocabulary().objects.values() for name in thing.names)


def has_part(thing: str, part: str) -> bool:
    """Whether a thing of the vocabulary has a part that is called so.

    Args:
        thing: what it is called, with or without an article.
        part: what the part is called.
    """
    bare = without_determiners(thing)
    return any(
        part in name_of_part.names
        for known in load_vocabulary().objects.values()
        if bare in known.names
        for name_of_part in known.parts.values()
    )


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

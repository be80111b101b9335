"""Which of several a phrase means: by side, by rank from a side, by size, in a row or a corner.

Whatever tells one from its like is read here, each kind of it once, and taken out of the phrase; so
what is left over is seen by whoever reads the name. An ordinal needs something to count from:
"the second from the left", "the second biggest"; "the second mug" does not say that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import yaml

from .name_words import without_determiners
from .request import Among, ExcludedOne, Side, Size
from .request_words import load_request_words

_OPPOSITE = {
    Side.LEFT: Side.RIGHT,
    Side.RIGHT: Side.LEFT,
    Side.FRONT: Side.BACK,
    Side.BACK: Side.FRONT,
}
_CORNERS = {
    (Side.FRONT, Side.LEFT): Side.FRONT_LEFT,
    (Side.FRONT, Side.RIGHT): Side.FRONT_RIGHT,
    (Side.BACK, Side.LEFT): Side.BACK_LEFT,
    (Side.BACK, Side.RIGHT): Side.BACK_RIGHT,
}
_HOURS = (
    Side.BACK,
    Side.BACK_RIGHT,
    Side.BACK_RIGHT,
    Side.RIGHT,
    Side.FRONT_RIGHT,
    Side.FRONT_RIGHT,
    Side.FRONT,
    Side.FRONT_LEFT,
    Side.FRONT_LEFT,
    Side.LEFT,
    Side.BACK_LEFT,
    Side.BACK_LEFT,
)
"""Where each hour stands on a clock that lies on the table, twelve o'clock away from the robot."""

_NUMBERS = (
    "twelve one two three four five six seven eight nine ten eleven".split()  # noqa: SIM905
)
_GROUP = (
    r"(?: of (?:(?:the|that|this|your|my) )?(?:[a-z]+ )?(?:table|tabletop|desk|counter|workbench"
    r"|bench|shelf|tray|board|picture|image|view|scene|row|line|queue|group|lot|bunch|pile|set"
    r"|series|pair|two|three|four|five|others)\b)?"
)
_OF = _GROUP.removesuffix("?")
_BY = (
    r"(?:on|at|to|in|from|over on|over to|towards|near(?:er|est)?(?: to)?|clos(?:e|er|est)(?: to)?"
    r"|next to)"
)
_END = r"(?:[- ]?hand)?(?:[- ](?:side|corner|end|edge|half|part))?\b"
_IS_THERE = re.compile(
    r"[, ]*\b(?:(?:that|which) )?(?:(?:is|are|lies|stands|sits|comes|was) )?"
    r"(?:(?:lying|standing|sitting|sat|stood|placed|perched|located|situated|positioned"
    r"|(?<!the )right|just|all the way|over|way|ranked|directly|exactly|somewhere|there|the) )*$"
)
_THERE_ALONE = re.compile(r"^(?:that|which|is|are|lies|stands|sits|comes|was|the|,| )+$")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a phrase says of which one is meant.

    Attributes:
        side: where it lies, or where the counting begins.
        size: by which measure it stands out.
        rank: its number from there, 1 is the outermost or the most.
        row: in which row or column of its like it lies.
        among: on which side its like lie, of which it is one.
        is_any: whether it is said that any of them will do.
        unclear: why that can't be told; empty where it can.
    """

    side: Side | None = None
    size: Size | None = None
    rank: int = 1
    row: Side | None = None
    among: Among | None = None
    is_any: bool = False
    unclear: str = ""


@dataclass(slots=True)
class _Phrase:
    """A phrase from which what is understood is taken out."""

    left: str

    def take(self, pattern: str | re.Pattern[str]) -> re.Match[str] | None:
        """Take out what a pattern finds, with the words that only lead to it."""
        found = re.search(pattern, self.left)
        if found is None:
            return None
        before, after = self.left[: found.start()].strip(), self.left[found.end() :].strip(" ,")
        if not after:
            before = _IS_THERE.sub("", f"{before} ").strip()
        self.left = f"{before} {after}".strip(" ,")
        return found

    def take_first(self, kinds: Mapping[str, Iterable[str]]) -> str:
        """Take out the first kind that is found; return its name, empty where none is."""
        for name, patterns in kinds.items():
            if any(self.take(pattern) for pattern in patterns):
                return name
        return ""


def selection_of(phrase: str) -> tuple[Selection, str]:
    """Return which of several a phrase means, and the phrase without what says so.

    Args:
        phrase: what names the meant thing, without the verb; in lower case.
    """
    words = _load()
    said = _Phrase(re.sub(words.hyphens, " ", phrase))
    whichever = re.match(r"whichever (?:of (?:them|the two|these|those) )?", said.left)
    if whichever and (is_so := words.whichever.match(said.left)):
        said.left = f"the {is_so['noun'] or 'one'} that is {is_so['rest']}"
    said.left = words.pointed.sub(r"\1", said.left)
    are_any = [said.take(no_matter_which) is not None for no_matter_which in words.any]
    said.left = words.ordinary.sub(lambda found: found[0].replace(" ", "-"), said.left)
    said.left = words.outermost_at_a_side.sub("", said.left)
    row = _row(said)
    corner = _corner(said)
    end = next((rank for rank, one in words.from_the_end.items() if said.take(one)), 0)
    rank = next((rank for rank, one in words.ordinals.items() if said.take(one)), 0)
    is_next = not (rank or end) and said.take(words.next_most) is not None
    start = said.take(words.counted)
    counted = _side_called(start["start"], words.counted_from) if start else None
    size = said.take_first(words.sizes)
    if size:
        said.take(words.than_others)
    superlative = said.take_first(words.superlatives) if not (counted or corner) else ""
    place = "" if counted or corner or superlative else said.take_first(words.places)
    if is_next:
        rank = 2
    measured = counted or corner or (Side(superlative) if superlative else None)
    side = measured or (Side(place) if place else None)
    across = _across(said, side) if superlative or place else None
    among = Among(across) if across and superlative else None
    if across and place and side:
        side = _CORNERS.get((side, across)) or _CORNERS[across, side]
    chosen = Selection(side, Size(size) if size else None, 1, row, among, any(are_any))
    if chosen != Selection() or rank or end:
        said.take(words.in_the_row)
    if lost := words.lost.search(said.left):
        return Selection(unclear=f"'{lost[0]}'"), said.left
    if not (rank or end):
        return chosen, said.left
    is_on = bool(place or corner)
    return _counted(chosen, rank, end, is_from=counted is not None, is_on=is_on), said.left


def excluded_one(phrase: str) -> tuple[ExcludedOne | None, str]:
    """Return which of several a phrase says not to take, and what that is called.

    Args:
        phrase: what is excluded, such as `the left mug`; in lower case.

    Returns:
        The first is None where the phrase does not tell one from its like; the second is empty
        where it only says "one".
    """
    which, rest = selection_of(phrase)
    if (
        which.unclear
        or which.rank > 1
        or which.row
        or which.among
        or bool(which.side) == bool(which.size)
    ):
        return None, ""
    words = without_determiners(rest).split()
    called = [word for word in words if word not in load_request_words().general_nouns]
    return ExcludedOne(which.side, which.size), " ".join(called)


def is_size(word: str) -> bool:
    """Whether a word says how large one is among its like."""
    return any(re.fullmatch(pattern, word) for one in _load().sizes.values() for pattern in one)


def _counted(said: Selection, rank: int, end: int, *, is_from: bool, is_on: bool) -> Selection:
    """Return a selection with a number; unclear where that does not say where counting begins.

    Args:
        said: without it.
        rank: the number; 0 where it is counted from the other end alone.
        end: the number counted from the other end; 0 where it is not.
        is_from: whether the side is where the counting begins.
        is_on: whether the side is only where it lies.
    """
    number = end or rank
    unclear = Selection(unclear=f"where the counting begins for number {number}")
    side, size = said.side, said.size
    if rank and end:
        return unclear
    if size is not None and side is None:
        return unclear if end else replace(said, rank=rank)
    if side is None:
        return unclear
    if size is not None and not is_from:
        return unclear
    if is_on and number > 1:
        return unclear
    if end and is_from:
        if side not in _OPPOSITE:
            return unclear
        side = _OPPOSITE[side]
    elif end and not is_on:
        return unclear
    if number > 1 and side not in _OPPOSITE:
        return unclear
    return replace(said, side=side, rank=number)


def _across(said: _Phrase, side: Side | None) -> Side | None:
    """Return the side of the other axis that is said, too: "the nearer mug on the left"."""
    if side not in _OPPOSITE:
        return None
    is_upright = side in (Side.FRONT, Side.BACK)
    others = (Side.LEFT, Side.RIGHT) if is_upright else (Side.FRONT, Side.BACK)
    across = said.take_first({other.value: _load().places[other.value] for other in others})
    return Side(across) if across else None


def _row(said: _Phrase) -> Side | None:
    """Return the row or column that is said; None where none is."""
    found = said.take(_load().row)
    return _side_called(found["which"], _load().called) if found else None


def _corner(said: _Phrase) -> Side | None:
    """Return the corner or the hour of a clock that is said; None where none is."""
    hour = said.take(_load().hour)
    if hour:
        number = hour["hour"]
        return _HOURS[(int(number) if number.isdigit() else _NUMBERS.index(number)) % 12]
    for pattern in _load().corners:
        if found := said.take(pattern):
            upright = _side_called(found["upright"], _load().called)
            across = _side_called(found["across"], _load().called)
            return _CORNERS[upright, across] if upright and across else None
    return None


def _side_called(word: str, called: Mapping[str, list[str]]) -> Side | None:
    return next((Side(side) for side, names in called.items() if word in names), None)


@dataclass(frozen=True, slots=True)
class _Words:
    """Everything in `selection_words.yaml`, as patterns."""

    hyphens: str
    in_the_row: str
    than_others: str
    pointed: re.Pattern[str]
    outermost_at_a_side: re.Pattern[str]
    lost: re.Pattern[str]
    whichever: re.Pattern[str]
    ordinary: re.Pattern[str]
    any: tuple[str, ...]
    row: str
    corners: tuple[str, ...]
    hour: str
    ordinals: dict[int, str]
    from_the_end: dict[int, str]
    next_most: str
    counted: str
    counted_from: dict[str, list[str]]
    called: dict[str, list[str]]
    sizes: dict[str, tuple[str, ...]]
    superlatives: dict[str, tuple[str, ...]]
    places: dict[str, tuple[str, ...]]


def _any_of(phrases: Iterable[str]) -> str:
    return "|".join(sorted(phrases, key=len, reverse=True))


def _patterns(raw: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    made_of = {"<group>": _GROUP, "<end>": _END, "<of>": _OF, "<by>": _BY}
    return {
        side: tuple(re.sub("<[a-z]+>", lambda found: made_of[found[0]], one) for one in patterns)
        for side, patterns in raw.items()
    }


@cache
def _load() -> _Words:
    text = resources.files(__package__).joinpath("selection_words.yaml").read_text(encoding="utf-8")
    raw = yaml.safe_load(text)
    upright = _any_of([*raw["called"]["front"], *raw["called"]["back"]])
    table_side = "front|bottom|lower|back|rear|top|upper"
    at = rf"\b(?:(?:in|{_BY}) (?:the )?)?(?:very )?"
    row = _any_of(name for names in raw["called"].values() for name in names)
    behind = rf"(?: (?:{_any_of(raw['behind_an_ordinal'])}))?"
    start = _any_of(name for names in raw["counted_from"].values() for name in names)
    sizes: dict[str, tuple[str, ...]] = {
        size: (rf"\b(?:(?:very|really|quite|rather|pretty|fairly) )?{pattern}\b",)
        for size, pattern in raw["sizes"].items()
    }
    colours = _any_of(load_request_words().colours)
    ranked = "|".join(pattern for pattern in raw["sizes"].values())
    return _Words(
        hyphens=r"(?<=[a-z])-(?=from-|the-|left\b|right\b|to-last|last\b|[a-z]+est\b)"
        r"|(?<=from)-|(?<=-the)-|(?<=to)-(?=last)",
        outermost_at_a_side=re.compile(r"\bouter-?most (?=.*\b(?:left|right)\b)"),
        pointed=re.compile(
            r"\b(left|right|front|back|side|middle|centre|one) (?:over )?(?:there|here)$"
        ),
        in_the_row=r"\b(?:in|of) (?:the|that|this) (?:row|line|queue|group|set|series)$",
        than_others=r"\bthan (?:(?:all|any) (?:of )?)?(?:the )?(?:others?|rest)(?: ones?)?$",
        lost=re.compile(
            r"\b(?:left|right(?! (?:tool|thing|item|object|one) (?:to|for)\b)|(?:left|right)most"
            r"|nearest|nearer|closest|closer|farthest|furthest|farther|further|outermost|extreme"
            r"|counting|counted|column|(?:top|bottom)(?= (?:one|thing|object|item)$)"
            rf"|(?:{'|'.join(raw['not_measured'])})(?! (?:{colours})\b))\b(?!-)"
        ),
        whichever=re.compile(
            r"whichever (?:one |of (?:them|the two|these|those) |(?P<noun>[a-z-]+) )?"
            r"(?:is|lies|sits|stands|has) (?P<rest>.+)$"
        ),
        ordinary=re.compile(r"\b(?:first aid|second hand|third party|left over)\b"),
        any=tuple(raw["any"]),
        row=rf"\b(?:in|from|of|on) the (?:very )?(?P<which>{row})(?:most)? (?:row|line|column)\b",
        corners=(
            rf"{at}(?P<upright>{upright})[- ](?P<across>left|right)(?:[- ]?hand)? corner\b{_GROUP}",
            rf"{at}(?P<across>left|right)(?:[- ]?hand)?[- ](?P<upright>{upright}) corner\b{_GROUP}",
            rf"\b(?:in|at|on) the (?:very )?(?P<upright>{upright}),? (?:and )?(?:on|at|to|in) the "
            rf"(?:far )?(?P<across>left|right){_END}{_GROUP}",
            rf"\b(?:in|at|on|to) the (?:far )?(?P<across>left|right)(?:[- ]hand)?(?: side)?,? "
            rf"(?:and )?(?:in|at|on|to) the (?:very )?(?P<upright>{upright})\b{_GROUP}",
            rf"{at}(?P<upright>{table_side})[- ](?P<across>left|right){_END}{_GROUP}",
            rf"{at}(?P<across>left|right)[- ](?P<upright>{table_side}){_END}{_GROUP}",
        ),
        hour=r"\b(?:(?:at|near|around|about|in|on)(?: the)? )?(?:your |my )?"
        rf"(?P<hour>1[0-2]|[1-9]|{'|'.join(_NUMBERS)})[- ]?o'? ?clock(?: position)?\b",
        ordinals={
            rank: rf"\b(?:(?:very )?(?:{_any_of(names)})"
            rf"|(?:number|no) (?:{rank}|{_NUMBERS[rank % 12]})"
            rf"|(?:{rank}|{_NUMBERS[rank % 12]})(?=,? (?:count\w+|when|if|as|start\w+)\b)"
            rf"){behind}\b(?!-)"
            for rank, names in raw["ordinals"].items()
        },
        from_the_end={
            rank: rf"\b(?:{_any_of(names)})\b" for rank, names in raw["from_the_end"].items()
        },
        next_most=rf"\bnext[- ](?=(?:{ranked}|nearest|closest|farthest|furthest)\b)",
        counted=r"[, ]*(?:\b(?:along|down|in)[, ]+)?"
        r"(?:\b(?:when |if |as )?(?:you |i |we )?(?:counted|counting|count|starting"
        r"|start|beginning|begin|going|go|reading|read|numbered|seen|looking|look)"
        r"(?: them| over| in)* )?"
        r"(?<!far )(?<!farther )(?<!further )(?<!farthest )(?<!furthest )(?<!away )(?<!distant )"
        rf"\b(?:from|(?<=starting )at|(?<=beginning )at|(?<=starting )on|(?<=starting )with) "
        rf"(?:the |your )?(?:very |far |extreme )?(?P<start>{start})"
        r"(?:[- ]?hand)?(?: (?:side|end|edge))?\b(?: (?:to|towards) (?:the )?[a-z]+$)?" + _GROUP,
        counted_from=raw["counted_from"],
        called=raw["called"],
        sizes=sizes,
        superlatives=_patterns(raw["superlatives"]),
        places=_patterns(raw["places"]),
    )

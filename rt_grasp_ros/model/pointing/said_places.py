"""The ways in which models write places down: JSON, tuples, tags; numbers as they stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)"
_OBJECT = re.compile(r"\{[^{}]*\}?", re.DOTALL)
_PLACE_KEY = re.compile(
    r"[\"'](?:bbox_2d|box_2d|bbox|box|point_2d|points_2d|point|points|position|coordinates)[\"']"
    r"\s*:\s*(?P<numbers>[\[(](?:[\s\[\](),.+-]|\d)*)",
    re.I,
)
_LABEL = re.compile(
    r"[\"'](?:label|name|text_content|description)[\"']\s*:\s*"
    r"(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')",
    re.I,
)
_MASK = re.compile(r"[\"']mask[\"']\s*:\s*[\"'](?:data:image/png;base64,)?(?P<data>[\w+/=]+)[\"']")
_TUPLE = re.compile(rf"[(\[]\s*({_NUMBER}(?:\s*,\s*{_NUMBER}){{1,3}})\s*[)\]]")
_TAG = re.compile(r"<points?\s(?P<inside>[^<>]*)>(?:(?P<label>[^<]*)</points?>)?", re.I)
_PERCENT_PLACE = re.compile(
    rf"\bx(?P<index>\d*)\s*=\s*[\"']?\s*(?P<x>{_NUMBER})[\"']?\s*,?\s*"
    rf"y(?P=index)\s*=\s*[\"']?\s*(?P<y>{_NUMBER})"
)
_ALT = re.compile(r"\balt\s*=\s*\"([^\"]*)\"")
_COORDS = re.compile(r"\bcoords\s*=\s*\"([^\"]*)\"")
_REF_BOX = re.compile(
    r"(?:<ref>(?P<label>[^<]*)</ref>\s*)?<box>(?P<inside>(?:\s*<\s*[-\d.]+\s*>\s*,?)+)</box>", re.I
)
_BOX, _POINT = 4, 2
_NO_PLACE = re.compile(
    r"^\W*(?:none|null|no|nothing|absent|not found|n/?a)\W*$"
    r"|\bthere (?:are|is|were|was) (?:none|no\b|not|nothing)"
    r"|(?:\bnot|n't|\bnever) (?:\w+ ){0,2}?(?:present|visible|there|find|found|see|seen|contain"
    r"|exist|shown|show|in (?:the|this) (?:image|picture|scene))"
    r"|\b(?:none|no) (?:\w+ ){1,4}(?:is|are|can be|could be|was|were) \w*"
    r"|\bno (?:such|visible|matching)\b|\bunable to (?:find|locate|see)"
    r"|<box>\s*none\s*</box>|\"(?:point|box|bbox)\w*\"\s*:\s*(?:null|\[\s*\])",
    re.I,
)
_EMPTY_LIST = re.compile(r"^\s*(?:[\[(]\s*[\])]|\{\s*\})\s*$")
_FENCE = re.compile(r"```[a-z]*|```", re.I)


@dataclass(frozen=True, slots=True)
class SaidPlace:
    """A place as it is written.

    Attributes:
        numbers: two of a point or four of a box, in the model's order and unit.
        label: what it is called there.
        mask_base64: a PNG of the box, white where the thing is; empty where there is none.
    """

    numbers: tuple[float, ...]
    label: str = ""
    mask_base64: str = ""


def json_places(text: str) -> list[SaidPlace]:
    """Return the places of JSON objects, whole or cut off, in a fence or not; else of tuples."""
    found: list[SaidPlace] = []
    for piece in _OBJECT.findall(text):
        place = _PLACE_KEY.search(piece)
        if place is None:
            continue
        label, mask = _LABEL.search(piece), _MASK.search(piece)
        said = (label["double"] or label["single"] or "") if label else ""
        key_is_box = "box" in place[0].partition(":")[0].lower()
        for numbers in _grouped(_numbers(place["numbers"]), _BOX if key_is_box else _POINT):
            found.append(SaidPlace(numbers, said, mask["data"] if mask else ""))
    return found or tuple_places(text)


def tuple_places(text: str) -> list[SaidPlace]:
    """Return the places of `(x, y)` and `(x1, y1, x2, y2)`, in round or square brackets."""
    groups = [_numbers(inside) for inside in _TUPLE.findall(text)]
    return [SaidPlace(tuple(numbers)) for numbers in groups if len(numbers) in (_POINT, _BOX)]


def percent_tags(text: str) -> list[SaidPlace]:
    """Return the places of Molmo's `<point x=".." y="..">` and `<points x1=".." y1=".." ...>`."""
    found = []
    for tag in _TAG.finditer(text):
        alt = _ALT.search(tag["inside"])
        label = (alt[1] if alt else tag["label"] or "").strip()
        for place in _PERCENT_PLACE.finditer(tag["inside"]):
            found.append(SaidPlace((float(place["x"]), float(place["y"])), label))
    return found


def coords_tags(text: str) -> list[SaidPlace]:
    """Return the places of Molmo2's `<points coords="1 1 533 417 2 610 300">label</points>`.

    The first number is the picture's, then come index, x and y of each.
    """
    found = []
    for tag in _TAG.finditer(text):
        coords = _COORDS.search(tag["inside"])
        if coords is None:
            continue
        for picture in re.split(r"[;\t]", coords[1]):
            _, *places = _numbers(picture) or [0.0]
            for _, x, y in _grouped(places, 3):
                found.append(SaidPlace((x, y), (tag["label"] or "").strip()))
    return found


def box_tags(text: str) -> list[SaidPlace]:
    """Return the places of `<ref>label</ref><box><x1><y1><x2><y2></box>`, also with two numbers."""
    return [
        SaidPlace(tuple(numbers), (tag["label"] or "").strip())
        for tag in _REF_BOX.finditer(text)
        if len(numbers := _numbers(tag["inside"])) in (_POINT, _BOX)
    ]


SYNTAXES = (json_places, percent_tags, coords_tags, box_tags)
"""All ways of writing places, for finding out what a server does."""


def says_none(text: str) -> bool:
    """Whether a text without places says that there is none, and not something unreadable."""
    bare = _FENCE.sub("", text).strip()
    return bool(_EMPTY_LIST.match(bare) or _NO_PLACE.search(bare))


def words_of(text: str) -> str:
    """Return what a text says beside the places: sentences, without JSON, tags and fences."""
    bare = re.sub(r"```.*?(?:```|$)", " ", text, flags=re.DOTALL)
    bare = re.sub(r"<ref>[^<]*</ref>|<box>.*?(?:</box>|$)", " ", bare, flags=re.DOTALL)
    bare = re.sub(r"<points?\b[^<>]*>[^<]*(?:</points?>)?", " ", bare)
    bare = re.sub(rf"[\[(\s]*{_TUPLE.pattern}[\s\])]*,?", " ", bare)
    bare = re.sub(r"\[?\s*\{.*(?:\}\s*\]?|$)", " ", bare, flags=re.DOTALL)
    bare = re.sub(r"\[\s*\]", " ", bare)
    words = " ".join(bare.split())
    return words if re.search(r"[a-z]{2,}", words, re.I) else ""


def _numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(_NUMBER, text)]


def _grouped(numbers: list[float], size: int) -> list[tuple[float, ...]]:
    """Return groups of numbers; a rest that fills no group is left out."""
    return [
        tuple(numbers[start : start + size]) for start in range(0, len(numbers) - size + 1, size)
    ]

"""Four numbers as chat models write them: brackets of any kind or none, names, signs, units."""

from __future__ import annotations

import re

NAMES = (
    frozenset({"x", "cx", "x_px", "center_x", "centre_x"}),
    frozenset({"y", "cy", "y_px", "center_y", "centre_y"}),
    frozenset({"theta", "θ", "angle", "rotation", "theta_deg", "angle_deg"}),
    frozenset({"width", "w", "opening", "width_px"}),
)
"""What the four numbers of a grasp are called, in their order."""

_PLAIN = str.maketrans(
    {
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},  # full width
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63", "-"),
    }
)
_NUMBER = re.compile(
    r"""(?:(?P<name>[^\W\d]\w*)["'`*]*\s*[:=]\s*["'`*(\[{]*\s*)?"""
    r"(?<![\w.])(?P<value>[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"(?:\s*(?P<unit>[^\W\d_]+|%))?"
)
_OTHER_UNITS = frozenset({"rad", "radian", "radians", "pi", "π", "mm", "cm", "m", "%", "percent"})
_TWO_IN_ONE = re.compile(r"[0-9.]-[0-9.]|[0-9]\.[0-9]*\.[0-9]|[0-9]/[0-9]")


def four_numbers(text: str) -> tuple[float, float, float, float] | None:
    """Return x, y, theta and width where a text holds just these four numbers.

    Names decide which is which where every number has one of `NAMES`; else their order does, as in
    `parse_rect` of the RealVLG authors' evaluation. Numbers with a unit other than pixels and
    degrees, boxes and names in another order than the numbers' are none.
    """
    text = text.translate(_PLAIN)
    found = list(_NUMBER.finditer(text))
    if len(found) != len(NAMES) or _TWO_IN_ONE.search(text):
        return None
    if any((match["unit"] or "").lower() in _OTHER_UNITS for match in found):
        return None
    names = [(match["name"] or "").lower() for match in found]
    if any("box" in name for name in names):
        return None
    places = [_place(name) for name in names]
    values = [float(match["value"]) for match in found]
    if None not in places:
        if len(set(places)) != len(NAMES):
            return None
        values = [values[places.index(place)] for place in range(len(NAMES))]
    elif any(place not in (None, index) for index, place in enumerate(places)):
        return None
    x, y, theta, width = values
    return x, y, theta, width


def _place(name: str) -> int | None:
    """Return which of the four numbers a name stands for."""
    return next((index for index, names in enumerate(NAMES) if name in names), None)

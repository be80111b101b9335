"""The catalogue of everyday objects: names, parts, and one instance for a name and a seed."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from ..grasp.errors import RequestInvalid
from .catalogue import desk, food, household, nameless, tools, vessels
from .shape import ObjectShape

_MAKERS: dict[str, Callable[[np.random.Generator], ObjectShape]] = {
    "apple": food.apple,
    "banana": food.banana,
    "bottle": vessels.bottle,
    "bowl": vessels.bowl,
    "box": desk.box,
    "brush": household.brush,
    "can": vessels.can,
    "carrot": food.carrot,
    "cup": vessels.cup,
    "flashlight": household.flashlight,
    "hammer": tools.hammer,
    "lemon": food.lemon,
    "marker": desk.marker,
    "mug": vessels.mug,
    "pliers": tools.pliers,
    "remote": household.remote,
    "scissors": desk.scissors,
    "screwdriver": tools.screwdriver,
    "spoon": household.spoon,
    "tape": desk.tape,
    "toothbrush": household.toothbrush,
    "wrench": tools.wrench,
}

OBJECT_NAMES: tuple[str, ...] = tuple(_MAKERS)
"""Every object that has a name, in alphabetical order."""

_NAMELESS_MAKERS: dict[str, Callable[[np.random.Generator], ObjectShape]] = {
    "fork": nameless.fork,
    "hook": nameless.hook,
    "lump": nameless.lump,
    "pot": nameless.pot,
    "slab": nameless.slab,
    "stick": nameless.stick,
}

NAMELESS: tuple[str, ...] = tuple(_NAMELESS_MAKERS)
"""Kinds of random shapes that training shows beside the objects, things without a name."""

HELD_OUT: tuple[str, ...] = ("carrot", "cup", "lemon", "pliers")
"""Objects that random scenes show only when asked to: for evaluation on unseen ones."""

SEEN: tuple[str, ...] = tuple(name for name in OBJECT_NAMES if name not in HELD_OUT)
"""Objects that random scenes and training show."""


class UnknownObject(RequestInvalid):
    """The catalogue has no object of that name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"There is no object '{name[:40]}' to put on the table; choose from "
            f"{', '.join(OBJECT_NAMES)}."
        )


@lru_cache(maxsize=256)
def make_object(name: str, shape_seed: int) -> ObjectShape:
    """Draw the instance of an object that belongs to a seed: its size, colours and mass.

    Args:
        name: one of `OBJECT_NAMES` or `NAMELESS`.
        shape_seed: not negative; the same one draws the same instance on every machine.

    Raises:
        UnknownObject: there is no such object.
    """
    maker = _MAKERS.get(name) or _NAMELESS_MAKERS.get(name)
    if maker is None:
        raise UnknownObject(name)
    return maker(np.random.default_rng([shape_seed, zlib.crc32(name.encode())]))


PARTS: dict[str, tuple[str, ...]] = {name: make_object(name, 0).parts for name in OBJECT_NAMES}
"""Names of each object's parts, the default one first."""

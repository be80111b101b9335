"""The mistakes that an oracle can be told to make, so that a chain is measured with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ..grasp.errors import RequestInvalid


class MistakeKind(StrEnum):
    """What it does wrong."""

    EXACT = "exact"
    """Nothing."""
    NOISE = "noise"
    """It points that many per cent of the picture's longer side beside, in any direction."""
    BOXES = "boxes"
    """Its boxes are that many times too long and too broad."""
    NEIGHBOUR = "neighbour"
    """It points at the thing next to the one that is asked for."""
    ABSENT = "absent"
    """It says that what is there is not."""
    INVENTS = "invents"
    """It points at something where what is asked for is not there."""
    UNITS = "units"
    """It writes numbers as another family does, whose name follows."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is done wrong.

    Attributes:
        kind: of mistake.
        amount: per cent of noise, or how many times too large boxes are.
        family: whose units are mixed up with its own.
    """

    kind: MistakeKind = MistakeKind.EXACT
    amount: float = 0.0
    family: str = ""

    @classmethod
    def parse(cls, text: str) -> Mistake:
        """Read `exact`, `noise:3`, `boxes:2`, `neighbour`, `absent`, `invents`, `units:molmo`.

        Raises:
            RequestInvalid: it is none of these.
        """
        name, _, rest = text.partition(":")
        known = {kind.value for kind in MistakeKind}
        takes_number = name in (MistakeKind.NOISE, MistakeKind.BOXES)
        is_number = re.fullmatch(r"\d+(?:\.\d+)?", rest) is not None
        takes_family = name == MistakeKind.UNITS
        is_right = is_number if takes_number else bool(rest) == takes_family
        if name not in known or not is_right:
            raise RequestInvalid(
                f"'{text}' is no mistake; give exact, noise:PER_CENT, boxes:TIMES, neighbour, "
                "absent, invents or units:FAMILY."
            )
        return cls(
            MistakeKind(name), float(rest) if takes_number else 0.0, rest if takes_family else ""
        )

"""Which scheme of quantising serves best on a device, by what was measured there."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .draft_choice import expected_tokens

WORST_ERROR = 0.25
"""Of any layer's product; four bits cost half of it, what is beyond is a broken kernel."""
ALIKE = 1.05
"""Schemes that take at most so much longer than the fastest count as equally fast."""


@dataclass(frozen=True)
class SchemeFigures:
    """What was measured of one scheme, on the first layers of a model and its head.

    Attributes:
        step_s: what writing one token takes.
        pass_s: what a pass over a draft takes, by its length; empty without drafts.
        product_error: of the linear layer that is worst: root mean square of the error of its
            product with random numbers, over that of the product with its weights as they were
            read.
        layer_bytes: weights of one layer.
    """

    step_s: float
    pass_s: Mapping[int, float]
    product_error: float
    layer_bytes: int

    @property
    def token_s(self) -> float:
        """What a token takes with drafts of the length that pays most, or with none."""
        passes = (seconds / expected_tokens(length) for length, seconds in self.pass_s.items())
        return min([self.step_s, *passes])

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "step_s": self.step_s,
            "pass_s": {str(length): seconds for length, seconds in self.pass_s.items()},
            "product_error": self.product_error if math.isfinite(self.product_error) else None,
            "layer_bytes": self.layer_bytes,
        }

    @classmethod
    def from_json(cls, values: Any) -> SchemeFigures | None:
        """Return what `to_json` was called on; None where the values are something else."""
        try:
            error = values["product_error"]
            return cls(
                float(values["step_s"]),
                {int(length): float(each) for length, each in values["pass_s"].items()},
                math.inf if error is None else float(error),
                int(values["layer_bytes"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            return None


def choose_scheme(
    measured: Mapping[str, SchemeFigures], fits: Callable[[SchemeFigures], bool]
) -> str:
    """Return the fastest scheme that fits and computes what it should.

    Of those that are equally fast, to 5 %, the one of the smallest error is taken. Where none
    fits, it is the smallest one; where nothing could be measured, `none`.

    Args:
        measured: by name.
        fits: whether a model in that scheme fits into the memory of the device.
    """
    sound = {name: each for name, each in measured.items() if each.product_error <= WORST_ERROR}
    fitting = {name: each for name, each in sound.items() if fits(each)}
    if not sound:
        return "none"
    if not fitting:
        return min(sound, key=lambda name: sound[name].layer_bytes)
    fastest_s = min(each.token_s for each in fitting.values())
    alike = (name for name, each in fitting.items() if each.token_s <= ALIKE * fastest_s)
    return min(alike, key=lambda name: fitting[name].product_error)

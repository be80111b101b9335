"""The learning rate's course, the same in both stages."""

from __future__ import annotations

import math


def warm_cosine(step: int, steps: int, warm_steps: int, floor: float) -> float:
    """Return the share of the peak learning rate: a linear warm-up, then half a cosine.

    Args:
        step: steps done.
        steps: steps in all.
        warm_steps: length of the warm-up.
        floor: what is left at the end, 0..1.
    """
    warm = min(1.0, (step + 1) / warm_steps)
    cosine = 0.5 + 0.5 * math.cos(math.pi * step / steps)
    return warm * (floor + (1 - floor) * cosine)

"""Numbers in messages, with as many decimals as it takes to tell them apart."""

from __future__ import annotations

_MOST_DECIMALS = 6


def told_apart(value: float, limit: float, decimals: int) -> tuple[str, str]:
    """Return a number and the limit that it breaks, never rounded to the same.

    Args:
        value: what was measured.
        limit: what it was compared with, in the same unit.
        decimals: how many are enough where they differ.

    Returns:
        Both with the same number of decimals: `decimals`, or as many more as it takes.
    """
    for places in range(decimals, _MOST_DECIMALS + 1):
        texts = f"{value:.{places}f}", f"{limit:.{places}f}"
        if texts[0] != texts[1]:
            break
    return texts

"""Whether guessing ahead pays on a device, by what a pass over a draft costs there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

RIGHT_SHARE = 0.8
"""How often a drafted token is taken to be right, see `docs/performance.md`."""
LEAST_GAIN = 1.05
MEASURED_DRAFTS = (4, 7)
"""Lengths that are tried on a GPU; the largest leaves room behind the longest prompt."""


@dataclass(frozen=True)
class DraftChoice:
    """How long drafts are, and from which length on one is worth a pass.

    Attributes:
        length: at most; 0 for no drafts.
        least: shorter ones are not verified, a token is written instead.
    """

    length: int
    least: int = 1


def expected_tokens(length: int, right_share: float = RIGHT_SHARE) -> float:
    """Return how many tokens a pass over a draft writes on average (Leviathan et al., eq. 1).

    Args:
        length: of the draft.
        right_share: probability of each drafted token to be right, below 1.
    """
    return (1 - right_share ** (length + 1)) / (1 - right_share)


def choose_drafts(
    step_s: float, pass_s: Mapping[int, float], right_share: float = RIGHT_SHARE
) -> DraftChoice:
    """Return the length of drafts that writes most tokens a second, none where none gains 5 %.

    Args:
        step_s: what writing one token takes.
        pass_s: what a pass over a draft takes, by its length.
        right_share: probability of each drafted token to be right.
    """
    best, gain = DraftChoice(0), LEAST_GAIN
    for length, seconds in sorted(pass_s.items()):
        found = expected_tokens(length, right_share) * step_s / seconds
        if found > gain:
            least = next(
                n
                for n in range(1, length + 1)
                if expected_tokens(n, right_share) > seconds / step_s
            )
            best, gain = DraftChoice(length, least), found
    return best

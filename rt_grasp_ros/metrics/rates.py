"""Shares of yes and no, and how sure they are."""

from __future__ import annotations

import math
from collections.abc import Iterable


def rate_fields(name: str, outcomes: Iterable[bool]) -> dict[str, float | None]:
    """Return `{name: share of yes, name_se: its standard error}`, None where there is no outcome.

    The standard error is that of independent draws, sqrt(p (1 - p) / n).
    """
    counted = list(outcomes)
    if not counted:
        return {name: None, f"{name}_se": None}
    share = sum(counted) / len(counted)
    return {name: share, f"{name}_se": math.sqrt(share * (1.0 - share) / len(counted))}

"""One line of the doctor's report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..grasp.errors import RtGraspError

Status = Literal["ok", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, and what came of it.

    Attributes:
        check: what was looked at.
        status: `ok`, `note` (worth knowing, nothing broken) or `wrong`.
        message: what was seen; what to do about it unless it is ok.
        numbers: what was measured, by name with its unit.
    """

    check: str
    status: Status
    message: str
    numbers: Mapping[str, float] = field(default_factory=dict)


def wrong(check: str, error: RtGraspError) -> Finding:
    """Return a failure as a finding; its message says already what to do."""
    return Finding(check, "wrong", error.message)

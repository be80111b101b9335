"""A case: an input that somebody really had, and what is right for it."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass


class CaseFailed(AssertionError):
    """What was seen is not what is right; the message says what was seen."""


@dataclass(frozen=True, slots=True)
class Case:
    """One input of a kind, and how to try it.

    Attributes:
        item: its kind, which is the file in `cases/`, such as `braking` or `intrinsics`.
        name: what is put in, in a few words.
        source: where it was reported, such as `librealsense#3508` or `review`.
        right: what the package is to do.
        run: tries it and returns what was seen; raises `CaseFailed` where that is not right.
        is_quick: whether it needs neither ROS nodes nor more than a few seconds; such cases are
            part of `make test`.
    """

    item: str
    name: str
    source: str
    right: str
    run: Callable[[], str]
    is_quick: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """How a case went."""

    item: str
    name: str
    source: str
    right: str
    seen: str
    holds: bool
    seconds: float


def try_case(case: Case) -> Row:
    """Run one case; whatever it raises is a row that does not hold."""
    start_s = time.monotonic()
    try:
        seen, holds = case.run(), True
    except CaseFailed as failure:
        seen, holds = str(failure), False
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        seen = f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})"
        holds = False
    seconds = time.monotonic() - start_s
    return Row(case.item, case.name, case.source, case.right, seen, holds, seconds)

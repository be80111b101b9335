"""The second try: where the fingers were measured to hold nothing, by a new picture."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from ..grasp.error_code import ErrorCode
from ..grasp.errors import Cancelled, RtGraspError
from .command_outcome import CommandOutcome

LOOKED_AGAIN = "The fingers held nothing, so I looked again."
"""What is said before the reason for a second grasp."""

_log = logging.getLogger(__name__)


def may_try_again(outcome: CommandOutcome) -> bool:
    """Return whether the arm moved, and its fingers were measured to hold nothing.

    Args:
        outcome: of a first try.
    """
    return outcome.error_code is ErrorCode.NOT_HELD and outcome.executed


def try_again(outcome: CommandOutcome, find_and_take: Callable[[], object]) -> None:
    """Look once more and take what is seen now; where nothing moves for it, nothing changes.

    Args:
        outcome: of the first try; afterwards of the second one where the arm moved for it.
        find_and_take: takes a picture, and fills the outcome in.

    Raises:
        Cancelled: it was asked to stop.
    """
    first = replace(outcome)
    outcome.fail(ErrorCode.OK, "")
    outcome.executed = False
    try:
        find_and_take()
    except Cancelled:
        raise
    except RtGraspError as error:
        _log.warning("a second look came to no grasp: %s", error.message)
    finally:
        if outcome.executed:
            outcome.reasoning = f"{LOOKED_AGAIN} {outcome.reasoning}"
        else:
            outcome.restore(first)

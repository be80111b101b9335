"""What a person may want of the nodes behind the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageCallbacks:
    """What the page calls, each in a thread that may block.

    Attributes:
        send: gets a command, and whether the arm is to move.
        stop: halts the arm and the command under way.
        confirm: gets whether the arm may go along the plan that is shown.
    """

    send: Callable[[str, bool], None]
    stop: Callable[[], None]
    confirm: Callable[[bool], None]

"""Who asked for a command: hears of it while it is carried out, and may take it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .command_stage import CommandStage


def _ignore(_: object) -> None:
    """Hear of something that nobody asked about."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Caller:
    """What a caller is told, and asked; by default one that waits for the outcome alone.

    Attributes:
        on_stage: called as each stage begins, in the thread that carries the command out.
        on_text: called in it with what the model has written so far, whenever that grows.
        has_cancelled: asked again and again, in any thread; once it says yes, the command ends as
            soon as it can.
    """

    on_stage: Callable[[CommandStage], None] = _ignore
    on_text: Callable[[str], None] = _ignore
    has_cancelled: Callable[[], bool] = _never

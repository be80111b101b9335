"""The prompt of the embedded model, in LLaVA-1.5's conversation format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

IMAGE_TOKEN = "<image>"  # noqa: S105  (a placeholder in the text, not a secret)
END_TOKEN = "</s>"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier turn of a dialogue.

    Attributes:
        command: what the user said.
        answer: what the model wrote, reasoning and numbers, without the end token.
    """

    command: str
    answer: str


def build_prompt(command: str, history: Sequence[Turn] = ()) -> str:
    """Return the text that the model completes; `IMAGE_TOKEN` stands for the picture.

    The picture comes before the first command, so that it is encoded once for all commands about
    it, and earlier turns stand as the model wrote them, so that they need not be read again.

    Args:
        command: what is asked now.
        history: earlier turns of the same dialogue, oldest first.
    """
    turns = "".join(f"{said(turn.command)}{turn.answer}{END_TOKEN}USER: " for turn in history)
    return f"USER: {IMAGE_TOKEN}\n{turns}{said(command)}"


def said(command: str) -> str:
    """Return one command up to where the model goes on."""
    return f"{command.lower()} ASSISTANT:"

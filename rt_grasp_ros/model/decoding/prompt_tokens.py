"""The prompt as token ids, split where the picture stands: the same in every engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tokenizers import Tokenizer

from ...grasp.errors import CommandTooLong
from ...language.prompt import IMAGE_TOKEN, Turn, build_prompt
from .tokens import token_id

MAX_NEW_TOKENS = 96

Encoded = TypeVar("Encoded")


@dataclass(frozen=True, slots=True)
class PromptTokens:
    """Token ids on both sides of the picture.

    Attributes:
        before: ids up to the picture.
        after: ids from the picture up to where the model goes on.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]

    @classmethod
    def encode(
        cls,
        tokenizer: Tokenizer,
        command: str,
        history: Sequence[Turn] = (),
        room: int | None = None,
    ) -> PromptTokens:
        """Encode what `build_prompt` returns.

        Args:
            tokenizer: of the checkpoint.
            command: what is asked now.
            history: earlier turns of the same dialogue, oldest first.
            room: how many tokens may follow the picture; where it is short, the oldest turns are
                left out. None where there is no limit.

        Raises:
            CommandTooLong: the command alone does not fit.
        """

        def encode(turns: Sequence[Turn]) -> PromptTokens:
            ids = tokenizer.encode(build_prompt(command, turns)).ids
            split = ids.index(token_id(tokenizer, IMAGE_TOKEN))
            return cls(tuple(ids[:split]), tuple(ids[split + 1 :]))

        return within(room, command, history, encode, lambda tokens: len(tokens.after))


@dataclass(frozen=True)
class PromptBudget:
    """Prompts that leave room behind them for an answer.

    Attributes:
        tokenizer: of the checkpoint.
        places: of a cache, less what is kept free behind a prompt.
    """

    tokenizer: Tokenizer
    places: int

    def encode(self, beginning: int, command: str, history: Sequence[Turn] = ()) -> PromptTokens:
        """Encode a dialogue, without its oldest turns where it has grown too long.

        Args:
            beginning: places up to the picture's end.
            command: what is asked now.
            history: earlier turns of the same dialogue, oldest first.

        Raises:
            CommandTooLong: the command alone leaves no room for an answer.
        """
        return PromptTokens.encode(self.tokenizer, command, history, self.places - beginning)


def within(
    room: int | None,
    command: str,
    history: Sequence[Turn],
    encode: Callable[[Sequence[Turn]], Encoded],
    length: Callable[[Encoded], int],
) -> Encoded:
    """Return a prompt with as many of the newest turns as fit; every engine's budget.

    Args:
        room: the greatest length that fits; None where there is no limit.
        command: what is asked now.
        history: earlier turns of the same dialogue, oldest first.
        encode: encodes the command behind these turns.
        length: of what was encoded, in tokens.

    Raises:
        CommandTooLong: the command alone does not fit.
    """
    encoded = encode(history)
    while room is not None and length(encoded) > room:
        if not history:
            fitting = len(command) * max(0, room) // length(encoded)
            raise CommandTooLong(len(command), fitting)
        history = history[1:]
        encoded = encode(history)
    return encoded

"""The prompt as token ids, split where the picture stands: the same in every engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from ..grasp.errors import CommandTooLong
from ..language.prompt import IMAGE_TOKEN, Turn, build_prompt
from .tokens import token_id

MAX_NEW_TOKENS = 96


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
        ids = tokenizer.encode(build_prompt(command, history)).ids
        split = ids.index(token_id(tokenizer, IMAGE_TOKEN))
        before, after = tuple(ids[:split]), tuple(ids[split + 1 :])
        if room is None or len(after) <= room:
            return cls(before, after)
        if not history:
            raise CommandTooLong(len(command), len(command) * room // len(after))
        return cls.encode(tokenizer, command, history[1:], room)

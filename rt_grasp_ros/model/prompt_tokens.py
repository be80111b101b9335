"""The prompt as token ids, split where the picture stands: the same in every engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

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
        cls, tokenizer: Tokenizer, command: str, history: Sequence[Turn] = ()
    ) -> PromptTokens:
        """Encode what `build_prompt` returns.

        Args:
            tokenizer: of the checkpoint.
            command: what is asked now.
            history: earlier turns of the same dialogue, oldest first.
        """
        ids = tokenizer.encode(build_prompt(command, history)).ids
        split = ids.index(token_id(tokenizer, IMAGE_TOKEN))
        return cls(tuple(ids[:split]), tuple(ids[split + 1 :]))

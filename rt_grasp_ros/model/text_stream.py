"""Tokens as the text so far, while they are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tokenizers import Tokenizer
from tokenizers.decoders import DecodeStream

from .engine import OnText


def telling(tokenizer: Tokenizer, on_text: OnText | None) -> Callable[[Sequence[int]], None] | None:
    """Return what is to be called with new tokens, and calls `on_text` with the text so far.

    Args:
        tokenizer: of the checkpoint.
        on_text: see `GraspEngine.answer`; None where nobody listens.
    """
    if on_text is None:
        return None
    stream, pieces = DecodeStream(skip_special_tokens=True), [""]

    def tell(token_ids: Sequence[int]) -> None:
        for token_id in token_ids:
            pieces[0] += stream.step(tokenizer, token_id) or ""
        on_text(pieces[0].strip())

    return tell

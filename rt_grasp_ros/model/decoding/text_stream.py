"""Tokens as the text so far, while they are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tokenizers import Tokenizer

from ..engine import OnText

_UNFINISHED = "\N{REPLACEMENT CHARACTER}"


def telling(tokenizer: Tokenizer, on_text: OnText | None) -> Callable[[Sequence[int]], None] | None:
    """Return what is to be called with new tokens, and calls `on_text` with the text so far.

    All tokens are decoded each time: tokenizers' `DecodeStream` fails for good where a model
    writes bytes that are no text.

    Args:
        tokenizer: of the checkpoint.
        on_text: see `GraspEngine.answer`; None where nobody listens.
    """
    if on_text is None:
        return None
    written: list[int] = []

    def tell(token_ids: Sequence[int]) -> None:
        written.extend(token_ids)
        on_text(tokenizer.decode(written).rstrip(_UNFINISHED).strip())

    return tell

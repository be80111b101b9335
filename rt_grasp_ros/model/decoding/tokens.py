"""Looking tokens up in a tokenizer."""

from __future__ import annotations

from tokenizers import Tokenizer


def token_id(tokenizer: Tokenizer, token: str) -> int:
    """Return the id of a token.

    Raises:
        ValueError: the tokenizer has no such token.
    """
    found = tokenizer.token_to_id(token)
    if found is None:
        raise ValueError(f"the tokenizer has no token '{token}'")
    return found


def number_token(thousandths: int) -> str:
    """Return the token of a number in 0..999."""
    return f"{thousandths:03d}"

"""What a chat completion's choice says, in the forms that servers give it."""

from __future__ import annotations

from typing import Any

_THOUGHTS = ("reasoning_content", "reasoning", "thinking")


def said_in(choice: dict[str, Any]) -> tuple[str, str]:
    """Return the thoughts and the words of a choice, or of a piece of one that is streamed.

    Words are a string or a list of parts; thoughts have a field of their own where the server
    takes them out of the words, or are a part.

    Raises:
        AttributeError, TypeError: it is no choice.
    """
    said = choice.get("delta") or choice.get("message") or {}
    thoughts = next((_text(said[name]) for name in _THOUGHTS if said.get(name)), "")
    content = said.get("content") or choice.get("text") or ""
    if isinstance(content, list):
        thoughts += "".join(_text(part["thinking"]) for part in content if "thinking" in part)
        content = [part for part in content if "thinking" not in part]
    return thoughts, _text(content)


def _text(value: Any) -> str:
    """Join a string, a part, or parts of any depth."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return _text(value.get("text") or "")
    return "".join(_text(part) for part in value)


def log_probs_in(choice: dict[str, Any]) -> list[float]:
    """Return the logarithms of a choice's probabilities; none where it holds none that are."""
    try:
        tokens = (choice.get("logprobs") or {}).get("content") or ()
        return [float(token["logprob"]) for token in tokens]
    except (AttributeError, LookupError, TypeError, ValueError):
        return []

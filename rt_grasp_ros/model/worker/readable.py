"""Text that can be written as UTF-8, whatever a model or its server made of it."""

from __future__ import annotations


def readable(text: str) -> str:
    """Return a text without lone surrogates, which nothing can send, print or write.

    JSON escapes a character outside of the basic plane as two surrogates; a server that streams
    one behind the other, or cuts an answer between them, leaves halves. Halves that meet are put
    together, a lone one is left out at the end, where the other may be yet to come, and replaced
    by U+FFFD elsewhere.

    Args:
        text: any string.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return joined.rstrip("\N{REPLACEMENT CHARACTER}")
    return text

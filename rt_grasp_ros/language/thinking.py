"""What a model thinks and what it says: only the latter is an answer."""

from __future__ import annotations

import re

_OPENED = re.compile(r"<\s*think(?:ing)?\s*>", re.I)
_CLOSED = re.compile(r"<\s*/\s*think(?:ing)?\s*>", re.I)
_TAGS = re.compile(r"<\s*/?\s*(?:think(?:ing)?|answer)\s*>", re.I)
_SAID_TO_ITS_END = re.compile(r"<\s*/\s*answer\s*>\s*$", re.I)


def split_thinking(text: str) -> tuple[str, str]:
    """Split a model's text into its thoughts and what it says behind them.

    Thoughts end at the last `</think>`, whatever they quote; where they were begun and not ended,
    nothing has been said yet. A text without such tags is all said. Chat templates may have
    written the opening tag themselves, so that the text holds the closing one only.

    Returns:
        The thoughts, on their own and without tags, and the rest; both stripped.
    """
    ends = list(_CLOSED.finditer(text))
    begins = list(_OPENED.finditer(text))
    thinking, said = (text[: ends[-1].start()], text[ends[-1].end() :]) if ends else ("", text)
    if begins and begins[-1].end() > len(text) - len(said):
        return _without_tags(text), ""  # thinks again, or still
    if len(begins) > len(ends) and not _SAID_TO_ITS_END.search(said):
        return _without_tags(text), ""  # the tag that ends is quoted, and the text is cut off
    return _without_tags(thinking), said.strip()


def _without_tags(text: str) -> str:
    return " ".join(part for part in map(str.strip, _TAGS.split(text)) if part)

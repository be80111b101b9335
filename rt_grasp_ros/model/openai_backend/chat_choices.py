"""The choices in what a chat server sends, at once or in server-sent events."""

from __future__ import annotations

import json
from typing import Any

import httpx2

from .server_failure import TryAgain

DONE = "[DONE]"
"""Data of the event that ends a stream."""


def choices_at_once(response: httpx2.Response) -> list[dict[str, Any]]:
    """Return the choices of an answer that is not streamed, or is and does not say so.

    Raises:
        LookupError, TypeError, ValueError: it is no chat completion.
        TryAgain: it is an error, or a page.
    """
    text = response.text.lstrip()
    if text.startswith(("<!", "<html", "<HTML")):
        raise TryAgain("answered with a web page (a proxy, or another service)")
    if text.startswith(("data:", ":", "event:")):
        lines = [line for line in text.splitlines() if line.startswith("data:")]
        datas = [line.removeprefix("data:").strip() for line in lines]
        return [choice for data in datas if data != DONE for choice in choices_of(data)]
    answer = response.json()
    _require_no_error(answer)
    return list(answer["choices"])


def choices_of(data: str) -> list[dict[str, Any]]:
    """Return the choices of one event; keep-alives and counts of tokens hold none.

    Raises:
        AttributeError, ValueError: it is no piece of a chat completion.
        TryAgain: it is an error.
    """
    if not data:
        return []
    answer = json.loads(data)
    _require_no_error(answer)
    return answer.get("choices") or []


def _require_no_error(answer: dict[str, Any]) -> None:
    if error := answer.get("error"):
        words = error.get("message", "") if isinstance(error, dict) else error
        raise TryAgain(
            f"broke off with an error of its own ('{' '.join(str(words).split())[:160]}')"
        )

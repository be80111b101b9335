"""What a server takes of a request: what it turns down and nobody needs is left out later."""

from __future__ import annotations

import re
from typing import Any

_LEFT_OUT = {
    "logprobs": re.compile(r"\blog_?probs?\b|\blogprobs\b", re.I),
    "temperature": re.compile(r"\btemperature\b", re.I),
}
_STREAM = re.compile(r"\bstream(?:ing)?\b", re.I)
_LIMITS = ("max_tokens", "max_completion_tokens")
_UNKNOWN = re.compile(
    r"unsupported|not support|unknown|unrecogni|unexpected|not permitted|not allowed|extra|invalid"
    r"|deprecated|cannot find",
    re.I,
)
_REFUSALS = frozenset({400, 422, 501})


class RequestForm:
    """How one server wants to be asked, as far as it has said so."""

    def __init__(self) -> None:
        """Begin with everything."""
        self._without: set[str] = set()
        self._limit = _LIMITS[0]
        self._streams = True

    def of(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return a request as the server takes it."""
        form = {name: value for name, value in body.items() if name not in self._without}
        if _LIMITS[0] in form:
            form[self._limit] = form.pop(_LIMITS[0])
        form["stream"] = self._streams
        return form

    def learn(self, sent: dict[str, Any], status: int, words: str) -> str | None:
        """Learn from a refusal.

        Args:
            sent: the request as it was sent.
            status: of the HTTP response.
            words: the server's.

        Returns:
            What will be different from now on, for the log; None where nothing is.
        """
        if status not in _REFUSALS:
            return None
        if self._limit in sent and (wanted := self._other_limit(words)):
            self._limit = wanted
            return f"takes {wanted} only"
        for name, said in _LEFT_OUT.items():
            if name in sent and said.search(words):
                self._without.add(name)
                return f"takes no {name}"
        if sent["stream"] and _STREAM.search(words):
            self._streams = False
            return "does not stream"
        return None

    def _other_limit(self, words: str) -> str | None:
        """Return the name of the limit that a server wants instead, as far as it says so."""
        (other,) = set(_LIMITS) - {self._limit}
        named = re.search(rf"\b{self._limit}\b", words)
        return other if named and (other in words or _UNKNOWN.search(words)) else None

"""What it means when a server does not answer as asked."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx2

from ...grasp.errors import ServerRefused
from ..server_settings import ServerSettings

_MAY_PASS = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
_MAX_REASON = 160


class TryAgain(Exception):
    """A failure that may be gone the next time.

    Attributes:
        problem: completes "The model server ...".
        wait_s: how long the server asks to wait; None where it does not say.
    """

    def __init__(self, problem: str, wait_s: float | None = None) -> None:
        super().__init__(problem)
        self.problem, self.wait_s = problem, wait_s

    @classmethod
    def of(cls, error: httpx2.RequestError) -> TryAgain:
        """Say what happened to a connection."""
        if isinstance(error, httpx2.ConnectError):
            return cls("can't be reached")
        if isinstance(error, httpx2.ConnectTimeout):
            return cls("accepts no connection in time")
        return cls("broke off in the middle of its answer")


def failure_of(
    response: httpx2.Response, settings: ServerSettings, key: str, models: Sequence[str] = ()
) -> Exception:
    """Return the failure that a response other than success stands for.

    Args:
        response: read to its end.
        settings: what the server was asked with.
        key: what no message may hold.
        models: names of the models that it serves, where the asked one is not among them.

    Returns:
        `TryAgain` where the server may think better of it, else `ServerRefused`.
    """
    status = response.status_code
    if status in _MAY_PASS:
        problem = "is overloaded" if status == HTTPStatus.TOO_MANY_REQUESTS else "failed"
        reason = "" if _is_page(response) else _reason(response, key)
        words = f"HTTP {status}: {reason}" if reason else f"HTTP {status}"
        return TryAgain(f"{problem} ({words})", _retry_after_s(response))
    advice = _advice(status, settings)
    if models:
        advice = f"set the parameter server_model to one of its models: {', '.join(models)}"
    return ServerRefused(settings.url, status, _reason(response, key), advice)


def _is_page(response: httpx2.Response) -> bool:
    return response.text.lstrip()[:1] == "<"


def _advice(status: int, settings: ServerSettings) -> str:
    match status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return f"put a valid key into the environment variable {settings.key_variable}"
        case HTTPStatus.NOT_FOUND:
            return (
                "check the parameter server_url, and set server_model to one of the names that "
                f"{settings.url.rstrip('/')}/models lists"
            )
        case _:
            return "check that it serves a model that takes pictures, of the chosen family"


def _retry_after_s(response: httpx2.Response) -> float | None:
    """Read the header, which holds seconds or a date (RFC 9110, 10.2.3)."""
    value = response.headers.get("retry-after", "")
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", value):  # some send fractions of a second
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _reason(response: httpx2.Response, key: str) -> str:
    """Return the server's own words, on one line and without the key."""
    try:
        body = response.json()
        error = body.get("error", body)
        words = error["message"] if isinstance(error, dict) else error
    except (AttributeError, LookupError, ValueError):
        words = response.text
    words = " ".join(str(words).split())
    if key:
        words = words.replace(key, "***")
    return words[:_MAX_REASON]

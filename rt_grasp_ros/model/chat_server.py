"""Chat completions from an OpenAI-compatible server: time-outs, retries, streaming, cancelling."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import httpx2

from ..grasp.errors import ModelTimeout, RequestInvalid, ServerUnavailable
from .server_failure import TryAgain, failure_of
from .server_settings import ServerSettings

_FIRST_BACKOFF_S = 0.5
_DONE = "[DONE]"

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Completion:
    """One of the texts that a server writes for a request.

    Attributes:
        text: what it has written.
        log_probs: natural logarithm of each token's probability; empty where the server does not
            say.
    """

    text: str = ""
    log_probs: list[float] = field(default_factory=list)

    @property
    def score(self) -> float:
        """Probability per token, as in `Answer`; 1 where the server does not say."""
        if not self.log_probs:
            return 1.0
        return min(1.0, math.exp(sum(self.log_probs) / len(self.log_probs)))


class ChatServer:
    """Talks to one server over connections that it keeps; for one event loop."""

    def __init__(self, settings: ServerSettings) -> None:
        """Remember where the server is; nothing is sent yet.

        Raises:
            RequestInvalid: the URL is none or holds secrets, or the key can't be one.
        """
        self._settings = settings
        self.url = _checked_url(settings)
        self._key = _key(settings)
        self._http = httpx2.AsyncClient(
            base_url=f"{self.url}/",
            headers={"Authorization": f"Bearer {self._key}"} if self._key else {},
            timeout=httpx2.Timeout(None, connect=settings.connect_timeout_s),
        )

    async def model_names(self) -> list[str]:
        """Return the names of the models that the server knows.

        Raises:
            ModelTimeout: no answer in time.
            ServerRefused: it refuses to say.
            ServerUnavailable: it can't be reached or answers with something else.
        """

        async def ask() -> list[str]:
            response = await self._http.get("models")
            self._require_success(response)
            try:
                return [str(model["id"]) for model in response.json()["data"]]
            except (LookupError, TypeError, ValueError) as error:
                raise TryAgain("does not list its models") from error

        return await self._persist(ask)

    async def complete(
        self, body: dict[str, Any], on_text: Callable[[str], None] | None = None
    ) -> list[Completion]:
        """Ask for chat completions, streamed where the server can.

        Args:
            body: `model`, `messages` and whatever else the request is to say.
            on_text: called with the first completion's text so far whenever it grows.

        Returns:
            At least one completion, none of them empty.

        Raises:
            ModelTimeout: no first word, or no end, in time.
            ServerRefused: the request is turned down.
            ServerUnavailable: the server can't be reached, is busy, breaks off or talks nonsense,
                also when asked again.
        """
        return await self._persist(lambda: self._complete_once(body, on_text))

    async def _complete_once(
        self, body: dict[str, Any], on_text: Callable[[str], None] | None
    ) -> list[Completion]:
        completions = [Completion() for _ in range(body.get("n", 1))]
        timeout_s = self._settings.first_token_timeout_s
        try:
            async with (
                asyncio.timeout(timeout_s) as until_first_token,
                aclosing(self._choices(body)) as choices,
            ):
                async for choice in choices:
                    said = choice.get("delta") or choice.get("message") or {}
                    completion = completions[choice.get("index", 0)]
                    if text := said.get("content") or "":
                        if not until_first_token.expired():
                            until_first_token.reschedule(None)
                        completion.text += text
                        if on_text is not None and completion is completions[0]:
                            on_text(completion.text)
                    tokens = (choice.get("logprobs") or {}).get("content") or ()
                    completion.log_probs += [float(token["logprob"]) for token in tokens]
        except TimeoutError as error:
            raise ModelTimeout(
                f"The model server at {self.url} wrote nothing within {timeout_s:g} s; look at its "
                "load, or raise the parameter server_first_token_timeout_s."
            ) from error
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise TryAgain("answered with something that is no chat completion") from error
        written = [completion for completion in completions if completion.text]
        if not written:
            raise TryAgain("answered with no text at all")
        return written

    async def _choices(self, body: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """Yield the choices of a stream's events, or of one answer where nothing is streamed."""
        async with self._http.stream(
            "POST", "chat/completions", json={**body, "stream": True}
        ) as response:
            if not response.is_success:
                await response.aread()
                self._require_success(response)
            if "text/event-stream" not in response.headers.get("content-type", ""):
                await response.aread()
                for choice in response.json()["choices"]:
                    yield choice
                return
            async with _closing(httpx2.EventSource(response)) as events:
                async for event in events:
                    if event.data == _DONE:
                        return
                    answer = json.loads(event.data)
                    if "error" in answer:
                        raise TryAgain("broke off with an error of its own")
                    for choice in answer["choices"]:
                        yield choice
        raise TryAgain("closed the connection in the middle of its answer")

    def _require_success(self, response: httpx2.Response) -> None:
        if not response.is_success:
            raise failure_of(response, self._settings, self._key)

    async def _persist(self, ask: Callable[[], Awaitable[Result]]) -> Result:
        """Ask, and ask again where that may help; say what is wrong where it does not."""
        timeout_s = self._settings.total_timeout_s
        deadline_s = time.monotonic() + timeout_s
        attempt = 0
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    try:
                        return await ask()
                    except TryAgain as error:
                        failure = error
                    except httpx2.RequestError as error:
                        failure = TryAgain.of(error)
                    wait_s = failure.wait_s
                    if wait_s is None:
                        wait_s = _FIRST_BACKOFF_S * 2**attempt * random.uniform(0.5, 1)  # noqa: S311
                    attempt += 1
                    if attempt > self._settings.retries or time.monotonic() + wait_s > deadline_s:
                        raise ServerUnavailable(self.url, failure.problem)
                    _log.info("the model server %s, asked again in %.1f s", failure.problem, wait_s)
                    await asyncio.sleep(wait_s)
        except TimeoutError as error:
            raise ModelTimeout(
                f"The model server at {self.url} did not finish within {timeout_s:g} s; look at "
                "its load, or raise the parameter server_timeout_s."
            ) from error


def _closing(source: httpx2.EventSource) -> aclosing[Any]:
    """Return a source's events; leaving the block ends them in time for the loop to see it."""
    return aclosing(cast(Any, aiter(source)))


def _checked_url(settings: ServerSettings) -> str:
    try:
        parts = urlsplit(settings.url)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url:
        raise RequestInvalid(
            "The backend 'openai' needs the parameter server_url to say where the server is, such "
            "as http://gpu-server:8000/v1."
        )
    if parts.username or parts.password or parts.query:
        raise RequestInvalid(
            "The parameter server_url holds a user, a password or a query, which logs would show; "
            f"put the key into the environment variable {settings.key_variable}."
        )
    return settings.url.rstrip("/")


def _key(settings: ServerSettings) -> str:
    key = os.environ.get(settings.key_variable, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise RequestInvalid(
            f"The environment variable {settings.key_variable} holds characters that no key has; "
            "set it again."
        )
    return key

"""Chat completions from an OpenAI-compatible server: time-outs, retries, streaming, cancelling."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import httpx2

from ...grasp.errors import (
    AnswerCutOff,
    AnswerWithheld,
    ModelTimeout,
    RequestInvalid,
    ServerUnavailable,
)
from ..server_settings import ServerSettings
from .chat_choices import DONE, choices_at_once, choices_of
from .request_form import RequestForm
from .said import log_probs_in, said_in
from .server_failure import TryAgain, failure_of

_FIRST_BACKOFF_S = 0.5
_NO_ANSWER = {
    "length": ("its end was cut off", "raise the parameter server_max_tokens"),
    "content_filter": (
        "a content filter withheld it",
        "switch the filter off, or show it another picture or command",
    ),
    "tool_calls": ("it is a call of a tool", "switch tools off in the server's settings"),
    "function_call": ("it is a call of a function", "switch tools off in the server's settings"),
}
"""Ends of a completion that is no answer: what is the matter, and what to do."""

_THOUGHTS_ONLY = (
    "it holds thoughts and no words behind them",
    "switch the server's reasoning parser off",
)

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Completion:
    """One of the texts that a server writes for a request.

    Attributes:
        text: what it has written.
        thoughts: what it has written before, where the server keeps that apart.
        log_probs: natural logarithm of each token's probability; empty where the server does not
            say.
        end: why it ended (`finish_reason`); empty where the server does not say.
    """

    text: str = ""
    thoughts: str = ""
    log_probs: list[float] = field(default_factory=list)
    end: str = ""

    @property
    def whole(self) -> str:
        """Thoughts and words as a model writes them without a server that takes them apart."""
        if not self.thoughts or "</think>" in self.text:
            return self.text
        return f"<think>{self.thoughts}" + (f"</think>{self.text}" if self.text else "")

    @property
    def score(self) -> float:
        """Probability per token, as in `Answer`; 1 where the server does not say."""
        if not self.log_probs:
            return 1.0
        return min(1.0, math.exp(sum(self.log_probs) / len(self.log_probs)))


class _AskOtherwise(Exception):
    """The same is to be asked at once in the form that the server takes."""


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
        self._form = RequestForm()
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
            if response.status_code == HTTPStatus.NOT_FOUND and await self._is_below_v1():
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
            AnswerCutOff: it did not end within the limit of tokens.
            AnswerWithheld: it holds no words, and the server says why.
            ModelTimeout: no first word, or no end, in time.
            ServerRefused: the request is turned down, also without what is optional in it.
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
                    thoughts, text = said_in(choice)
                    completion = completions[choice.get("index") or 0]
                    completion.end = choice.get("finish_reason") or completion.end
                    completion.log_probs += log_probs_in(choice)
                    if thoughts or text:
                        if not until_first_token.expired():
                            until_first_token.reschedule(None)
                        completion.thoughts += thoughts
                        completion.text += text
                        if on_text is not None and completion is completions[0]:
                            on_text(completion.whole)
        except TimeoutError as error:
            raise ModelTimeout(
                f"The model server at {self.url} wrote nothing within {timeout_s:g} s; look at its "
                "load, or raise the parameter server_first_token_timeout_s."
            ) from error
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise TryAgain("answered with something that is no chat completion") from error
        written = [each for each in completions if each.text and each.end not in _NO_ANSWER]
        if not written:
            raise self._why_none(completions[0], body)
        return written

    def _why_none(self, completion: Completion, body: dict[str, Any]) -> Exception:
        """Return why a completion is no answer."""
        if completion.end == "length":
            return AnswerCutOff(self.url, body["max_tokens"])
        if advice := _NO_ANSWER.get(completion.end):
            return AnswerWithheld(self.url, *advice)
        if completion.thoughts:
            return AnswerWithheld(self.url, *_THOUGHTS_ONLY)
        return TryAgain("answered with no text at all")

    async def _choices(self, body: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """Yield the choices of a stream's events, or of one answer where nothing is streamed."""
        form = self._form.of(body)
        async with self._http.stream("POST", "chat/completions", json=form) as response:
            if not response.is_success:
                await response.aread()
                await self._fail(response, form, body)
            if "text/event-stream" not in response.headers.get("content-type", ""):
                await response.aread()
                for choice in choices_at_once(response):
                    yield choice
                return
            has_ended = False
            async with _closing(httpx2.EventSource(response)) as events:
                async for event in events:
                    data = event.data.strip()
                    if data == DONE:
                        return
                    for choice in choices_of(data):
                        has_ended = has_ended or bool(choice.get("finish_reason"))
                        yield choice
        if not has_ended:
            raise TryAgain("closed the connection in the middle of its answer")

    async def _fail(
        self, response: httpx2.Response, form: dict[str, Any], body: dict[str, Any]
    ) -> None:
        """Raise what a refusal means: to ask again at once in another form, or the failure."""
        if learnt := self._form.learn(form, response.status_code, response.text):
            _log.warning("the model server %s; it is asked without from now on", learnt)
        if self._form.of(body) != form:
            raise _AskOtherwise
        if response.status_code == HTTPStatus.NOT_FOUND:
            if await self._is_below_v1():
                raise _AskOtherwise
            names = await self._models_there_are()
            if names and body["model"] not in names:
                raise failure_of(response, self._settings, self._key, names)
        self._require_success(response)

    async def _is_below_v1(self) -> bool:
        """Find out whether the interface begins at `/v1` below the URL, and take that then."""
        if self.url.endswith("/v1"):
            return False
        url = f"{self.url}/v1"
        try:
            response = await self._http.get(f"{url}/models")
        except httpx2.RequestError:
            return False
        if not response.is_success:
            return False
        self.url = url
        self._http.base_url = httpx2.URL(f"{url}/")
        return True

    async def _models_there_are(self) -> list[str]:
        """Return the names of the models for a message; none where the server does not say."""
        try:
            response = await self._http.get("models")
            return [str(model["id"]) for model in response.json()["data"]]
        except (httpx2.RequestError, LookupError, TypeError, ValueError):
            return []

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
                    except _AskOtherwise:
                        continue
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
    return settings.url.rstrip("/").removesuffix("/chat/completions")


def _key(settings: ServerSettings) -> str:
    key = os.environ.get(settings.key_variable, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise RequestInvalid(
            f"The environment variable {settings.key_variable} holds characters that no key has; "
            "set it again."
        )
    return key

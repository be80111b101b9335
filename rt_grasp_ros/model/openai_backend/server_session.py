"""One model of one server, asked from ordinary code: with an event loop of its own."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Coroutine
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ...grasp.errors import AnswerCancelled, RequestInvalid
from ..engine import EngineSettings, IsCancelled, OnText
from .chat_server import ChatServer, Completion

_CANCEL_POLL_S = 0.02
_SETTLE_TIMEOUT_S = 1.0

Result = TypeVar("Result")


class ServerSession:
    """Asks the model of a server; for one thread at a time.

    Attributes:
        model: name under which the server knows the model.
        server: the connections to it.
    """

    def __init__(self, settings: EngineSettings, max_new_tokens: int) -> None:
        """Find out which model the server runs, unless the settings say.

        Args:
            settings: name the server.
            max_new_tokens: length at which an answer is cut off, unless the settings say.

        Raises:
            RequestInvalid: the settings don't say where the server is, or which of its models.
            ServerRefused: the server turns the request down.
            ServerUnavailable: it can't be reached.
        """
        self._picture_format = settings.server.picture_format
        self._max_tokens = settings.server.max_tokens or max_new_tokens
        self._loop = asyncio.Runner()
        self.server = ChatServer(settings.server)
        self.model = settings.server.model or self._only_model()
        self.name = f"{self.model} ({settings.family}, {self.server.url})"

    def run(
        self, work: Coroutine[Any, Any, Result], is_cancelled: IsCancelled | None = None
    ) -> Result:
        """Return what comes of requests.

        Raises:
            AnswerCancelled: `is_cancelled` said yes.
        """
        try:
            return self._loop.run(_unless_cancelled(work, is_cancelled))
        finally:
            self._loop.run(_settle())

    def body(self, messages: list[dict[str, Any]]) -> dict[str, Any]:
        """Return a request for a completion of messages."""
        return {
            "model": self.model,
            "messages": messages,
            "max_tokens": self._max_tokens,
            "logprobs": True,
        }

    def likeliest(
        self,
        messages: list[dict[str, Any]],
        on_text: OnText | None = None,
        is_cancelled: IsCancelled | None = None,
    ) -> Completion:
        """Return the likeliest completion of messages; raises what `ChatServer.complete` does."""
        body = {**self.body(messages), "temperature": 0.0}
        (completion,) = self.run(self.server.complete(body, on_text), is_cancelled)
        return completion

    def picture(self, image_rgb: NDArray[np.uint8]) -> dict[str, Any]:
        """Return a picture, shape (H, W, 3), uint8, as a part of a message."""
        return {
            "type": "image_url",
            "image_url": {"url": data_url(image_rgb, self._picture_format)},
        }

    def _only_model(self) -> str:
        names = self._loop.run(self.server.model_names())
        if len(names) != 1:
            raise RequestInvalid(
                f"The model server at {self.server.url} serves {', '.join(names) or 'no model'}; "
                "set the parameter server_model to one of its models."
            )
        return names[0]


def data_url(image_rgb: NDArray[np.uint8], picture_format: str) -> str:
    """Return a picture as a `data:` URL.

    Args:
        image_rgb: shape (H, W, 3), uint8.
        picture_format: `jpeg` (quality 95) or `png` (lossless, five to ten times as long).
    """
    _, encoded = cv2.imencode(f".{picture_format}", image_rgb[..., ::-1])
    return (
        f"data:image/{picture_format};base64,{base64.b64encode(encoded.tobytes()).decode('ascii')}"
    )


async def _unless_cancelled(
    work: Coroutine[Any, Any, Result], is_cancelled: IsCancelled | None
) -> Result:
    """Await, and look every now and then whether that is still wanted."""
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait({task}, timeout=_CANCEL_POLL_S if is_cancelled else None)
        if is_cancelled is not None and not task.done() and is_cancelled():
            task.cancel()
            await asyncio.wait({task})
            raise AnswerCancelled
    return task.result()


async def _settle() -> None:
    """Let streams that were given up close their sockets, which takes some rounds of the loop.

    A stream is read through several generators, and each ends only once the one around it has.
    """
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + _SETTLE_TIMEOUT_S
    await asyncio.sleep(0)
    while closing := asyncio.all_tasks() - {asyncio.current_task()}:
        left_s = deadline_s - loop.time()
        if left_s <= 0:
            break
        await asyncio.wait(closing, timeout=left_s)
        await asyncio.sleep(0)

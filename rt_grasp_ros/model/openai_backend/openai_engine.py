"""A model that runs on a server: any family behind any OpenAI-compatible interface."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ...grasp.errors import AnswerCancelled, AnswerGarbled, RequestInvalid, RtGraspError
from ...language.answer import Answer
from ...language.prompt import Turn
from ..decoding.distinct import distinct_grasps
from ..engine import EngineSettings, IsCancelled, OnText
from ..family import chat_messages, load_family
from .chat_server import ChatServer, Completion

SAMPLING_TEMPERATURE = 0.7

_CANCEL_POLL_S = 0.02
_SETTLE_TIMEOUT_S = 1.0

_log = logging.getLogger(__name__)


class OpenAiEngine:
    """Sends each command to a server; the first answer is the likeliest one, the others drawn."""

    def __init__(self, settings: EngineSettings) -> None:
        """Find out which model the server runs, unless the settings say.

        Raises:
            ModelNotLoaded: there is no such family.
            RequestInvalid: the settings don't say where the server is, or which of its models.
            ServerRefused: the server turns the request down.
            ServerUnavailable: it can't be reached.
        """
        self._family = load_family(settings.family)
        self._picture_format = settings.server.picture_format
        self._max_tokens = settings.server.max_tokens or self._family.max_new_tokens
        self._loop = asyncio.Runner()
        self._server = ChatServer(settings.server)
        self._model = settings.server.model or self._only_model()
        self.name = f"{self._model} ({settings.family}, {self._server.url})"

    def answer(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int = 1,
        on_text: OnText | None = None,
        history: Sequence[Turn] = (),
        is_cancelled: IsCancelled | None = None,
    ) -> list[Answer]:
        """Answer one command, see `GraspEngine.answer`.

        Raises:
            AnswerCutOff, AnswerWithheld: the server's answer has no end, or no words.
            ModelTimeout: the server takes too long.
            ServerRefused: the server turns the request down.
            ServerUnavailable: it can't be reached, is overloaded or talks nonsense.
        """
        height_px, width_px = image_rgb.shape[:2]
        picture = {
            "type": "image_url",
            "image_url": {
                "url": data_url(self._family.picture(image_rgb), self._picture_format),
            },
        }
        body = {
            "model": self._model,
            "messages": chat_messages(
                self._family, command, history, picture, (width_px, height_px)
            ),
            "max_tokens": self._max_tokens,
            "logprobs": True,
        }
        first, others = self._loop.run(
            _unless_cancelled(self._ask(body, max_candidates, on_text), is_cancelled)
        )
        best = self._family.read(first.whole, width_px, height_px, first.score)
        if best.rectangle is None:
            return [best]
        answers = [best]
        for completion in others:
            try:
                answers.append(
                    self._family.read(completion.whole, width_px, height_px, completion.score)
                )
            except AnswerGarbled as error:
                _log.info("a further candidate is left out: %s", error.message)
        return distinct_grasps(answers, max_candidates)

    async def _ask(
        self, body: dict[str, Any], max_candidates: int, on_text: OnText | None
    ) -> tuple[Completion, list[Completion]]:
        """Ask for the likeliest answer and, at the same time, for others."""
        others = asyncio.create_task(self._draw(body, max_candidates - 1))
        try:
            (first,) = await self._server.complete({**body, "temperature": 0.0}, on_text)
            return first, await others
        finally:
            others.cancel()
            await asyncio.wait({others})

    async def _draw(self, body: dict[str, Any], count: int) -> list[Completion]:
        """Ask for answers drawn with chance; having none of them is no failure."""
        if count == 0:
            return []
        drawing = {**body, "temperature": SAMPLING_TEMPERATURE, "n": count}
        try:
            return await self._server.complete(drawing)
        except RtGraspError as error:
            _log.warning("no further candidates: %s", error.message)
            return []

    def _only_model(self) -> str:
        names = self._loop.run(self._server.model_names())
        if len(names) != 1:
            raise RequestInvalid(
                f"The model server at {self._server.url} serves {', '.join(names) or 'no model'}; "
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


async def _unless_cancelled(work: Any, is_cancelled: IsCancelled | None) -> Any:
    """Await, and look every now and then whether that is still wanted."""
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=_CANCEL_POLL_S if is_cancelled else None)
            if is_cancelled is not None and not task.done() and is_cancelled():
                task.cancel()
                await asyncio.wait({task})
                raise AnswerCancelled
        return task.result()
    finally:
        await _settle()


async def _settle() -> None:
    """Let streams that were given up close their sockets, which takes some rounds of the loop."""
    await asyncio.sleep(0)
    if closing := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(closing, timeout=_SETTLE_TIMEOUT_S)

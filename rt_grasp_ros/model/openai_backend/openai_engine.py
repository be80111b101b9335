"""A model that runs on a server: any family behind any OpenAI-compatible interface."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...grasp.errors import AnswerGarbled, RtGraspError
from ...language.answer import Answer
from ...language.prompt import Turn
from ..decoding.grasp_nms import grasp_nms
from ..engine import EngineSettings, IsCancelled, OnText
from ..family import chat_messages, load_family
from .chat_server import Completion
from .server_session import ServerSession

SAMPLING_TEMPERATURE = 0.7

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
        self._session = ServerSession(settings, self._family.max_new_tokens)
        self.name = self._session.name

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
        picture = self._session.picture(self._family.picture(image_rgb))
        body = self._session.body(
            chat_messages(self._family, command, history, picture, (width_px, height_px))
        )
        first, others = self._session.run(self._ask(body, max_candidates, on_text), is_cancelled)
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
        return grasp_nms(answers, max_candidates)

    async def _ask(
        self, body: dict[str, Any], max_candidates: int, on_text: OnText | None
    ) -> tuple[Completion, list[Completion]]:
        """Ask for the likeliest answer and, at the same time, for others."""
        others = asyncio.create_task(self._draw(body, max_candidates - 1))
        try:
            (first,) = await self._session.server.complete({**body, "temperature": 0.0}, on_text)
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
            return await self._session.server.complete(drawing)
        except RtGraspError as error:
            _log.warning("no further candidates: %s", error.message)
            return []

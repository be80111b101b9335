"""The seam between an engine that only moves text and pictures, and how a model uses them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import ModelNotLoaded
from ..language.answer import Answer, parse_answer
from ..language.prompt import Turn
from . import families
from .pointing.pointing_family import PointingFamily

FAMILY_NAMES = tuple(module.name for module in pkgutil.iter_modules(families.__path__))


class Family(Protocol):
    """How models that were trained alike are asked, and what their numbers mean."""

    @property
    def model_types(self) -> tuple[str, ...]:
        """The `model_type` of the checkpoints' `config.json`."""
        ...

    @property
    def max_new_tokens(self) -> int:
        """Length at which an answer is cut off."""
        ...

    def picture(self, image_rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the picture to hand to the model's own processor.

        Args:
            image_rgb: the camera's picture, shape (H, W, 3), uint8.

        Returns:
            Shape (h, w, 3), uint8, of a size that follows from H and W alone.
        """
        ...

    def instruction(self, command: str) -> str:
        """Return what the user's turn says beside the picture."""
        ...

    def retell(self, answer: Answer) -> str:
        """Write an answer as the model would have: what `read` reads as the same answer."""
        ...

    def read(
        self, text: str, image_width_px: int, image_height_px: int, score: float = 1.0
    ) -> Answer:
        """Read what the model wrote.

        Args:
            text: the whole answer.
            image_width_px: width of the camera's picture, which the rectangle will belong to.
            image_height_px: height of that picture.
            score: see `Answer`.

        Raises:
            AnswerGarbled: neither a grasp nor a refusal can be read from it.
        """
        ...


def load_family(name: str) -> Family:
    """Return a family that names grasps by the name of its file in `model/families`.

    Raises:
        ModelNotLoaded: there is no such file, or its models point and name no grasps.
    """
    family = find_family(name)
    if isinstance(family, PointingFamily):
        raise ModelNotLoaded(
            f"Models of the family '{name}' point and name no grasps, so they can be neither "
            "trained nor run here; choose the backend 'openai'."
        )
    return family


def find_family(name: str) -> Family | PointingFamily:
    """Return a family of either kind by the name of its file in `model/families`.

    Raises:
        ModelNotLoaded: there is no such file.
    """
    if name not in FAMILY_NAMES:
        raise ModelNotLoaded(
            f"There is no model family '{name}'; choose one of {', '.join(FAMILY_NAMES)}."
        )
    module = importlib.import_module(f"{families.__name__}.{name}")
    return cast(Family | PointingFamily, module.FAMILY)


def chat_messages(
    family: Family,
    command: str,
    history: Sequence[Turn],
    picture: dict[str, Any],
    image_size_px: tuple[int, int],
) -> list[dict[str, Any]]:
    """Return a dialogue in the form that chat templates and chat servers share.

    The picture stands in the first turn, so that it is encoded once for all commands about it.
    Earlier answers come in the words of `language/answer.py` and leave in those of the family.

    Args:
        family: words the instructions.
        command: what is asked now.
        history: earlier turns of the same dialogue, oldest first.
        picture: the picture as a part of a message.
        image_size_px: width and height of the camera's picture.

    Raises:
        AnswerGarbled: an earlier answer is none.
    """
    messages: list[dict[str, Any]] = []
    for turn in history:
        answer = parse_answer(turn.answer, *image_size_px)
        messages.append(said_by("user", family.instruction(turn.command)))
        messages.append(said_by("assistant", family.retell(answer)))
    messages.append(said_by("user", family.instruction(command)))
    messages[0]["content"].insert(0, picture)
    return messages


def said_by(role: str, text: str) -> dict[str, Any]:
    """Return a turn of a dialogue as chat templates and chat servers take it."""
    return {"role": role, "content": [{"type": "text", "text": text}]}

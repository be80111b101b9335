"""The seam between everything that needs an answer and whatever computes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import AnswerCancelled
from ..grasp.trained_view import TrainedView
from ..language.answer import Answer
from ..language.prompt import Turn
from .server_settings import ServerSettings
from .torch_settings import TorchSettings

OUR_FAMILY = "rt_grasp"

OnText = Callable[[str], None]
IsCancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How a backend runs the model; each backend reads what concerns it.

    Attributes:
        family: how the model is asked and answers, see `model/families`.
        server: for the backend `openai`.
        torch: for the backend `torch`.
        verify: whether a model that points is shown the grasp once more, see
            `pipeline/second_look.py`.
    """

    family: str = OUR_FAMILY
    server: ServerSettings = field(default_factory=ServerSettings)
    torch: TorchSettings = field(default_factory=TorchSettings)
    verify: bool = False


def trained_view_of(engine: GraspEngine) -> TrainedView | None:
    """Return how an engine's model was trained to see a table; None where it does not say."""
    return getattr(engine, "trained_view", None)


def stop_if(is_cancelled: IsCancelled | None) -> None:
    """Give up where the caller does.

    Raises:
        AnswerCancelled: `is_cancelled` said yes.
    """
    if is_cancelled is not None and is_cancelled():
        raise AnswerCancelled


def note_of(engine: GraspEngine) -> str:
    """Return what an engine has to say of itself once it is loaded; empty for nothing."""
    return str(getattr(engine, "note", ""))


def verifies(engine: GraspEngine) -> bool:
    """Return whether an engine's model is to be shown the grasp once more."""
    return bool(getattr(engine, "verifies", False))


class GraspEngine(Protocol):
    """Answers commands about pictures."""

    @property
    def name(self) -> str:
        """What answers, for results and logs: checkpoint and runtime."""
        ...

    def answer(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int = 1,
        on_text: OnText | None = None,
        history: Sequence[Turn] = (),
        is_cancelled: IsCancelled | None = None,
    ) -> list[Answer]:
        """Answer one command.

        Args:
            image_rgb: the picture, shape (H, W, 3), uint8.
            command: what to grasp, already validated.
            max_candidates: at most this many different grasps, best first.
            on_text: called with the first answer's text so far whenever it grows.
            history: earlier turns of the same dialogue, oldest first.
            is_cancelled: asked between tokens; once it says yes, the answer is given up.

        Returns:
            At least one answer; a single one without a rectangle where the object is absent.

        Raises:
            AnswerCancelled: `is_cancelled` said yes.
            AnswerGarbled: the model wrote something that is no answer.
        """
        ...

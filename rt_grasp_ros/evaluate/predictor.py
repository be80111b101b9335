"""The seam between the measures and whatever is measured: the model, a baseline, a peer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..data.grasp_picture import GraspPicture
from ..data.pixels import colour_of
from ..language.answer import Answer
from ..language.command import validate_command
from ..model.engine import GraspEngine


class Predictor(Protocol):
    """Names a grasp in a picture; sees its pixels, never its labels."""

    @property
    def name(self) -> str:
        """What predicts, for results."""
        ...

    def predict(self, picture: GraspPicture, command: str) -> Answer:
        """Answer one command about a picture.

        Args:
            picture: names the files of colour and depth, which cover the same pixels.
            command: what to grasp.

        Returns:
            The answer; without a rectangle where no grasp is found.

        Raises:
            AnswerGarbled: what was predicted can't be read.
        """
        ...


LoadPredictor = Callable[[], Predictor]
"""Loads what is measured; called when its turn comes, so that one is in memory at a time."""


class EnginePredictor:
    """A model: it sees the whole colour picture and the command."""

    def __init__(self, engine: GraspEngine) -> None:
        """Take the engine that answers."""
        self._engine = engine

    @property
    def name(self) -> str:
        """The engine's name."""
        return self._engine.name

    def predict(self, picture: GraspPicture, command: str) -> Answer:
        """Return the model's best answer, see `Predictor.predict`."""
        return self._engine.answer(colour_of(picture), validate_command(command))[0]

"""What goes over the pipe between a node and the process that runs its model."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ...grasp.errors import RtGraspError
from ...language.answer import Answer
from ...language.prompt import Turn
from ..engine import GraspEngine


@dataclass(frozen=True, slots=True)
class EngineSource:
    """Where the process gets its engine from.

    Attributes:
        factory: importable name of a function that returns a `GraspEngine`, `module:function`.
        arguments: its keyword arguments.
    """

    factory: str = "rt_grasp_ros.model.load_engine:load_engine"
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def make(self) -> GraspEngine:
        """Load the engine; raises whatever the factory raises."""
        module, function = self.factory.split(":")
        factory = getattr(importlib.import_module(module), function)
        return cast(GraspEngine, factory(**self.arguments))


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """A command to answer; the fields are the arguments of `GraspEngine.answer`."""

    number: int
    image_rgb: NDArray[np.uint8]
    command: str
    max_candidates: int
    history: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Cancel:
    """The request of this number is to be given up; one that is over is left alone."""

    number: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """The engine is loaded and about to warm up.

    Attributes:
        note: what it has to say of itself, such as what was measured of a server; empty for none.
    """

    note: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine takes requests."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The engine has the request of this number."""

    number: int


@dataclass(frozen=True, slots=True)
class Text:
    """The first answer's text so far, to the request of this number."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Answers:
    """The request of this number is over."""

    number: int
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Failed:
    """The engine could not be started."""

    error: RtGraspError


@dataclass(frozen=True, slots=True)
class Failure:
    """The request of this number is over, without an answer."""

    number: int
    error: RtGraspError


@dataclass(frozen=True, slots=True)
class Ended:
    """The process ended; said on this side of the pipe."""

    error: RtGraspError


Reply = Begun | Text | Answers | Failure | Ended

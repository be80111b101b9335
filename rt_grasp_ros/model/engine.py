"""The seam between everything that needs an answer and whatever computes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import ModelNotLoaded
from ..grasp.trained_view import TrainedView
from ..language.answer import Answer
from ..language.prompt import Turn
from .server_settings import ServerSettings
from .torch_settings import TorchSettings

BACKENDS = ("auto", "onnx", "torch", "openai")
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
    """

    family: str = OUR_FAMILY
    server: ServerSettings = field(default_factory=ServerSettings)
    torch: TorchSettings = field(default_factory=TorchSettings)


def trained_view_of(engine: GraspEngine) -> TrainedView | None:
    """Return how an engine's model was trained to see a table; None where it does not say."""
    return getattr(engine, "trained_view", None)


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


def load_engine(
    model_dir: Path, backend: str = "auto", settings: EngineSettings | None = None
) -> GraspEngine:
    """Load a checkpoint, or find the server that has.

    Args:
        model_dir: folder in `save_pretrained` layout; of no matter to the backend `openai`.
        backend: `onnx` runs on the CPU with onnxruntime, `torch` runs transformers' classes;
            `auto` takes onnx where the checkpoint has graphs for it and the settings need no
            torch; `openai` asks a server.
        settings: how to run it; the defaults where it is left out.

    Raises:
        CheckpointInvalid: the folder is missing, incomplete, of another architecture, or holds
            pickled weights only.
        GpuUnavailable: a GPU is insisted on and there is none.
        ModelNotLoaded: the backend is unknown or not installed.
        ModelOutOfMemory: the model does not fit into the memory of its device.
        PointingOff: a server does not point where it is asked to, see `PointingEngine`.
        RequestInvalid, ServerRefused, ServerUnavailable: see `OpenAiEngine`.
    """
    settings = settings or EngineSettings()
    if backend not in BACKENDS:
        raise ModelNotLoaded(
            f"There is no backend '{backend}'; choose one of {', '.join(BACKENDS)}."
        )
    from .family import find_family
    from .pointing.pointing_family import PointingFamily

    family = find_family(settings.family)
    if isinstance(family, PointingFamily):
        if backend not in ("auto", "openai"):
            raise ModelNotLoaded(
                f"Models of the family '{settings.family}' run on a server; choose the backend "
                "'openai' and say where the server is with the parameter server_url."
            )
        from .pointing.pointing_engine import PointingEngine

        return PointingEngine(settings, family)
    if backend == "openai":
        from .openai_backend.openai_engine import OpenAiEngine

        return OpenAiEngine(settings)

    from .checkpoint import Checkpoint

    checkpoint = Checkpoint.open(model_dir, family.model_types)
    if backend == "auto":
        is_for_onnx = checkpoint.has_onnx_graphs and not settings.torch.need_torch
        backend = "onnx" if is_for_onnx else "torch"
    if backend == "onnx":
        from .onnx_backend.onnx_engine import OnnxEngine

        return OnnxEngine(checkpoint)
    try:
        if settings.family == OUR_FAMILY:
            from .torch_backend.torch_engine import TorchEngine

            return TorchEngine(checkpoint, settings.torch)
        from .torch_backend.qwen_engine import QwenEngine

        return QwenEngine(checkpoint, settings)
    except ImportError as error:
        raise ModelNotLoaded(
            f"The torch backend needs '{error.name}'; install rt_grasp_ros[train] or "
            "choose backend 'onnx'."
        ) from error

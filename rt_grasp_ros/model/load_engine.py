"""The factory of engines: from a checkpoint folder or a server to what answers commands."""

from __future__ import annotations

from pathlib import Path

from ..grasp.errors import ModelNotLoaded
from .engine import OUR_FAMILY, EngineSettings, GraspEngine

BACKENDS = ("auto", "onnx", "torch", "openai")


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
    from .onnx_backend.graphs import has_graphs

    checkpoint = Checkpoint.open(model_dir, family.model_types)
    if backend == "auto":
        is_for_onnx = has_graphs(checkpoint.folder) and not settings.torch.need_torch
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

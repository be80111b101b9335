"""A model that can't be loaded or run: what it needs, its weights, its device, its process."""

from __future__ import annotations

from ..error_code import ErrorCode
from .base import RtGraspError


class ModelError(RtGraspError):
    """Something about the model; subclasses say what."""


class ModelNotLoaded(ModelError):
    """No model is loaded, or what it needs is not installed."""

    code = ErrorCode.MODEL_NOT_LOADED


class ModelTimeout(ModelError):
    """The model did not answer within the deadline."""

    code = ErrorCode.MODEL_TIMEOUT


class ModelWorkerDied(ModelError):
    """The process that runs the model ended."""

    code = ErrorCode.MODEL_WORKER_DIED


class CheckpointInvalid(ModelError):
    """The checkpoint is missing, truncated, of another architecture, or not safetensors."""

    code = ErrorCode.CHECKPOINT_INVALID


class ModelOutOfMemory(ModelError):
    """The model does not fit into the memory of its device."""

    code = ErrorCode.MODEL_OUT_OF_MEMORY

    def __init__(self, device: str, doing: str) -> None:
        self.device, self.doing = device, doing
        super().__init__(
            f"The memory of {device} was not enough for {doing}; quantise the model (nf4), ask for "
            "fewer candidates, or end what else uses that memory."
        )


class GpuUnavailable(ModelError):
    """A GPU was asked for and none can be used."""

    code = ErrorCode.GPU_UNAVAILABLE

    def __init__(self, device: str) -> None:
        self.device = device
        super().__init__(
            f"The model was asked onto '{device}', but PyTorch sees no such GPU; check the driver "
            "with nvidia-smi and that PyTorch was built for CUDA, or choose the device 'cpu'."
        )


class ModelNotFinite(ModelError):
    """The model computed NaN or infinity instead of words."""

    code = ErrorCode.MODEL_NOT_FINITE

    def __init__(self) -> None:
        super().__init__(
            "The model computed numbers that are not finite; its weights are damaged or too large "
            "for their type: fetch it again, or load it without quantising."
        )

"""From a checkpoint folder to a LLaVA on its device: checked, merged, then quantised."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from transformers import LlavaForConditionalGeneration

from ...grasp.errors import CheckpointInvalid, RtGraspError
from ..checkpoint import Checkpoint
from ..torch_settings import AUTO_SCHEME, TorchSettings
from .acceleration import choose_acceleration
from .adapter import merge_adapter
from .draft_choice import MEASURED_DRAFTS
from .joined_layers import join_layers
from .llava_picture import is_embedded
from .quantise import WeightMemory, quantise
from .scheme_measure import best_scheme
from .static_core import OnProgress
from .torch_failures import choose_device, memory_failures


@dataclass(frozen=True)
class LoadedLlava:
    """A model that is ready to run.

    Attributes:
        llava: in evaluation mode, without gradients.
        device: where it is.
        memory: of its weights.
        scheme: how they are quantised; never `auto`.
    """

    llava: LlavaForConditionalGeneration
    device: torch.device
    memory: WeightMemory
    scheme: str


def load_llava(
    checkpoint: Checkpoint,
    settings: TorchSettings,
    cached_tokens: int = 0,
    on_progress: OnProgress = lambda *_: None,
) -> LoadedLlava:
    """Load a checkpoint's model.

    The embedded model runs in float32 everywhere; any other in bfloat16, or in float16 on a GPU
    that has no bfloat16. An adapter is merged on the CPU, then layers are joined, then quantised.

    Args:
        checkpoint: where it lies.
        settings: where and how it is run.
        cached_tokens: how many tokens' keys and values are to have room beside the weights, where
            the scheme of quantising is chosen here.
        on_progress: told what is measured for that.

    Raises:
        CheckpointInvalid: a file is damaged or missing, or weights are of another architecture.
        GpuUnavailable: a GPU is insisted on and there is none.
        ModelNotLoaded: what quantising or merging needs is not installed.
        ModelOutOfMemory: the weights do not fit.
    """
    device = choose_device(settings.device)
    with memory_failures(torch.device("cpu"), f"reading '{checkpoint.folder.name}'"):
        llava = _read(checkpoint, device)
        if settings.adapter is not None:
            llava = merge_adapter(llava, settings.adapter)
        join_layers(llava)
    with memory_failures(device, f"the weights of '{checkpoint.folder.name}'"):
        scheme = settings.quantise
        if scheme == AUTO_SCHEME:
            how = choose_acceleration(settings.acceleration, device)
            lengths = () if settings.drafts == "off" else MEASURED_DRAFTS
            scheme = best_scheme(llava, device, how, lengths, cached_tokens, on_progress)
        memory = quantise(llava, scheme, device)
    return LoadedLlava(llava.eval().requires_grad_(False), device, memory, scheme)


def _read(checkpoint: Checkpoint, device: torch.device) -> LlavaForConditionalGeneration:
    """Read the weights on the CPU and see that all of them are there."""
    try:
        llava, loading = LlavaForConditionalGeneration.from_pretrained(
            checkpoint.folder,
            dtype=_dtype_for(checkpoint, device),
            use_safetensors=True,
            output_loading_info=True,
        )
    except (RtGraspError, MemoryError, torch.OutOfMemoryError):
        raise
    except Exception as error:  # every layer below has exceptions of its own
        raise CheckpointInvalid(
            f"The checkpoint '{checkpoint.folder.name}' can't be loaded ({error}); fetch or build "
            "it again."
        ) from error
    astray = sorted({*loading["missing_keys"], *loading["unexpected_keys"]})
    if astray:
        raise CheckpointInvalid(
            f"The weights of '{checkpoint.folder.name}' are not those that its config.json "
            f"describes (such as '{astray[0]}'); fetch or build it again."
        )
    return llava


def _dtype_for(checkpoint: Checkpoint, device: torch.device) -> torch.dtype:
    if is_embedded(checkpoint):
        return torch.float32
    if device.type == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.float16
    return torch.bfloat16

"""The model that is tuned: a LLaVA checkpoint and its forward pass."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import LlavaForConditionalGeneration

from ...model.checkpoint import Checkpoint
from ...model.torch_backend.quantise import quantise
from ..checkpoint.read_checkpoint import read_checkpoint
from .batches import Batch
from .settings import TuneSettings

CPU = torch.device("cpu")
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


@dataclass(frozen=True)
class Base:
    """A checkpoint, loaded.

    Attributes:
        checkpoint: its folder.
        llava: the stock class.
        tokenizer: of the same folder.
    """

    checkpoint: Checkpoint
    llava: LlavaForConditionalGeneration
    tokenizer: Tokenizer


def load_base(folder: Path, settings: TuneSettings, device: torch.device = CPU) -> Base:
    """Load a LLaVA checkpoint in `save_pretrained` layout for training.

    Args:
        folder: of the checkpoint.
        settings: how its weights are held.
        device: where they go.

    Raises:
        CheckpointInvalid: it can't be loaded, or is no LLaVA checkpoint.
        ModelNotLoaded: it is to be quantised, and bitsandbytes is missing.
    """
    checkpoint = Checkpoint.open(folder)
    llava, tokenizer = read_checkpoint(folder, DTYPES[settings.frozen_weights])
    return Base(checkpoint, hold_base(llava, settings, device), tokenizer)


def hold_base(
    llava: LlavaForConditionalGeneration, settings: TuneSettings, device: torch.device
) -> LlavaForConditionalGeneration:
    """Move a model to its device as its base is held there, and return it.

    Raises:
        ModelNotLoaded: it is to be quantised, and bitsandbytes is missing.
    """
    quantise(llava, settings.quantise, device)
    if settings.quantise == "nf4":
        _keep_plain_layout_on_cpu(llava)
    return llava


def arithmetic(settings: TuneSettings, device: torch.device) -> torch.autocast:
    """Return the context in which a run's forward passes are computed."""
    return torch.autocast(device.type, torch.bfloat16, enabled=settings.precision == "bf16")


class AnswerModel(nn.Module):
    """The forward pass of training: from ids and visual tokens to logits."""

    def __init__(self, llava: LlavaForConditionalGeneration) -> None:
        super().__init__()
        self.llava = llava

    def forward(self, batch: Batch, first: int) -> Tensor:
        """Return logits (B, S - first, V) at the places from `first` on."""
        output = self.llava(
            inputs_embeds=embed(self.llava, batch.ids, batch.visual),
            attention_mask=batch.may_attend(),
            position_ids=batch.position,
            logits_to_keep=batch.ids.shape[1] - first,
            use_cache=False,
        )
        logits: Tensor = output.logits
        return logits


def embed(llava: LlavaForConditionalGeneration, ids: Tensor, visual: Tensor) -> Tensor:
    """Return embeddings (B, S, hidden): words, and projected visual tokens in their places.

    Args:
        llava: the model.
        ids: (B, S), with as many image tokens as there are visual ones.
        visual: (T, tower's hidden): those of all pictures, one behind the other.
    """
    projector = llava.model.multi_modal_projector
    words = llava.get_input_embeddings()(ids)
    picture = projector(visual[None].to(next(projector.parameters()).dtype))[0]
    is_picture = (ids == llava.config.image_token_id)[..., None]
    return words.masked_scatter(is_picture, picture.to(words.dtype))


def _keep_plain_layout_on_cpu(llava: LlavaForConditionalGeneration) -> None:
    """Keep bitsandbytes from repacking weights for AVX512-BF16, which loses the gradients."""
    from bitsandbytes.nn import Linear4bit

    for module in llava.modules():
        if isinstance(module, Linear4bit):
            module.support_avx512bf16_for_cpu = False

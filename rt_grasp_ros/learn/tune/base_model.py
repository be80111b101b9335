"""The model that is tuned: a LLaVA checkpoint, its forward pass, and how it is quantised."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import (
    AutoProcessor,
    BitsAndBytesConfig,
    LlavaForConditionalGeneration,
    ProcessorMixin,
)

from ...grasp.errors import CheckpointInvalid, ModelNotLoaded
from ...model import tower  # noqa: F401  (registers the vision tower with transformers)
from .batches import Batch
from .settings import TuneSettings

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}

# transformers skips modules by their full names only.
_NEVER_QUANTISED = ["model.vision_tower", "model.multi_modal_projector", "lm_head"]


def load_base(
    base: str, settings: TuneSettings
) -> tuple[LlavaForConditionalGeneration, ProcessorMixin]:
    """Load a LLaVA checkpoint in `save_pretrained` layout for training.

    Args:
        base: a folder, or a name that transformers' `from_pretrained` takes.
        settings: how its weights are held.

    Raises:
        CheckpointInvalid: it can't be loaded, or is no LLaVA checkpoint.
        ModelNotLoaded: it is to be quantised, and bitsandbytes is missing.
    """
    options: dict[str, Any] = {"dtype": DTYPES[settings.frozen_weights]}
    if settings.quantise != "none":
        options["quantization_config"] = _quantisation(settings)
    try:
        llava = LlavaForConditionalGeneration.from_pretrained(base, use_safetensors=True, **options)
        processor = AutoProcessor.from_pretrained(base)
    except ImportError as error:
        raise ModelNotLoaded(
            f"The base '{base}' can't be loaded ({error}); install rt_grasp_ros[gpu] for "
            "quantised weights."
        ) from error
    except Exception as error:  # every layer below has exceptions of its own
        raise CheckpointInvalid(
            f"The base '{base}' can't be loaded ({error}); give a LLaVA checkpoint in "
            "save_pretrained layout, with safetensors."
        ) from error
    if settings.quantise == "nf4":
        _keep_plain_layout_on_cpu(llava)
    return llava, processor


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


def _quantisation(settings: TuneSettings) -> BitsAndBytesConfig:
    if settings.quantise == "int8":
        return BitsAndBytesConfig(load_in_8bit=True, llm_int8_skip_modules=_NEVER_QUANTISED)
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=DTYPES[settings.precision],
        llm_int8_skip_modules=_NEVER_QUANTISED,
    )


def _keep_plain_layout_on_cpu(llava: LlavaForConditionalGeneration) -> None:
    """Keep bitsandbytes from repacking weights for AVX512-BF16, which loses the gradients."""
    from bitsandbytes.nn import Linear4bit

    for module in llava.modules():
        if isinstance(module, Linear4bit):
            module.support_avx512bf16_for_cpu = False

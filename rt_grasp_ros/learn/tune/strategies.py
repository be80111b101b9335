"""Which weights are trained: the projector, adapters beside the language model, or all of it.

Projector-only and LoRA are the paper's two strategies. Both are peft adapters, so that what a run
writes is small and the base stays as it was. The vision tower is frozen in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.utils.constants import DUMMY_TARGET_MODULES
from torch import nn
from transformers import LlavaForConditionalGeneration

from .settings import TuneSettings

PROJECTOR = "multi_modal_projector"
LANGUAGE_LINEARS = r".*language_model\.layers\.\d+\.(self_attn|mlp)\.\w+_proj"


@dataclass(frozen=True)
class TunedModel:
    """A model of which a part is trained.

    Attributes:
        llava: the stock class, with adapters in it where there are any.
        adapter: the same model as peft sees it; None where the weights themselves are trained.
    """

    llava: LlavaForConditionalGeneration
    adapter: PeftModel | None

    @property
    def trained(self) -> dict[str, nn.Parameter]:
        """What is trained, by name."""
        return {n: p for n, p in self.llava.named_parameters() if p.requires_grad}

    @contextmanager
    def adapter_off(self) -> Iterator[None]:
        """Let the model answer as its base does.

        Raises:
            ValueError: it has no adapter.
        """
        if self.adapter is None:
            raise ValueError("the weights themselves are trained; there is no base to go back to")
        with self.adapter.disable_adapter():
            yield


def make_trainable(llava: LlavaForConditionalGeneration, settings: TuneSettings) -> TunedModel:
    """Freeze and adapt a model in place, as the strategy says (seed torch first).

    Args:
        llava: as loaded.
        settings: strategy, adapter sizes, gradient checkpointing.
    """
    adapter = None
    llava.requires_grad_(False)
    if settings.strategy == "full":
        llava.requires_grad_(True)
        llava.model.vision_tower.requires_grad_(False)
    else:
        only_projector = settings.strategy == "projector"
        adapter = get_peft_model(
            llava,
            LoraConfig(
                r=settings.lora_rank,
                lora_alpha=settings.lora_alpha,
                lora_dropout=settings.lora_dropout,
                target_modules=DUMMY_TARGET_MODULES if only_projector else LANGUAGE_LINEARS,
                modules_to_save=[PROJECTOR],
            ),
        )
    for parameter in llava.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(torch.float32)
    if settings.gradient_checkpointing:
        llava.gradient_checkpointing_enable({"use_reentrant": False})
    llava.train()
    llava.model.vision_tower.eval()
    return TunedModel(llava, adapter)

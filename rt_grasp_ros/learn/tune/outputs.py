"""What a run leaves behind: an adapter in peft layout, or a whole checkpoint."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
from peft import PeftModel
from tokenizers import Tokenizer
from transformers import LlavaForConditionalGeneration, ProcessorMixin

from ...grasp.errors import CheckpointInvalid
from ...model.tower import GraspTowerConfig
from ..save import save_checkpoint
from .base_model import load_base
from .settings import TuneSettings
from .strategies import TunedModel

ADAPTER_CONFIG = "adapter_config.json"
_SHARD_SIZE = "5GB"


def write_result(tuned: TunedModel, processor: ProcessorMixin, folder: Path) -> None:
    """Write the adapter where there is one, else the whole checkpoint, whole or not at all.

    Args:
        tuned: after training.
        processor: of the base.
        folder: is replaced if it exists.
    """
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    if tuned.adapter is not None:
        tuned.adapter.save_pretrained(partial, safe_serialization=True)
    else:
        write_checkpoint(tuned.llava, processor, partial)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def write_checkpoint(
    llava: LlavaForConditionalGeneration, processor: ProcessorMixin, folder: Path
) -> None:
    """Write a checkpoint in `save_pretrained` layout; our own also gets its ONNX graphs."""
    if isinstance(llava.config.vision_config, GraspTowerConfig):
        tokenizer = Tokenizer.from_str(processor.tokenizer.backend_tokenizer.to_str())
        save_checkpoint(llava, tokenizer, folder)
        return
    llava.half().save_pretrained(folder, max_shard_size=_SHARD_SIZE)
    processor.save_pretrained(folder)


def merge(base: str, adapter: Path, folder: Path) -> None:
    """Write a base with an adapter worked into its weights.

    Args:
        base: what the adapter was trained on, see `load_base`; read unquantised, in float32.
        adapter: folder that a run left.
        folder: where the checkpoint goes.

    Raises:
        CheckpointInvalid: the base or the adapter can't be loaded, or they do not fit.
    """
    if not (adapter / ADAPTER_CONFIG).is_file():
        raise CheckpointInvalid(
            f"There is no adapter in '{adapter}'; give the folder that `rt-grasp train` wrote."
        )
    llava, processor = load_base(base, TuneSettings("projector", learning_rate=1.0))
    try:
        merged = PeftModel.from_pretrained(llava, adapter, torch_device="cpu").merge_and_unload()
    except (RuntimeError, ValueError) as error:
        raise CheckpointInvalid(
            f"The adapter '{adapter.name}' does not fit the base '{base}' ({error}); give the "
            "base that it was trained on."
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        write_checkpoint(merged, processor, folder)

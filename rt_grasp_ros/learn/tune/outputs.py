"""What a run leaves behind: an adapter in peft layout, or a whole checkpoint."""

from __future__ import annotations

import shutil
from pathlib import Path

from transformers import LlavaForConditionalGeneration

from ...model.torch_backend.adapter import CONFIG, merge_adapter
from ...model.torch_backend.llava_picture import is_embedded
from ..checkpoint.save import save_checkpoint
from .base_model import Base, load_base
from .settings import TuneSettings
from .strategies import TunedModel

AS_IT_IS = TuneSettings("full", learning_rate=1.0)
"""Settings that load a base unquantised, in float32."""

_SHARD_SIZE = "5GB"
_WRITTEN_ANEW = {".safetensors", ".bin", ".onnx"}


def write_result(base: Base, tuned: TunedModel, folder: Path) -> None:
    """Write the adapter where there is one, else the whole checkpoint, whole or not at all.

    Args:
        base: what the run started from.
        tuned: the same model after training.
        folder: is replaced if it exists.
    """
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    if tuned.adapter is not None:
        tuned.adapter.save_pretrained(partial, safe_serialization=True)
    else:
        write_checkpoint(base, tuned.llava, partial)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def write_checkpoint(base: Base, llava: LlavaForConditionalGeneration, folder: Path) -> None:
    """Write a checkpoint in `save_pretrained` layout; our own also gets its ONNX graphs.

    Args:
        base: where the tokenizer and the processor's files come from.
        llava: the weights; converted to float16.
        folder: an empty one.
    """
    if is_embedded(base.checkpoint):
        save_checkpoint(llava, base.tokenizer, folder)
        return
    for path in base.checkpoint.folder.iterdir():
        if path.is_file() and path.suffix not in _WRITTEN_ANEW and "index" not in path.name:
            shutil.copy(path, folder)
    llava.half().save_pretrained(folder, max_shard_size=_SHARD_SIZE)


def load_result(base: Base, folder: Path) -> LlavaForConditionalGeneration:
    """Return the model that a run left: its base with the adapter merged, or a whole checkpoint.

    Args:
        base: what the run started from; its weights are changed.
        folder: what the run wrote.

    Raises:
        CheckpointInvalid: the adapter or the checkpoint can't be loaded.
    """
    if (folder / CONFIG).exists():
        return merge_adapter(base.llava, folder)
    return load_base(folder, AS_IT_IS).llava


def merge(base_dir: Path, adapter: Path, folder: Path) -> None:
    """Write a base with an adapter worked into its weights.

    Args:
        base_dir: what the adapter was trained on; read unquantised, in float32.
        adapter: folder that a run left.
        folder: where the checkpoint goes.

    Raises:
        CheckpointInvalid: the base or the adapter can't be loaded, or they do not fit.
    """
    base = load_base(base_dir, AS_IT_IS)
    merged = merge_adapter(base.llava, adapter)
    folder.mkdir(parents=True, exist_ok=True)
    write_checkpoint(base, merged, folder)

"""Reading a checkpoint folder to train on."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import LlavaForConditionalGeneration

from ...grasp.errors import CheckpointInvalid
from ...model.torch_backend import vision_tower  # noqa: F401  (registers the embedded model's tower with transformers)


def read_checkpoint(
    folder: Path, dtype: torch.dtype = torch.float32
) -> tuple[LlavaForConditionalGeneration, Tokenizer]:
    """Load a LLaVA checkpoint in `save_pretrained` layout.

    Args:
        folder: of the checkpoint.
        dtype: of its weights in memory.

    Raises:
        CheckpointInvalid: it can't be loaded.
    """
    try:
        llava = LlavaForConditionalGeneration.from_pretrained(
            folder, dtype=dtype, use_safetensors=True
        )
        return llava, Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # every layer below has exceptions of its own
        raise CheckpointInvalid(
            f"The checkpoint '{folder}' can't be loaded ({error}); fetch or build it again."
        ) from error

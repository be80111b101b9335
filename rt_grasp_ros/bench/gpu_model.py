"""A LLaVA with the shapes of LLaVA-1.5-7B and random weights: speed does not depend on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers import (
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
)

from ..model.torch_backend.quantise import weight_bytes

SEED = 0
LONGEST_DRAFT = 8
ALIGNED_PLACES = 64  # masks of other lengths are copied by attention's kernels


@dataclass(frozen=True)
class Shapes:
    """Sizes of a model and of what it is asked.

    Attributes:
        name: for the report.
        vision: of CLIP.
        text: of Llama.
        prompt_tokens: beside those of the picture.
        answer_tokens: how many are written.
        trained_answer_tokens: of an answer that is trained on, as long as those of our data.
    """

    name: str
    vision: dict[str, Any]
    text: dict[str, Any]
    prompt_tokens: int = 40
    answer_tokens: int = 150
    trained_answer_tokens: int = 60

    @property
    def image_tokens(self) -> int:
        """Tokens of a picture: its patches."""
        return int((self.vision["image_size"] // self.vision["patch_size"]) ** 2)

    @property
    def places(self) -> int:
        """Room in a cache for picture, prompt, answer and a draft beyond it."""
        needed = self.image_tokens + self.prompt_tokens + self.answer_tokens + LONGEST_DRAFT
        return needed + -needed % ALIGNED_PLACES


LLAVA_7B = Shapes(
    name="LLaVA-1.5-7B, random weights",
    vision={
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "image_size": 336,
        "patch_size": 14,
        "projection_dim": 768,
    },
    text={
        "vocab_size": 32064,
        "hidden_size": 4096,
        "intermediate_size": 11008,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 32,
        "max_position_embeddings": 4096,
    },
)

TINY = Shapes(
    name="tiny, random weights",
    vision={
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "image_size": 56,
        "patch_size": 14,
        "projection_dim": 64,
    },
    text={
        "vocab_size": 512,
        "hidden_size": 128,
        "intermediate_size": 256,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "max_position_embeddings": 512,
    },
    prompt_tokens=8,
    answer_tokens=12,
    trained_answer_tokens=10,
)


def random_llava(shapes: Shapes, device: torch.device) -> LlavaForConditionalGeneration:
    """Return the model in bfloat16, made on its device; always the same weights.

    Args:
        shapes: its sizes.
        device: where.
    """
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(**shapes.vision),
        text_config=LlamaConfig(**shapes.text),
        image_token_index=shapes.text["vocab_size"] - 1,
        image_seq_length=shapes.image_tokens,
        vision_feature_layer=-2,
        vision_feature_select_strategy="default",
        dtype=torch.bfloat16,
    )
    torch.manual_seed(SEED)
    with torch.device(device):
        llava = LlavaForConditionalGeneration._from_config(config, dtype=torch.bfloat16)
    return llava.to(device).eval().requires_grad_(False)


def bytes_read_per_token(llava: LlavaForConditionalGeneration) -> int:
    """Return the bytes of the weights that every token needs: layers and `lm_head`."""
    language = llava.model.language_model
    embeddings = weight_bytes(language.embed_tokens)
    return weight_bytes(language) - embeddings + weight_bytes(llava.lm_head)


@dataclass(frozen=True)
class Question:
    """A picture and a prompt of random numbers.

    Attributes:
        pixel_values: (1, 3, side, side) float32 on the host.
        before: ids before the picture, (1, B).
        after: ids behind it, (1, A).
    """

    pixel_values: Tensor = field(repr=False)
    before: Tensor = field(repr=False)
    after: Tensor = field(repr=False)


def random_question(shapes: Shapes, device: torch.device) -> Question:
    """Return a question; always the same one."""
    chance = torch.Generator().manual_seed(SEED)
    side_px = shapes.vision["image_size"]
    ids = torch.randint(
        3, shapes.text["vocab_size"] // 2, (1, shapes.prompt_tokens), generator=chance
    )
    pixel_values = torch.randn(1, 3, side_px, side_px, generator=chance)
    return Question(pixel_values, ids[:, :3].to(device), ids[:, 3:].to(device))

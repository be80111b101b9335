"""A fresh embedded model: a stock LLaVA around our tower, with number-aware initial weights."""

from __future__ import annotations

from dataclasses import asdict

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import LlamaConfig, LlavaConfig, LlavaForConditionalGeneration

from ...grasp.trained_view import TrainedView
from ...language.codec import THOUSANDTHS
from ...language.prompt import END_TOKEN, IMAGE_TOKEN
from ...model.decoding.tokens import number_token, token_id
from ...model.torch_backend.vision_tower import CODE_WIDTH, GraspTowerConfig, fourier
from ..checkpoint.tokenizer import PAD_TOKEN
from .attention_loss import ATTENTION_HEADS, ATTENTION_LAYER, RECALL_HEAD, slow_dimensions

ROPE_THETA = 1e8
"""High, so that most of a head's dimensions compare content, not distance."""

_PART_KEY = 1.5
_TOKEN_GAIN = 4.0  # so that what the first layers add to a visual token does not drown it
_CODE_GAIN = 3.0
_RECALL_GAIN = 0.6
_GELU_SHIFT = 3.0  # gelu(v + 3) - 3 is within 0.02 of v for v in -1..1


CELL_VIEW = TrainedView(
    width_px=640,
    height_px=480,
    focal_px=659.4,  # 40 degrees from top to bottom
    distance_m=0.7,
    scale_within=0.12,
    slant_within_deg=13.0,
)
"""The camera of the simulated pictures, see `sim/surroundings.py`."""


def build_model(
    tokenizer: Tokenizer,
    tower_config: GraspTowerConfig,
    hidden_size: int = 256,
    layers: int = 4,
) -> LlavaForConditionalGeneration:
    """Return an untrained model (seed torch first).

    Three initial values spare the model a detour, everything stays trainable: the projector starts
    by handing the tower's token through; number tokens start with the Fourier code of their value,
    the code that the tower uses, so that neighbouring numbers are neighbours; and the heads that
    learn where to look (`attention_loss`) start with keys that tell parts apart, and carry the code
    of what they look at to where number tokens read it, once a gate is learned for x, y, theta and
    w; the head that looks at earlier numbers hands their code on.

    Args:
        tokenizer: from `train_tokenizer`.
        tower_config: sizes of the tower.
        hidden_size: width of the language model.
        layers: depth of the language model.
    """
    config = LlavaConfig(
        vision_config=tower_config,
        text_config=LlamaConfig(
            vocab_size=tokenizer.get_vocab_size(),
            hidden_size=hidden_size,
            intermediate_size=3 * hidden_size,
            num_hidden_layers=layers,
            num_attention_heads=hidden_size // 32,
            num_key_value_heads=hidden_size // 32,
            max_position_embeddings=1024,
            rope_parameters={"rope_type": "default", "rope_theta": ROPE_THETA},
            tie_word_embeddings=False,
            pad_token_id=token_id(tokenizer, PAD_TOKEN),
            eos_token_id=token_id(tokenizer, END_TOKEN),
            bos_token_id=None,
        ),
        image_token_index=token_id(tokenizer, IMAGE_TOKEN),
        image_seq_length=(tower_config.image_size // tower_config.patch_size) ** 2,
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        projector_hidden_act="gelu",
        trained_view=asdict(CELL_VIEW),
    )
    model = LlavaForConditionalGeneration(config)
    with torch.no_grad():
        _pass_tokens_through(model.model.multi_modal_projector)
        _write_number_codes(model, tokenizer)
        _tell_parts_apart(model)
        _keep_code_dimensions_free(model)
        _carry_codes(model)
        _route_codes(model)
        _carry_earlier_numbers(model)
    return model


def _pass_tokens_through(projector: nn.Module) -> None:
    width = projector.linear_1.in_features
    diagonal = torch.arange(width)
    nn.init.normal_(projector.linear_1.weight, std=0.01)
    nn.init.normal_(projector.linear_2.weight, std=0.01)
    projector.linear_1.weight[diagonal, diagonal] = 1.0
    projector.linear_1.bias[:width] = _GELU_SHIFT
    projector.linear_2.weight[diagonal, diagonal] = _TOKEN_GAIN
    projector.linear_2.bias[:] = -projector.linear_2.weight[:, :width].sum(dim=1) * _GELU_SHIFT


def _tell_parts_apart(model: LlavaForConditionalGeneration) -> None:
    attention = model.model.language_model.layers[ATTENTION_LAYER].self_attn
    slow = slow_dimensions(attention.head_dim)
    rows = torch.cat([slow + head * attention.head_dim for head in range(ATTENTION_HEADS)])
    seen = model.config.vision_config.hidden_size - CODE_WIDTH  # parts, colours, quality
    keys = nn.functional.normalize(torch.randn(len(rows), seen), dim=0) * _PART_KEY
    attention.k_proj.weight[rows[:, None], torch.arange(seen)] = keys


def _code_dimensions(model: LlavaForConditionalGeneration) -> torch.Tensor:
    end = model.config.vision_config.hidden_size
    return torch.arange(end - CODE_WIDTH, end)


def _keep_code_dimensions_free(model: LlavaForConditionalGeneration) -> None:
    code = _code_dimensions(model)
    model.get_input_embeddings().weight[:, code] = 0.0
    for layer in model.model.language_model.layers:
        layer.self_attn.o_proj.weight[code] = 0.0
        layer.mlp.down_proj.weight[code] = 0.0


def _carry_codes(model: LlavaForConditionalGeneration) -> None:
    attention = model.model.language_model.layers[ATTENTION_LAYER].self_attn
    if ATTENTION_HEADS * attention.head_dim < CODE_WIDTH:
        raise ValueError("the supervised heads are too narrow for the code")
    code, unit = _code_dimensions(model), torch.arange(CODE_WIDTH)
    attention.v_proj.weight[unit, code] += 1.0
    attention.o_proj.weight[code, unit] += _CODE_GAIN


def _route_codes(model: LlavaForConditionalGeneration) -> None:
    mlp = model.model.language_model.layers[-1].mlp
    unit = torch.arange(CODE_WIDTH)
    mlp.up_proj.weight[unit, _code_dimensions(model)] += 1.0
    mlp.down_proj.weight[unit % (CODE_WIDTH // 4), unit] += 2.0


def _carry_earlier_numbers(model: LlavaForConditionalGeneration) -> None:
    attention = model.model.language_model.layers[ATTENTION_LAYER].self_attn
    code = torch.arange(CODE_WIDTH // 4)
    unit = RECALL_HEAD * attention.head_dim + code
    attention.v_proj.weight[unit, code] += 1.0
    attention.o_proj.weight[code, unit] += _RECALL_GAIN


def _write_number_codes(model: LlavaForConditionalGeneration, tokenizer: Tokenizer) -> None:
    codes = fourier(torch.arange(THOUSANDTHS) / THOUSANDTHS)
    ids = torch.tensor([token_id(tokenizer, number_token(n)) for n in range(THOUSANDTHS)])
    per_number = codes.shape[1]
    model.lm_head.weight[ids, :per_number] = 0.3 * codes
    model.get_input_embeddings().weight[ids, :per_number] = 0.3 * codes

"""Weights of the decoder as its ONNX graph wants them, made from the checkpoint's safetensors.

A repository holds each weight once, in float16; this takes about a tenth of a second a load.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..checkpoint import Checkpoint
from .graphs import Precision

BLOCK_SIZE = 32
"""Weights along the input that share one scale."""

EMBEDDINGS = "language_model.model.embed_tokens.weight"
_SUPPORTED = {
    "attention_bias": False,
    "mlp_bias": False,
    "hidden_act": "silu",
    "rope_type": "default",
}
_ROTARY = ("rotary_cos", "rotary_sin")
_LAYERS = "language_model.model."
_HEAD = "language_model.lm_head.weight"


def decoder_weights(
    weights: Mapping[str, NDArray[np.float32]], config: Mapping[str, Any], precision: Precision
) -> dict[str, NDArray]:
    """Return every initializer of the decoder's graph by its name there.

    Projections that read the same input are joined. A matrix (N, K) becomes
    `<name>.transposed` (K, N) float32, or `<name>.packed` (N, K / 32, 32 * bits / 8) uint8 with
    `<name>.scales` (N * K / 32,) float32.

    Args:
        weights: of the checkpoint, by their names in the safetensors.
        config: the checkpoint's `config.json`.
        precision: of the matrices; norms and embeddings stay float32.

    Raises:
        KeyError: a weight is missing.
        ValueError: a matrix does not divide into blocks, or the graph lacks what the
            configuration asks for.
    """
    text = config["text_config"]
    _check_supported(text)
    result: dict[str, NDArray] = dict(rotary_table(text))
    matrices = {"lm_head": weights[_HEAD]}
    for layer in range(text["num_hidden_layers"]):
        prefix = f"layers.{layer}"
        attention, mlp = f"{_LAYERS}{prefix}.self_attn", f"{_LAYERS}{prefix}.mlp"
        for target, sources in (
            ("qkv_proj", [f"{attention}.{name}_proj.weight" for name in "qkv"]),
            ("o_proj", [f"{attention}.o_proj.weight"]),
            ("gate_up_proj", [f"{mlp}.{name}_proj.weight" for name in ("gate", "up")]),
            ("down_proj", [f"{mlp}.down_proj.weight"]),
        ):
            matrices[f"{prefix}.{target}"] = np.concatenate([weights[name] for name in sources])
        for norm in ("input_layernorm", "post_attention_layernorm"):
            result[f"{prefix}.{norm}.weight"] = weights[f"{_LAYERS}{prefix}.{norm}.weight"]
    result["norm.weight"] = weights[f"{_LAYERS}norm.weight"]
    for name, matrix in matrices.items():
        if precision is Precision.FLOAT32:
            result[f"{name}.transposed"] = np.ascontiguousarray(matrix.T)
        else:
            packed, scales = quantise(matrix, precision.bits)
            result[f"{name}.packed"], result[f"{name}.scales"] = packed, scales
    return result


def _check_supported(text: Mapping[str, Any]) -> None:
    """Refuse variants of LLaMA that the graph does not compute."""
    asked = {
        "attention_bias": text["attention_bias"],
        "mlp_bias": text["mlp_bias"],
        "hidden_act": text["hidden_act"],
        "rope_type": text["rope_parameters"]["rope_type"],
    }
    for name, wanted in _SUPPORTED.items():
        if asked[name] != wanted:
            raise ValueError(f"the decoder's graph has {name} {wanted}, not {asked[name]}")


def bytes_per_token(checkpoint: Checkpoint, precision: Precision) -> int:
    """Return how many bytes of weights the decoder reads for each token it writes."""
    arrays = decoder_weights(checkpoint.load_weights(), checkpoint.config, precision)
    return sum(array.nbytes for name, array in arrays.items() if name not in _ROTARY)


def rotary_table(text: Mapping[str, Any]) -> dict[str, NDArray[np.float32]]:
    """Return cos and sin of position times frequency, each (positions, head_dim / 2) (RoPE)."""
    half = text["head_dim"] // 2
    theta = float(text["rope_parameters"]["rope_theta"])
    frequencies = theta ** -(np.arange(half) / half)
    phases = np.arange(text["max_position_embeddings"])[:, None] * frequencies
    return {
        name: function(phases).astype(np.float32)
        for name, function in zip(_ROTARY, (np.cos, np.sin), strict=True)
    }


def quantise(
    matrix: NDArray[np.float32], bits: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Round a matrix to signed integers with one scale for each 32 weights of a row.

    The scale takes the largest weight to the most negative integer, which has no positive
    counterpart, so that no code is wasted (as `Q4_0` of llama.cpp does).

    Args:
        matrix: (N, K), K a multiple of 32.
        bits: 4 or 8.

    Returns:
        `MatMulNBits`' `B` (N, K / 32, 32 * bits / 8), the integers plus 2 ** (bits - 1), low nibble
        first, and `scales` (N * K / 32,).

    Raises:
        ValueError: K is no multiple of 32.
    """
    rows, columns = matrix.shape
    if columns % BLOCK_SIZE:
        raise ValueError(f"{columns} inputs are no multiple of {BLOCK_SIZE}")
    blocks = matrix.reshape(rows, columns // BLOCK_SIZE, BLOCK_SIZE)
    half = 2 ** (bits - 1)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=2)[..., None], axis=2)
    scales = largest / -half
    integers = np.rint(blocks / np.where(scales == 0, 1, scales)) + half
    codes = integers.clip(0, 2 * half - 1).astype(np.uint8)
    if bits == 4:
        codes = codes[..., 0::2] | (codes[..., 1::2] << 4)
    return np.ascontiguousarray(codes), scales.astype(np.float32).ravel()

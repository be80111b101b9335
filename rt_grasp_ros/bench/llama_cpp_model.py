"""A GGUF file with the shapes of a LLaVA's language model and random weights, for llama.cpp.

Layers and embeddings are Q4_0 and the head Q6_K, as llama.cpp's own quantiser makes a Q4_0 file
(Q8_0 where a width does not divide into blocks of 256). Blocks are drawn as bytes, so that no
other copy of the weights is ever there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from gguf import GGMLQuantizationType

    from .gpu_model import Shapes

_DRAWN_BLOCKS = 4096  # written again and again: speed does not depend on the values
_NORM_EPSILON = 1e-5
_SCALES = {
    "Q4_0": (slice(0, 2), 4e-3),
    "Q8_0": (slice(0, 2), 3e-4),
    "Q6_K": (slice(208, 210), 2e-5),
}
"""Which bytes of a block are its float16 scale, and one that makes weights of about 0.02."""


@dataclass(frozen=True, slots=True)
class GgufWeights:
    """Bytes of the weights in a file.

    Attributes:
        held_bytes: of all.
        read_per_token_bytes: without embeddings, of which a token needs one row.
    """

    held_bytes: int
    read_per_token_bytes: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    name: str
    rows: int
    width: int
    is_head: bool = False

    @property
    def kind(self) -> GGMLQuantizationType:
        from gguf import GGMLQuantizationType as Kind

        if self.rows == 1:
            return Kind.F32
        if not self.is_head:
            return Kind.Q4_0
        return Kind.Q6_K if self.width % 256 == 0 else Kind.Q8_0

    @property
    def shape(self) -> tuple[int, ...]:
        """Of its bytes, or of its numbers where it is not quantised."""
        from gguf import GGML_QUANT_SIZES, GGMLQuantizationType

        if self.kind == GGMLQuantizationType.F32:
            return (self.width,)
        per_block, block_bytes = GGML_QUANT_SIZES[self.kind]
        return (self.rows, self.width // per_block * block_bytes)


def write_random_llama(shapes: Shapes, path: Path, seed: int = 0) -> GgufWeights:
    """Write the language model, without vision tower and without a tokenizer.

    Args:
        shapes: its sizes; widths are multiples of 32.
        path: of the file; some 3.8 GB at 7B shapes.
        seed: of the bytes.

    Raises:
        OSError: the disk is full.
    """
    from gguf import GGUFWriter

    text = shapes.text
    writer = GGUFWriter(path, "llama")
    writer.add_name(shapes.name)
    writer.add_vocab_size(text["vocab_size"])
    writer.add_context_length(text["max_position_embeddings"])
    writer.add_embedding_length(text["hidden_size"])
    writer.add_block_count(text["num_hidden_layers"])
    writer.add_feed_forward_length(text["intermediate_size"])
    writer.add_head_count(text["num_attention_heads"])
    writer.add_head_count_kv(text["num_key_value_heads"])
    writer.add_rope_dimension_count(text["hidden_size"] // text["num_attention_heads"])
    writer.add_layer_norm_rms_eps(_NORM_EPSILON)
    writer.add_tokenizer_model("none")
    tensors = list(_tensors(shapes))
    data = _RandomBytes(seed)
    sizes = {}
    for tensor in tensors:
        values = data.of(tensor)
        sizes[tensor.name] = values.nbytes
        writer.add_tensor_info(
            tensor.name, tensor.shape, values.dtype, values.nbytes, raw_dtype=tensor.kind
        )
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for tensor in tensors:
            writer.write_tensor_data(np.ascontiguousarray(data.of(tensor)))
    finally:
        writer.close()
    held_bytes = sum(sizes.values())
    return GgufWeights(held_bytes, held_bytes - sizes["token_embd.weight"])


def _tensors(shapes: Shapes) -> Iterator[_Tensor]:
    text = shapes.text
    width, inner, words = text["hidden_size"], text["intermediate_size"], text["vocab_size"]
    keys = width // text["num_attention_heads"] * text["num_key_value_heads"]
    yield _Tensor("token_embd.weight", words, width)
    for layer in range(text["num_hidden_layers"]):
        for name, rows, columns in (
            ("attn_norm", 1, width),
            ("attn_q", width, width),
            ("attn_k", keys, width),
            ("attn_v", keys, width),
            ("attn_output", width, width),
            ("ffn_norm", 1, width),
            ("ffn_gate", inner, width),
            ("ffn_up", inner, width),
            ("ffn_down", width, inner),
        ):
            yield _Tensor(f"blk.{layer}.{name}.weight", rows, columns)
    yield _Tensor("output_norm.weight", 1, width)
    yield _Tensor("output.weight", words, width, is_head=True)


class _RandomBytes:
    """Blocks drawn once a kind and size, and repeated."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._made: dict[tuple[str, tuple[int, ...]], NDArray[np.generic]] = {}

    def of(self, tensor: _Tensor) -> NDArray[np.generic]:
        """Return what a tensor holds: ones for a norm, else blocks."""
        key = (tensor.kind.name, tensor.shape)
        if key not in self._made:
            self._made[key] = self._drawn(tensor)
        return self._made[key]

    def _drawn(self, tensor: _Tensor) -> NDArray[np.generic]:
        from gguf import GGML_QUANT_SIZES

        if tensor.rows == 1:
            return np.ones(tensor.shape, np.float32)
        _, block_bytes = GGML_QUANT_SIZES[tensor.kind]
        blocks = self._rng.integers(0, 256, (_DRAWN_BLOCKS, block_bytes), np.uint8)
        place, scale = _SCALES[tensor.kind.name]
        blocks[:, place] = np.frombuffer(np.float16(scale).tobytes(), np.uint8)
        return np.resize(blocks, tensor.shape)

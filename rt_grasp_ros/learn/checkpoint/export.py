"""ONNX graphs of a checkpoint: the graphs only, the weights stay in the safetensors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, numpy_helper
from torch import Tensor, nn
from transformers import LlavaForConditionalGeneration

from ...model.checkpoint import Checkpoint
from ...model.onnx_backend.graphs import MAPS, PICTURE_GRAPH, STEADY_GRAPH, Precision
from ...model.torch_backend.vision_tower import GraspMaps
from .decoder_graph import decoder_graph

OPSET = 18
MAP_DIMENSIONS = (4, 4, 3, 4, 4, 3)
"""Of `MAPS`, the picture's place in the batch among them."""


class PictureEncoder(nn.Module):
    """From pixels to the embeddings that stand in for the image tokens."""

    def __init__(self, llava: LlavaForConditionalGeneration):
        super().__init__()
        self.llava = llava

    def forward(self, pixel_values: Tensor) -> tuple[Tensor, ...]:
        """Map (1, 3, H, W) to (1, T, hidden), whether nothing in it has a name, and the maps."""
        maps = self.llava.model.vision_tower.maps(pixel_values)
        return self.embeddings(maps), maps.is_unnamed(), *vars(maps).values()

    def embeddings(self, maps: GraspMaps) -> Tensor:
        """Return (1, T, hidden) for maps."""
        tokens: Tensor = self.llava.model.vision_tower.tokens(maps)
        return self.llava.model.multi_modal_projector(tokens)


class SteadyPictureEncoder(PictureEncoder):
    """The same for a picture in which nothing has a name, by its mirror images, too."""

    def forward(self, pixel_values: Tensor, *maps: Tensor) -> Tensor:
        """Map (1, 3, H, W) and its maps to (1, T, hidden)."""
        own = GraspMaps(*maps)
        return self.embeddings(self.llava.model.vision_tower.steadied(own, pixel_values))


def export_onnx(
    llava: LlavaForConditionalGeneration,
    folder: Path,
    check: Callable[[onnx.ModelProto], None] = onnx.checker.check_model,
) -> None:
    """Write all graphs below a checkpoint folder.

    Args:
        llava: the model, in float32; put into evaluation mode.
        folder: the checkpoint's folder, with configuration and weights in it.
        check: called with each of the picture's graphs while it still holds its weights.
    """
    export_picture(llava, folder, check)
    export_decoder(Checkpoint.open(folder))


def export_picture(
    llava: LlavaForConditionalGeneration,
    folder: Path,
    check: Callable[[onnx.ModelProto], None] = onnx.checker.check_model,
) -> None:
    """Write the graphs that read a picture, see `export_onnx`."""
    llava.eval()
    pixels = torch.zeros(1, 3, 192, 256)
    with torch.inference_mode():
        maps = tuple(vars(llava.model.vision_tower.maps(pixels)).values())
    outputs = ["embeddings", "is_unnamed", *MAPS]
    _export(PictureEncoder(llava), (pixels,), ["pixel_values"], outputs, folder / PICTURE_GRAPH)
    inputs = ["pixel_values", *MAPS]
    _export(
        SteadyPictureEncoder(llava), (pixels, *maps), inputs, ["embeddings"], folder / STEADY_GRAPH
    )
    for graph in (PICTURE_GRAPH, STEADY_GRAPH):
        model = onnx.load(str(folder / graph))
        check(model)
        _refer_to_weights(
            model, {f"llava.{name}": tensor for name, tensor in llava.state_dict().items()}
        )
        (folder / graph).write_bytes(model.SerializeToString())


def _export(
    encoder: nn.Module,
    example: tuple[Tensor, ...],
    inputs: list[str],
    outputs: list[str],
    path: Path,
) -> None:
    """Write an encoder's graph with its weights in it, for pictures of any size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    axes = {"pixel_values": {2: "height", 3: "width"}, "embeddings": {1: "tokens"}}
    for name, dimensions in zip(MAPS, MAP_DIMENSIONS, strict=True):
        axes[name] = {dimensions - 2: "rows", dimensions - 1: "columns"}
    torch.onnx.export(
        encoder,
        example,
        str(path),
        input_names=inputs,
        output_names=outputs,
        dynamic_axes={name: axes[name] for name in (*inputs, *outputs) if name in axes},
        opset_version=OPSET,
        do_constant_folding=False,
        keep_initializers_as_inputs=False,
        dynamo=False,
    )


def export_decoder(checkpoint: Checkpoint) -> None:
    """Write the decoder's graphs, one for each precision, into a checkpoint's folder."""
    for precision in Precision:
        path = checkpoint.folder / precision.graph
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(decoder_graph(checkpoint, precision).SerializeToString())


def checkpoint_name(name: str) -> str:
    """Return the name that `save_pretrained` gives a tensor of the model in memory."""
    if name.startswith("model.language_model."):
        return name.replace("model.language_model.", "language_model.model.", 1)
    if name.startswith("lm_head."):
        return f"language_model.{name}"
    return name.removeprefix("model.")


def _rename(graph: onnx.GraphProto, old: str, new: str) -> None:
    for tensor in graph.initializer:
        if tensor.name == old:
            tensor.name = new
    for node in graph.node:
        for index, name in enumerate(node.input):
            if name == old:
                node.input[index] = new


def _refer_to_weights(model: onnx.ModelProto, state: dict[str, Tensor]) -> None:
    """Replace weights that the checkpoint holds by references to them.

    Raises:
        ValueError: an initializer differs from the checkpoint's tensor of its name.
    """
    for tensor in model.graph.initializer:
        if tensor.name not in state:
            continue
        value = numpy_helper.to_array(tensor)
        if not np.array_equal(value, state[tensor.name].numpy()):
            raise ValueError(f"the exporter changed {tensor.name}")
        _rename(model.graph, tensor.name, checkpoint_name(tensor.name.removeprefix("llava.")))
        tensor.ClearField("raw_data")
        tensor.ClearField("float_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, entry in (("location", "model.safetensors"), ("length", str(value.nbytes))):
            tensor.external_data.add(key=key, value=entry)

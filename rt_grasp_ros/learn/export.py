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
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

from ..model.checkpoint import DECODER_GRAPH, PICTURE_GRAPH

OPSET = 18


class PictureEncoder(nn.Module):
    """From pixels to the embeddings that stand in for the image tokens."""

    def __init__(self, llava: LlavaForConditionalGeneration):
        super().__init__()
        self.llava = llava

    def forward(self, pixel_values: Tensor) -> Tensor:
        """Map (1, 3, H, W) to (1, T, hidden)."""
        tower = self.llava.model.vision_tower
        tokens: Tensor = tower.tokens(tower.maps(pixel_values))
        return self.llava.model.multi_modal_projector(tokens)


class CachedDecoder(nn.Module):
    """The language model with its cache as plain inputs and outputs."""

    def __init__(self, llava: LlavaForConditionalGeneration):
        super().__init__()
        self.llava = llava

    def forward(self, embeddings: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """Run S new tokens behind P cached ones.

        Args:
            embeddings: (B, S, hidden).
            past: (layers, 2, B, heads, P, head_dim): keys and values.

        Returns:
            Logits of the last token (B, V), and the cache with P + S tokens.
        """
        model = self.llava.model.language_model
        length, cached = embeddings.shape[1], past.shape[4]
        position = torch.arange(length, device=embeddings.device)[None] + cached
        cos, sin = model.rotary_emb(embeddings, position)
        seen = torch.arange(cached + length, device=embeddings.device)
        mask = seen[None, :] > position[0][:, None]
        hidden, present = embeddings, []
        for index, layer in enumerate(model.layers):
            attention = layer.self_attn
            x = layer.input_layernorm(hidden)
            query, key, value = (
                projection(x).unflatten(-1, (-1, attention.head_dim)).transpose(1, 2)
                for projection in (attention.q_proj, attention.k_proj, attention.v_proj)
            )
            query, key = apply_rotary_pos_emb(query, key, cos, sin)
            key = torch.cat([past[index, 0], key], dim=2)
            value = torch.cat([past[index, 1], value], dim=2)
            scores = query @ key.transpose(2, 3) * attention.scaling
            weights = scores.masked_fill(mask, float("-inf")).softmax(dim=-1)
            mixed = (weights @ value).transpose(1, 2).flatten(2)
            hidden = hidden + attention.o_proj(mixed)
            hidden = hidden + layer.mlp(layer.post_attention_layernorm(hidden))
            present.append(torch.stack([key, value]))
        return self.llava.lm_head(model.norm(hidden[:, -1])), torch.stack(present)


def export_onnx(
    llava: LlavaForConditionalGeneration,
    folder: Path,
    check: Callable[[onnx.ModelProto], None] = onnx.checker.check_model,
) -> None:
    """Write both graphs below a checkpoint folder.

    Args:
        llava: the model, in float32; put into evaluation mode.
        folder: the checkpoint's folder.
        check: called with each graph while it still holds its weights.
    """
    llava.eval()
    text = llava.config.text_config
    head_dim = text.hidden_size // text.num_attention_heads
    past = torch.zeros(text.num_hidden_layers, 2, 1, text.num_key_value_heads, 5, head_dim)
    jobs = [
        (
            PICTURE_GRAPH,
            PictureEncoder(llava),
            {"pixel_values": torch.zeros(1, 3, 192, 256)},
            ["embeddings"],
            {"pixel_values": {2: "height", 3: "width"}, "embeddings": {1: "tokens"}},
        ),
        (
            DECODER_GRAPH,
            CachedDecoder(llava),
            {"embeddings": torch.zeros(1, 3, text.hidden_size), "past": past},
            ["logits", "present"],
            {
                "embeddings": {0: "batch", 1: "length"},
                "past": {2: "batch", 4: "cached"},
                "logits": {0: "batch"},
                "present": {2: "batch", 4: "total"},
            },
        ),
    ]
    (folder / PICTURE_GRAPH).parent.mkdir(parents=True, exist_ok=True)
    state = {f"llava.{name}": tensor for name, tensor in llava.state_dict().items()}
    for name, module, inputs, outputs, axes in jobs:
        path = folder / name
        torch.onnx.export(
            module,
            tuple(inputs.values()),
            str(path),
            input_names=list(inputs),
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=OPSET,
            do_constant_folding=False,
            keep_initializers_as_inputs=False,
            dynamo=False,
        )
        graph = onnx.load(str(path))
        check(graph)
        _refer_to_weights(graph, state)
        path.write_bytes(graph.SerializeToString())


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

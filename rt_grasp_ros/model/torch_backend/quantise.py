"""Fewer bits for the language model's weights, through bitsandbytes or PyTorch's own kernel."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from types import ModuleType

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from ...grasp.errors import CheckpointInvalid, ModelNotLoaded
from .int4_linear import Int4Linear

NF4_BLOCK = 64
_SKIPPED = ("model.vision_tower", "model.multi_modal_projector", "model.visual", "lm_head")


@dataclass(frozen=True, slots=True)
class WeightMemory:
    """Bytes of all weights, statistics of the quantisation included.

    Attributes:
        before_bytes: as they were read.
        after_bytes: as they are run.
    """

    before_bytes: int
    after_bytes: int

    def __str__(self) -> str:
        """Say it in MB."""
        return f"{self.before_bytes / 1e6:.1f} MB read, {self.after_bytes / 1e6:.1f} MB run"


def quantise(
    llava: PreTrainedModel, scheme: str, device: torch.device, doubly: bool = False
) -> WeightMemory:
    """Move a model to its device, with the linear layers of the language model in fewer bits.

    Vision tower, projector and `lm_head` stay as they are: they are small, and what they compute
    are the numbers. NF4 runs without double quantisation, which saves 0.4 bits a weight and costs
    time at every token. LLM.int8 runs without its separate 16-bit product for outlier columns,
    whose number has to be fetched from the GPU in every layer.

    Args:
        llava: the model with the weights that it is to keep: merge adapters before.
        scheme: `none`, `int8`, `nf4` (all but `none` by bitsandbytes) or `int4` (by PyTorch alone,
            see `int4_linear.py`).
        device: where it is to run.
        doubly: quantise NF4's scales, too; slower, for comparison.

    Returns:
        Memory of the weights before and after.

    Raises:
        CheckpointInvalid: a layer's input is not a multiple of 64 wide (NF4, int4), or the weights
            are quantised already.
        ModelNotLoaded: bitsandbytes is needed and not installed.
    """
    before_bytes = weight_bytes(llava)
    if is_quantised(llava):
        raise CheckpointInvalid(
            "The checkpoint's weights are quantised already; give the one that they were made from."
        )
    if scheme != "none":
        bitsandbytes = None if scheme == "int4" else _import_bitsandbytes()
        for name, layer in list(llava.named_modules()):
            if isinstance(layer, nn.Linear) and not name.startswith(_SKIPPED):
                quantised = (
                    Int4Linear(layer, device, name)
                    if bitsandbytes is None
                    else _quantised_layer(bitsandbytes, layer, scheme, name, doubly)
                )
                llava.set_submodule(name, quantised.to(device))
    llava.to(device)
    return WeightMemory(before_bytes, weight_bytes(llava))


def is_quantised(model: nn.Module) -> bool:
    """Whether any weight of a model is held in fewer bits."""
    return any(isinstance(module, Int4Linear) for module in model.modules()) or any(
        type(weight).__name__ in {"Params4bit", "Int8Params"} for weight in model.parameters()
    )


def weight_bytes(model: nn.Module) -> int:
    """Return the bytes of a model's weights, buffers and quantisation statistics."""
    held = {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers())}
    for weight in model.parameters():
        held |= {id(statistics): statistics for statistics in _statistics(weight)}
    return sum(tensor.numel() * tensor.element_size() for tensor in held.values())


def _statistics(weight: Tensor) -> list[Tensor]:
    """Return the scales of a quantised weight."""
    scales = [getattr(weight, "SCB", None)]
    state = getattr(weight, "quant_state", None)
    while state is not None:
        scales.append(state.absmax)
        state = getattr(state, "state2", None)  # bitsandbytes drops it when it repacks for a CPU
    return [scale for scale in scales if scale is not None]


def _import_bitsandbytes() -> ModuleType:
    try:
        import bitsandbytes
    except ImportError as error:
        raise ModelNotLoaded(
            "Quantising needs bitsandbytes; install rt_grasp_ros[gpu], or choose the quantisation "
            "'none'."
        ) from error
    # Says at every product of every layer that LLM.int8 works in float16.
    logging.getLogger("bitsandbytes.autograd._functions").setLevel(logging.ERROR)
    return bitsandbytes


def _quantised_layer(
    bitsandbytes: ModuleType, layer: nn.Linear, scheme: str, name: str, doubly: bool
) -> nn.Module:
    """Return a layer that quantises the weight of another one when it is moved to its device."""
    has_bias = layer.bias is not None
    sizes = (layer.in_features, layer.out_features)
    if scheme == "int8":
        quantised = bitsandbytes.nn.Linear8bitLt(
            *sizes, has_bias, has_fp16_weights=False, threshold=0.0, device="meta"
        )
        quantised.weight = bitsandbytes.nn.Int8Params(  # quantises what comes from the CPU only
            layer.weight.data.cpu(), requires_grad=False, has_fp16_weights=False
        )
    else:
        if layer.in_features % NF4_BLOCK:
            raise CheckpointInvalid(
                f"NF4 takes layers whose input is a multiple of {NF4_BLOCK} wide, '{name}' has "
                f"{layer.in_features}; choose the quantisation 'int8' or 'none'."
            )
        quantised = bitsandbytes.nn.Linear4bit(
            *sizes,
            has_bias,
            compute_dtype=layer.weight.dtype,
            compress_statistics=doubly,
            quant_type="nf4",
            device="meta",
        )
        quantised.weight = bitsandbytes.nn.Params4bit(
            layer.weight.data, requires_grad=False, compress_statistics=doubly, quant_type="nf4"
        )
    quantised.bias = layer.bias
    return quantised.train(layer.training)

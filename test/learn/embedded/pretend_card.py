"""A card that is none: tensors that say they lie on one, computed on the CPU.

What a real one refuses is refused: operations on tensors of two places, numbers of one dimension or
more. It tells nothing of a card's kernels, its rounding or its speed.
"""

from contextlib import contextmanager

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map

CARD = torch.device("meta")  # a device that autograd knows and that has no library of its own
_COPIES = {torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default}
_MATH = 0  # of the backends of attention; the others are a real card's


class TwoPlaces(RuntimeError):
    """Tensors of two places in one operation."""


class OnCard(torch.Tensor):
    """A tensor that says it lies on the card."""

    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, held):
        return torch.Tensor._make_wrapper_subclass(
            cls,
            held.size(),
            strides=held.stride(),
            storage_offset=held.storage_offset(),
            dtype=held.dtype,
            layout=held.layout,
            device=CARD,
            requires_grad=held.requires_grad,
        )

    def __init__(self, held):
        self.held = held

    @classmethod
    def __torch_dispatch__(cls, operation, _types, args=(), kwargs=None):
        return _run(operation, args, kwargs or {})


class _Card(TorchDispatchMode):
    def __torch_dispatch__(self, operation, _types, args=(), kwargs=None):
        return _run(operation, args, kwargs or {})


def _run(operation, args, kwargs):
    if operation is torch.ops.aten._fused_sdp_choice.default:
        return _MATH
    given = [each for each in tree_flatten((args, kwargs))[0] if isinstance(each, torch.Tensor)]
    there = [each for each in given if isinstance(each, OnCard)]
    here = [each for each in given if not isinstance(each, OnCard) and each.dim()]
    if there and here and operation not in _COPIES:
        raise TwoPlaces(f"{operation} of {there[0].shape} on the card and {here[0].shape} beside")
    wanted = kwargs.get("device")
    is_there = bool(there) if wanted is None else torch.device(wanted) == CARD
    if operation is torch.ops.aten.copy_.default:
        is_there = isinstance(args[0], OnCard)
    if wanted is not None:
        kwargs = {**kwargs, "device": torch.device("cpu")}
    kwargs = {name: value for name, value in kwargs.items() if name != "pin_memory"}
    by_held = {id(each.held): each for each in there}
    args, kwargs = tree_map(lambda x: x.held if isinstance(x, OnCard) else x, (args, kwargs))
    made = operation(*args, **kwargs)

    def placed(value):
        if not isinstance(value, torch.Tensor) or not is_there:
            return value
        return by_held.get(id(value)) if id(value) in by_held else OnCard(value)

    return tree_map(placed, made)


@contextmanager
def pretend_card(monkeypatch):
    """Let `CARD` be the card that is none; yields the tensors that were pinned for it."""
    pinned, tensor = [], torch.tensor

    def tensor_by_way_of_the_host(data, *, device=None, **more):
        made = tensor(data, **more)
        return made if device is None else made.to(device)

    monkeypatch.setattr(torch, "tensor", tensor_by_way_of_the_host)  # it asks no mode
    monkeypatch.setattr(torch.Tensor, "pin_memory", lambda self: pinned.append(self) or self)
    with _Card():
        yield pinned

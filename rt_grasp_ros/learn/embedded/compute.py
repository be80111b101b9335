"""Where the embedded model is trained, and in how many bits it multiplies."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, TypeVar, cast

import torch
from torch import Tensor

PRECISIONS = ("bf16", "fp32")

AnyValue = TypeVar("AnyValue")


@dataclass(frozen=True, slots=True)
class Compute:
    """A device and a precision.

    Batches are drawn on the host, by the same numbers whatever the device is.

    Attributes:
        device: of weights and batches.
        precision: one of `PRECISIONS`: products in bfloat16 by autocast, or in float32.
    """

    device: torch.device
    precision: str

    @classmethod
    def on(cls, device: torch.device, precision: str | None = None) -> Compute:
        """Return how a device computes: a CPU in bfloat16 unless told otherwise, a GPU in float32.

        Args:
            device: which.
            precision: one of `PRECISIONS`; None for the device's usual one.
        """
        return cls(device, precision or ("bf16" if device.type == "cpu" else "fp32"))

    def autocast(self) -> AbstractContextManager[object]:
        """Return what a forward pass runs in."""
        if self.precision == "fp32":
            return nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)

    def moved(self, value: AnyValue) -> AnyValue:
        """Return a tensor, or what dataclasses and tuples hold, on the device.

        What goes to a GPU is pinned first, so that the host need not wait for the copy.
        """
        return cast(AnyValue, _moved(value, self.device))


ON_CPU = Compute.on(torch.device("cpu"))


def to_host(value: AnyValue) -> AnyValue:
    """Return a tensor, or what dataclasses and tuples hold, in the host's memory."""
    return cast(AnyValue, _moved(value, ON_CPU.device))


def _moved(value: Any, device: torch.device) -> Any:
    if isinstance(value, Tensor):
        goes_up = device.type != "cpu" and value.device.type == "cpu"
        return (value.pin_memory() if goes_up else value).to(device, non_blocking=goes_up)
    if is_dataclass(value) and not isinstance(value, type):
        held = {field.name: getattr(value, field.name) for field in fields(value)}
        return type(value)(**{name: _moved(each, device) for name, each in held.items()})
    if isinstance(value, tuple):
        return tuple(_moved(each, device) for each in value)
    return value

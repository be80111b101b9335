"""Where and how the torch backend runs a checkpoint; no torch in here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..grasp.errors import ModelNotLoaded

DEVICES = ("auto", "cpu", "cuda")
AUTO_SCHEME = "auto"
QUANTISATIONS = ("none", "int8", "nf4", "int4", AUTO_SCHEME)
DRAFTS = ("auto", "off")
ACCELERATIONS = ("auto", "eager", "graphs", "compiled")


@dataclass(frozen=True, slots=True)
class TorchSettings:
    """What node parameters and command line options choose.

    Attributes:
        device: `auto` takes a GPU where there is one, `cuda` insists on it.
        quantise: bits of the language model's weights: `none` leaves them, `int8` takes 8,
            `nf4` and `int4` take 4, by bitsandbytes and by PyTorch alone; `auto` takes what a
            short measurement on the device says is fastest, see `torch_backend/scheme_measure.py`.
        adapter: folder of a LoRA adapter in peft layout, merged into the weights when they are
            loaded; None for the checkpoint as it is.
        acceleration: how a decoding step is run: `eager` as it is, `graphs` as a CUDA graph,
            `compiled` through torch.compile and, on a GPU, as a CUDA graph; `auto` takes the
            fastest that works on the device.
        drafts: whether tokens are guessed ahead: `auto` where a short measurement on the GPU says
            that it pays, `off` never.
    """

    device: str = "auto"
    quantise: str = "none"
    adapter: Path | None = None
    acceleration: str = "auto"
    drafts: str = "auto"

    def __post_init__(self) -> None:
        """Check the choices.

        Raises:
            ModelNotLoaded: one is unknown.
        """
        for what, value, choices in (
            ("device", self.device, DEVICES),
            ("quantisation", self.quantise, QUANTISATIONS),
            ("acceleration", self.acceleration, ACCELERATIONS),
            ("way to draft", self.drafts, DRAFTS),
        ):
            if value not in choices:
                raise ModelNotLoaded(
                    f"There is no {what} '{value}'; choose one of {', '.join(choices)}."
                )

    @property
    def need_torch(self) -> bool:
        """Whether they ask for what onnxruntime does not do."""
        is_quantised = self.quantise not in ("none", AUTO_SCHEME)
        return self.device == "cuda" or is_quantised or self.adapter is not None

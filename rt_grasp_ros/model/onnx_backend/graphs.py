"""The ONNX graphs of a checkpoint: where they lie in its folder, and how precise they are."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

PICTURE_GRAPH = "onnx/picture.onnx"
STEADY_GRAPH = "onnx/picture_steadied.onnx"
"""For pictures of things that have no name; checkpoints of before have none."""

MAPS = ("part_logits", "colour_logits", "quality_logit", "offset", "direction", "opening")
"""What the first graph hands to the second, see `GraspMaps` of `torch_backend/vision_tower.py`."""


class Precision(Enum):
    """How the decoder's weight matrices are kept in memory."""

    FLOAT32 = "float32"
    INT8 = "int8"
    INT4 = "int4"

    @property
    def bits(self) -> int:
        """Bits a weight."""
        return {"float32": 32, "int8": 8, "int4": 4}[self.value]

    @property
    def graph(self) -> str:
        """The decoder's graph inside a checkpoint's folder."""
        return f"onnx/decoder_{self.value}.onnx"


SERVED = Precision.INT8
"""What is loaded unless told otherwise; docs/performance.md says why."""


def has_graphs(folder: Path) -> bool:
    """Return whether a checkpoint's folder holds what runs it without torch."""
    return all((folder / graph).exists() for graph in (PICTURE_GRAPH, SERVED.graph))

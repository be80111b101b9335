"""The image encoder's graph in 8 bits, which a CPU computes in half the time.

The first convolutions stay as they are: there few channels carry all, and 8 bits lose most. Weights
have 7 bits, since processors without VNNI add up two products in 16 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...model.word_eye.image_encoder import as_input
from .lite0 import MEAN, STD

KEPT = 8
"""Convolutions that stay as they are."""


def write_in_eight_bits(graph: Path, crops: Sequence[NDArray[np.uint8]], path: Path) -> None:
    """Write a graph of `write_features_graph` with its convolutions in 8 bits.

    Args:
        graph: in single precision.
        crops: as it will be shown, which tell the range of what is added up; a hundred will do.
        path: of the file.
    """
    import onnx
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

    nodes = onnx.load(str(graph)).graph.node
    convolutions = [node.name for node in nodes if node.op_type == "Conv"]
    quantize_static(
        str(graph),
        str(path),
        _Shown(crops),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        reduce_range=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=convolutions[:KEPT],
    )


class _Shown:
    """Shows crops one by one, as onnxruntime's `CalibrationDataReader`."""

    def __init__(self, crops: Sequence[NDArray[np.uint8]]) -> None:
        self._left = list(crops)[::-1]

    def get_next(self) -> dict[str, Any] | None:
        """Return the next input of the graph; None where none is left."""
        return {"image": as_input([self._left.pop()], MEAN, STD)} if self._left else None

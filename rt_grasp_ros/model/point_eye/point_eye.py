"""The thing under a point, by a small network that looks twice: wide, then at the thing's scale.

A click grows to a mask as in "Deep Interactive Object Selection" (Xu et al., CVPR 2016), the point
drawn into the input; height above the plane and depth as further channels, as nets that are taught
on drawn depth carry over to real cameras (Xie et al., "Unseen Object Instance Segmentation for
Robotic Environments", T-RO 2021). Taught by `learn/points` on drawn tables alone.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ...grasp.errors import CheckpointInvalid
from ...grasp.frame import RgbdFrame
from ...grasp.plane import Plane
from ..onnx_graph import open_graph
from .window import CHANNELS, SIDE_PX, Window, window_at

CONFIG, GRAPH = "config.json", "point_eye.onnx"

WIDE_M = 0.4
"""Side of the first window."""

NARROWEST_M, WIDEST_M = 0.16, 0.6
"""Between these the second one is."""

_ROOM = 1.25  # of the second window beside what the first one showed
_SAME = 0.2
_FEWEST_PX = 6
_REACH_PX = 14.0  # of the window: so far from the point a thing may be that it means


class PointEye:
    """A `ThingUnder` on onnxruntime."""

    def __init__(self, graph: onnxruntime.InferenceSession) -> None:
        """Take the loaded graph."""
        self._graph = graph
        self._input = graph.get_inputs()[0].name

    def mask(self, frame: RgbdFrame, plane: Plane, x_px: float, y_px: float) -> NDArray[np.bool_]:
        """See `ThingUnder`."""
        size_px = (frame.intrinsics.width_px, frame.intrinsics.height_px)
        window = window_at(frame, plane, (x_px, y_px), WIDE_M)
        shown = None if window is None else self._shown(window)
        if window is None or shown is None:
            return np.zeros(size_px[::-1], bool)
        side_m = float(np.clip(_ROOM * _needed_m(shown), NARROWEST_M, WIDEST_M))
        if abs(side_m / WIDE_M - 1) > _SAME:
            nearer = window_at(frame, plane, (x_px, y_px), side_m)
            seen = None if nearer is None else self._shown(nearer)
            if nearer is not None and seen is not None:
                window, shown = nearer, seen
        return window.in_frame(shown, size_px)

    def _shown(self, window: Window) -> NDArray[np.float32] | None:
        """Return logits of a window, those of other things than the nearest negative.

        None where nothing is near the point.
        """
        given = {self._input: window.channels()[None]}
        logits = np.asarray(self._graph.run(None, given)[0][0, 0], np.float32)
        _, labels = cv2.connectedComponents((logits > 0).astype(np.uint8), connectivity=4)
        rows, columns = np.nonzero(labels)
        if len(rows) < _FEWEST_PX:
            return None
        middle = (SIDE_PX - 1) / 2
        away_px = np.hypot(rows - middle, columns - middle)
        nearest = int(np.argmin(away_px))
        if away_px[nearest] > _REACH_PX:
            return None
        own = labels == labels[rows[nearest], columns[nearest]]
        return np.where(own | (logits <= 0), logits, np.float32(-1))


def load_point_eye(folder: Path, threads: int = 1) -> PointEye:
    """Load a point eye.

    Args:
        folder: with `config.json` and the graph that it names the SHA-256 of.
        threads: how many cores it may use.

    Raises:
        CheckpointInvalid: something is missing, damaged, or made for another window.
    """
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        found = hashlib.sha256((folder / GRAPH).read_bytes()).hexdigest()
    except (OSError, ValueError) as error:
        raise CheckpointInvalid(
            f"The point eye in '{folder.name}' can't be read ({type(error).__name__}); fetch it "
            "again."
        ) from error
    if not isinstance(config, dict) or config.get("sha256") != found:
        raise CheckpointInvalid(
            f"The point eye in '{folder.name}' is not the one that its config.json tells of; "
            "fetch both again."
        )
    graph = open_graph(folder / GRAPH, threads)
    if graph.get_inputs()[0].shape[1:] != [CHANNELS, SIDE_PX, SIDE_PX]:
        raise CheckpointInvalid(
            f"The point eye in '{folder.name}' looks at other windows than this version cuts out; "
            "train it again."
        )
    return PointEye(graph)


def _needed_m(shown: NDArray[np.float32]) -> float:
    """Return the side of a window about the point that holds what the first one shows."""
    rows, columns = np.nonzero(shown > 0)
    away_px = np.maximum(abs(rows - (SIDE_PX - 1) / 2), abs(columns - (SIDE_PX - 1) / 2))
    return float(2 * away_px.max() + 1) / SIDE_PX * WIDE_M

"""How likely a segment is one whole thing, by shape, outline and colours, not a piece or a patch.

A cut by depth also finds sides of things, several that touch, noise and stray strips of table. The
weights of what tells them apart were fitted on drawn tables (`python -m benchmarks.wholeness`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from .contrast import contrasts
from .outline import outline_shares
from .segments import Segment

PRIOR = 0.5
"""Of the logarithm of wholeness, beside the logits of a likeness: real things are less like drawn
ones than the drawn ones are like each other."""

WEIGHTS_FILE = "wholeness.json"
_USUAL_HEIGHT_M, _USUAL_EXTENT_M = 0.03, 0.1
_USUAL_AREA_PX = 1000.0  # of a picture with `_COLUMNS`
_COLUMNS = 640
_BORDER_PX = 2
_LEAST_NOISE_M, _LEAST_HEIGHT_M = 0.001, 0.001
_FARTHEST = 3.0  # standard deviations: what is farther off tells no more


@dataclass(frozen=True, slots=True, eq=False)
class WholenessWeights:
    """What the features of segments weigh.

    Attributes:
        mean: of each feature, shape (F,).
        spread: its standard deviation, shape (F,).
        weights: over what `terms` returns, shape (T,).
    """

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    weights: NDArray[np.float64]

    def terms(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one, the features in their standard deviations, squares and products, (S, T)."""
        apart = ((features - self.mean) / self.spread).clip(-_FARTHEST, _FARTHEST)
        rows, columns = np.triu_indices(apart.shape[1])
        products = apart[:, rows] * apart[:, columns]
        return np.column_stack([np.ones(len(apart)), apart, products])


@cache
def load_wholeness_weights() -> WholenessWeights:
    """Read the weights that ship with the package."""
    text = resources.files(__package__).joinpath(WEIGHTS_FILE).read_text(encoding="utf-8")
    given = json.loads(text)
    return WholenessWeights(
        **{name: np.array(given[name]) for name in ("mean", "spread", "weights")}
    )


def wholeness(frame: RgbdFrame, segments: Sequence[Segment]) -> NDArray[np.float64]:
    """Return for each segment how likely it is one whole thing, 0..1, shape (S,).

    Args:
        frame: that the segments are of.
        segments: all that were found in it.
    """
    if not segments:
        return np.zeros(0)
    known = load_wholeness_weights()
    logits = known.terms(whole_features(frame, segments)) @ known.weights
    return np.asarray(1 / (1 + np.exp(-logits)))


def whole_features(frame: RgbdFrame, segments: Sequence[Segment]) -> NDArray[np.float64]:
    """Return what tells whole things from pieces and patches, shape (S, 18).

    Logarithm of height and of extent over usual ones, the latter also squared; how much of
    its narrowest box a segment fills, that box's aspect, how much of its convex hull it fills;
    how small it is within a larger one, and how much of it smaller ones take; beside how much of
    its outline the table or what is behind it lies, and something in front of it; its contrasts
    (see `contrasts`); whether it touches the picture's border; logarithm of its area, and of its
    height over the plane's unevenness; for how much of it there is depth.
    """
    if not segments:
        return np.zeros((0, 18))
    areas = np.array([one.area_px for one in segments], float)
    boxes = np.array([one.box_px for one in segments], float)
    own = np.array([_own_shape(one, area) for one, area in zip(segments, areas, strict=True)])
    heights_m = np.array([max(one.height_m, _LEAST_HEIGHT_M) for one in segments])
    extent = np.log(np.array([one.extent_m for one in segments]) / _USUAL_EXTENT_M)
    noises_m = np.array([max(one.plane.noise_m, _LEAST_NOISE_M) for one in segments])
    within, taken = _nesting(boxes, areas)
    step = max(1, frame.depth_m.shape[1] // _COLUMNS)
    return np.column_stack(
        [
            np.log(heights_m / _USUAL_HEIGHT_M),
            extent,
            extent**2,
            own,
            within,
            taken,
            outline_shares(frame, segments),
            contrasts(frame, segments),
            _touches_border(boxes, frame.depth_m.shape, step),
            np.log(areas / step**2 / _USUAL_AREA_PX),
            np.log(heights_m / noises_m),
            [_measured_share(frame, one) for one in segments],
        ]
    )


def _touches_border(
    boxes: NDArray[np.float64], shape: tuple[int, ...], step: int
) -> NDArray[np.float64]:
    """Return 1 for what reaches the border of a picture of a shape (H, W), 0 for the rest."""
    margin_px = _BORDER_PX * step
    low = (boxes[:, :2] <= margin_px).any(axis=1)
    ends = boxes[:, :2] + boxes[:, 2:]
    return np.asarray(low | (ends >= np.array([shape[1], shape[0]]) - margin_px).any(axis=1), float)


def _measured_share(frame: RgbdFrame, segment: Segment) -> float:
    """Return for how much of a segment depth is known, 0..1."""
    place = segment.place
    return float(np.isfinite(frame.depth_m[place][segment.mask[place]]).mean())


def _own_shape(segment: Segment, area: float) -> tuple[float, float, float]:
    """Return how much of its narrowest box and of its hull a segment fills, and the log aspect."""
    mask = segment.mask[segment.place].astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    points = np.concatenate(outlines)
    _, sides, _ = cv2.minAreaRect(points)
    long_px, short_px = max(sides) + 1, min(sides) + 1
    hull_px = cv2.contourArea(cv2.convexHull(points)) + (long_px + short_px) / 2
    return area / (long_px * short_px), np.log(long_px / short_px), area / max(hull_px, area)


def _nesting(
    boxes: NDArray[np.float64], areas: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how small each is within a larger one, and the share of it that a smaller one takes.

    The former is the share of its box inside the larger one's, times the logarithm of how many
    times larger that is.
    """
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum((boxes[:, :2] + boxes[:, 2:])[:, None], (boxes[:, :2] + boxes[:, 2:])[None])
    common = np.prod(np.clip(high - low, 0, None), axis=-1)
    shares = common / np.prod(boxes[:, 2:], axis=1)[:, None]
    larger = areas[None] > areas[:, None]
    times = np.log(areas[None] / areas[:, None])
    within = np.where(larger, shares * times, 0.0).max(axis=1)
    taken = np.where(larger | np.eye(len(areas), dtype=bool), 0.0, shares).max(axis=1)
    return within, taken

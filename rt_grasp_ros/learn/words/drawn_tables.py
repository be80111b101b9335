"""Drawn tables as depth cuts them: what the shape of whole things and the sureness of names is.

The depth gets the noise of a stereo camera: steps that grow with the distance squared, and holes
where it jumps (Khoshelham & Elberink, Sensors 2012).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ...grasp.errors import NoSupportPlane
from ...grasp.frame import RgbdFrame
from ...grasp.support import find_support
from ...proposals.segments import Segment, find_segments
from ...sim.mesh_pictures import MeshPicture, draw_mesh_pictures
from ...sim.meshes.mesh_entry import MeshEntry

VIEWS = 2
_NOISE_PER_M2, _STEP_PER_M2 = 0.0015, 0.001
_JUMP_M, _LOST = 0.03, 0.5
_SEEN_PX = 400
_FRAME_ID = "camera_color_optical_frame"


@dataclass(frozen=True, slots=True, eq=False)
class CutTable:
    """A drawn table and its segments.

    Attributes:
        frame: with noisy depth.
        things: that stand there and are seen, in the columns' order.
        segments: as depth cuts them.
        overlap: intersection over union of each segment with each thing, shape (S, T).
    """

    frame: RgbdFrame
    things: tuple[MeshEntry, ...]
    segments: list[Segment]
    overlap: NDArray[np.float64]


def cut_tables(things: Sequence[MeshEntry], seeds: Iterable[int]) -> Iterator[CutTable]:
    """Yield drawn tables, cut; those without a plane are left out.

    Args:
        things: some of which stand there.
        seeds: one a table.
    """
    for seed in seeds:
        rng = np.random.default_rng((seed, 2))
        for picture in draw_mesh_pictures(things, seed, VIEWS):
            frame = RgbdFrame(
                picture.rgb, _noisy(picture.depth_m, rng), picture.intrinsics, _FRAME_ID, 0
            )
            try:
                segments = find_segments(frame, find_support(frame.depth_m, frame.intrinsics))
            except NoSupportPlane:
                continue
            yield _labelled(frame, picture, segments)


def _labelled(frame: RgbdFrame, picture: MeshPicture, segments: list[Segment]) -> CutTable:
    sizes = np.bincount(picture.thing_ids.ravel(), minlength=len(picture.things) + 1)[1:]
    seen = np.nonzero(sizes >= _SEEN_PX)[0]
    overlap = np.zeros((len(segments), len(seen)))
    for row, segment in enumerate(segments):
        shown = picture.thing_ids[segment.mask]
        common = np.bincount(shown, minlength=len(sizes) + 1)[1:][seen]
        overlap[row] = common / (len(shown) + sizes[seen] - common)
    return CutTable(frame, tuple(picture.things[k] for k in seen), segments, overlap)


def _noisy(depth_m: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    noisy_m = depth_m + rng.normal(0, _NOISE_PER_M2, depth_m.shape) * depth_m**2
    step_m = _STEP_PER_M2 * depth_m**2
    noisy_m = np.round(noisy_m / step_m) * step_m
    filled_m = np.nan_to_num(depth_m, nan=0.0)
    kernel = np.ones((3, 3), np.uint8)
    jumps = cv2.dilate(filled_m, kernel) - cv2.erode(filled_m, kernel) > _JUMP_M
    noisy_m[jumps & (rng.random(depth_m.shape) < _LOST)] = np.nan
    return noisy_m.astype(np.float32)


def kept(table: CutTable, index: Sequence[int]) -> CutTable:
    """Return a table with some of its segments."""
    rows = list(index)
    return replace(table, segments=[table.segments[k] for k in rows], overlap=table.overlap[rows])

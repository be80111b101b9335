"""What tells the cell's own things from all others, whatever camera sees them.

Both are looked at as depth cuts them there: clean crops of whole things are told apart with ease,
and the weights that do so fail on what a noisy depth camera leaves of a thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ...data.named_crops import NamedCrop
from ...data.sim_data import training_scene
from ...grasp.errors import NoSupportPlane
from ...grasp.frame import RgbdFrame
from ...grasp.support import find_support
from ...grasp.tight_crop import tight_crop
from ...proposals.segments import find_segments
from ...proposals.wholeness import wholeness
from ...sim.cameras.choice import CameraChoice
from ...sim.cell import Cell
from ...sim.meshes.mesh_entry import MeshEntry
from ...sim.placement import NoRoom
from ...sim.scene import Scene, random_scene, seen_by
from .fit import logistic_regression

CAMERAS = CameraChoice(("d415", "d435", "d455", "azure_kinect"), (0.45, 1.2), (0.0, 50.0))
MOST_SEGMENTS, LEAST_WHOLE = 16, 0.03
"""Of a table: the likeliest to be whole things."""

_PENALTY = 30.0
_FRAME_ID = "camera_color_optical_frame"


def crops_of_cell(seeds: Iterable[int], side_px: int) -> Iterator[NamedCrop]:
    """Yield what depth cuts out of the cell with its own things, through cameras of all kinds.

    Args:
        seeds: one a scene, with one view of it.
        side_px: of the crops.
    """
    for seed in seeds:
        yield from _cut_crops(seen_by(training_scene(seed), CAMERAS), side_px)


def crops_of_meshes_in_cell(
    things: Sequence[MeshEntry], seeds: Iterable[int], side_px: int
) -> Iterator[NamedCrop]:
    """Yield the same with meshes on the cell's table; scenes without room for them are left out.

    Args:
        things: some of which stand there.
        seeds: one a scene, with one view of it.
        side_px: of the crops.
    """
    for seed in seeds:
        try:
            scene = random_scene(seed, cameras=CAMERAS, meshes=things)
        except NoRoom:
            continue
        yield from _cut_crops(scene, side_px)


def _cut_crops(scene: Scene, side_px: int) -> Iterator[NamedCrop]:
    with Cell(scene) as cell:
        seen = cell.observe()
    frame = RgbdFrame(seen.rgb, seen.depth_m, seen.intrinsics, _FRAME_ID, stamp_ns=0)
    try:
        segments = find_segments(frame, find_support(frame.depth_m, frame.intrinsics))
    except NoSupportPlane:
        return
    likely = wholeness(frame, segments)
    for k in np.argsort(-likely)[:MOST_SEGMENTS]:
        if likely[k] >= LEAST_WHOLE:
            crop = tight_crop(frame.rgb, segments[k].box_px, side_px)
            yield NamedCrop(crop, f"cell/{scene.seed}", ("",))


def fit_familiar(cells: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return weights over rooted features and one, shape (F + 1,).

    Args:
        cells: features of what is cut out of the cell with its own things, shape (N, F).
        others: of anything else, shape (M, F).
    """
    rooted = np.sqrt(np.maximum(np.concatenate([cells, others]), 0.0))
    told = np.column_stack([rooted, np.ones(len(rooted))])
    is_cells = np.arange(len(rooted)) < len(cells)
    return logistic_regression(told, is_cells, penalty=_PENALTY).astype(np.float32)

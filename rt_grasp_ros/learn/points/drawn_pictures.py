"""Drawn tables as depth cameras measure them, kept on disk: what points are drawn on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

from ...grasp.camera import Intrinsics
from ...grasp.errors import NoSupportPlane
from ...grasp.frame import RgbdFrame
from ...grasp.plane import Plane
from ...grasp.support import find_support
from ...sim.cameras.depth_noise import COUNT_M, in_metres, mismeasured
from ...sim.cameras.profiles import camera_profile
from ...sim.mesh_pictures import Crowd, draw_mesh_pictures
from ...sim.meshes.mesh_entry import MeshEntry
from ...whole_file import whole_file

SEEN_PX = 300
"""What shows fewer pixels is not pointed at."""

_FIRST_SEED = 30_000_000
_VIEWS = 3
_TABLES_A_SHARD = 16
_SENSORS = tuple(
    sensor
    for name in ("d435", "d455", "azure_kinect")
    if (sensor := camera_profile(name).depth) is not None
)
_FRAME_ID = "camera_color_optical_frame"

Report = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is, and how much there is."""


@dataclass(frozen=True, slots=True, eq=False)
class DrawnPicture:
    """One picture with the truth.

    Attributes:
        frame: colour and depth as a camera measures it.
        plane: that was found in it.
        thing_ids: which thing each pixel shows, counted from 1, 0 for none; shape (H, W).
    """

    frame: RgbdFrame
    plane: Plane
    thing_ids: NDArray[np.uint8]


class DrawnPictures:
    """The pictures of a folder of shards, read when they are asked for."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Take the shards that `draw_tables` wrote."""
        self._files = [safe_open(str(path), framework="numpy") for path in paths]
        counts = [one.get_slice("planes").get_shape()[0] for one in self._files]
        self._places = [(file, row) for file, count in enumerate(counts) for row in range(count)]

    def __len__(self) -> int:
        """Return how many pictures there are."""
        return len(self._places)

    def __getitem__(self, index: int) -> DrawnPicture:
        """Return one picture."""
        file, row = self._places[index]
        read = {
            name: self._files[file].get_slice(name)[row : row + 1][0]
            for name in ("rgb", "depth_mm", "thing_ids", "planes", "cameras")
        }
        height_px, width_px = read["depth_mm"].shape
        fx_px, fy_px, cx_px, cy_px = (float(value) for value in read["cameras"])
        intrinsics = Intrinsics(fx_px, fy_px, cx_px, cy_px, width_px, height_px)
        frame = RgbdFrame(read["rgb"], in_metres(read["depth_mm"]), intrinsics, _FRAME_ID, 0)
        plane = Plane(read["planes"][:3], float(read["planes"][3]), 0.0)
        return DrawnPicture(frame, plane, read["thing_ids"])


def draw_tables(
    things: Sequence[MeshEntry], tables: int, work_dir: Path, processes: int, report: Report
) -> DrawnPictures:
    """Draw tables, each seen three times; shards that are there already are not drawn again.

    Args:
        things: meshes, beside which printed packages stand.
        tables: how many.
        work_dir: for the shards, 90 MB each.
        processes: how many draw.
        report: is told how far it is.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    starts = range(0, tables, _TABLES_A_SHARD)
    paths = [work_dir / f"tables_{start:05d}.safetensors" for start in starts]
    missing = [
        (path, start) for path, start in zip(paths, starts, strict=True) if not path.exists()
    ]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        drawn = [
            pool.submit(_draw_shard, things, start, min(start + _TABLES_A_SHARD, tables), path)
            for path, start in missing
        ]
        for done, future in enumerate(as_completed(drawn), len(paths) - len(missing) + 1):
            future.result()
            report("tables drawn", min(done * _TABLES_A_SHARD, tables), tables)
    return DrawnPictures(paths)


def _draw_shard(things: Sequence[MeshEntry], start: int, stop: int, path: Path) -> None:
    """Draw and write the tables of a shard, whole or not at all."""
    pictures: list[DrawnPicture] = []
    for seed in range(_FIRST_SEED + start, _FIRST_SEED + stop):
        crowd = _crowd(np.random.default_rng((seed, 9)))
        pictures += draw_pictures(things, seed, crowd, _VIEWS)
    cameras = [one.frame.intrinsics for one in pictures]
    stacked: dict[str, NDArray] = {
        "rgb": np.stack([one.frame.rgb for one in pictures]),
        "depth_mm": np.stack([_counts(one.frame.depth_m) for one in pictures]),
        "thing_ids": np.stack([one.thing_ids for one in pictures]),
        "planes": np.stack([[*one.plane.normal, one.plane.offset_m] for one in pictures]),
        "cameras": np.array([[c.fx_px, c.fy_px, c.cx_px, c.cy_px] for c in cameras]),
    }
    with whole_file(path) as partial:
        save_file(stacked, partial)


def _counts(depth_m: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Return depth in millimetres, 0 where nothing was measured."""
    return np.rint(np.nan_to_num(depth_m) / COUNT_M).astype(np.uint16)


def draw_pictures(
    things: Sequence[MeshEntry], seed: int, crowd: Crowd, views: int
) -> Iterator[DrawnPicture]:
    """Yield views of one table as a depth camera measures it; those without a plane are left out.

    Args:
        things: meshes, some of which stand there.
        seed: of the table; which of three cameras it is, too.
        crowd: how many things, and how near to each other.
        views: how many.
    """
    rng = np.random.default_rng((seed, 10))
    sensor = _SENSORS[seed % len(_SENSORS)]
    for picture in draw_mesh_pictures(things, seed, views, crowd):
        own, dull = picture.intrinsics, np.zeros_like(picture.depth_m)
        depth_m = in_metres(mismeasured(picture.depth_m, picture.rgb, dull, own, sensor, rng))
        try:
            plane = find_support(depth_m, own).plane
        except NoSupportPlane:
            continue
        frame = RgbdFrame(picture.rgb, depth_m, own, _FRAME_ID, 0)
        yield DrawnPicture(frame, plane, picture.thing_ids)


def _crowd(rng: np.random.Generator) -> Crowd:
    """Return how full a table is: usual, crowded, packages alone or nearly, things alone."""
    kind = rng.random()
    if kind < 0.35:
        return Crowd(2, 8, 0.28, packages=3)
    if kind < 0.7:
        return Crowd(4, 12, float(rng.uniform(0.15, 0.25)), packages=8)
    if kind < 0.85:
        return Crowd(1, 4, 0.2, packages=10)
    return Crowd(8, 15, 0.2, packages=2)

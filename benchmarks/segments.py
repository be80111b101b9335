"""What is cut out of drawn tables, and whether a gripper can close on it, by kind of thing.

A third of the tables each is measured as a D435, a D455 and an Azure Kinect would; with `--crowded`
two to three times as many things stand on half of the room. For each thing that shows 400 pixels:
`cut out` is the share that some segment overlaps by more than half (IoU), `looked at` that one of
the 24 likeliest does, `closing` the share on which the best grasp is right in space where its
true mask is given (as `rt-grasp evaluate tabletop --pointer oracle`). Two seconds a table.

    python -m benchmarks.segments --meshes DIR --tables 30
    python -m benchmarks.segments --meshes DIR --tables 30 --seed 91000 --crowded
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from rt_grasp_ros.api import DEFAULT_GRIPPER
from rt_grasp_ros.grasp.errors import NoSupportPlane
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.support import Support, find_support
from rt_grasp_ros.learn.points.drawn_points import overlap
from rt_grasp_ros.metrics.tabletop_metric import closes_on, scene_points
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.pipeline.grasps_there import grasps_on, plane_under
from rt_grasp_ros.pipeline.named_table import MOST_THINGS
from rt_grasp_ros.proposals.antipodal_search import AntipodalSearch
from rt_grasp_ros.proposals.segments import Segment, find_segments
from rt_grasp_ros.proposals.wholeness import wholeness
from rt_grasp_ros.resources import given_or_shipped
from rt_grasp_ros.sim.cameras.depth_noise import in_metres, mismeasured
from rt_grasp_ros.sim.cameras.profiles import camera_profile
from rt_grasp_ros.sim.mesh_pictures import Crowd, MeshPicture, draw_mesh_pictures
from rt_grasp_ros.sim.meshes.mesh_entry import MeshEntry, read_meshes

_CAMERAS = ("d435", "d455", "azure_kinect")
CROWDED = Crowd(fewest=8, most=15, reach_m=0.2)
_VIEWS = 2
SEEN_PX = 400
_IOU = 0.5
_TOUCHING_PX, _TOUCHED_PX = 9, 20


@dataclass(frozen=True, slots=True)
class Case:
    """One thing in one picture.

    Attributes:
        kinds: of thing and place, such as `flat`.
        cut: the best overlap of a segment.
        looked: the best overlap of one of those that are looked at.
        closing: whether the best grasp is right in space.
    """

    kinds: tuple[str, ...]
    cut: float
    looked: float
    closing: bool


def main() -> None:
    """Draw, cut, grasp and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--meshes", type=Path, required=True, help="folder with index.json")
    parser.add_argument("--tables", type=int, default=30)
    parser.add_argument("--seed", type=int, default=90000)
    parser.add_argument("--crowded", action="store_true")
    arguments = parser.parse_args()
    things = read_meshes(str(arguments.meshes))
    crowd = CROWDED if arguments.crowded else Crowd()
    search = AntipodalSearch(load_gripper(given_or_shipped(DEFAULT_GRIPPER)).geometry)
    cases: list[Case] = []
    seconds: list[float] = []
    for seed in track(range(arguments.seed, arguments.seed + arguments.tables), "tables"):
        for frame, picture in pictures(things, seed, crowd):
            start_s = time.process_time()
            support = support_of(frame)
            segments = find_segments(frame, support) if support else []
            likely = wholeness(frame, segments)
            seconds.append(time.process_time() - start_s)
            first = [segments[k] for k in np.argsort(-likely)[:MOST_THINGS]]
            cases += _cases(frame, picture, support, (segments, first), search)
    for kind in ("", *sorted({kind for case in cases for kind in case.kinds})):
        _print(kind or "all", [case for case in cases if not kind or kind in case.kinds])
    print(f"plane, segments and wholeness: {1000 * np.mean(seconds):.0f} ms a picture (processor)")


def pictures(
    things: tuple[MeshEntry, ...], seed: int, crowd: Crowd
) -> Iterator[tuple[RgbdFrame, MeshPicture]]:
    """Yield views of a table as a camera measures them."""
    sensor = camera_profile(_CAMERAS[seed % len(_CAMERAS)]).depth
    assert sensor is not None
    rng = np.random.default_rng((seed, 5))
    for picture in draw_mesh_pictures(things, seed, _VIEWS, crowd):
        dull = np.zeros_like(picture.depth_m)
        counts = mismeasured(picture.depth_m, picture.rgb, dull, picture.intrinsics, sensor, rng)
        yield RgbdFrame(picture.rgb, in_metres(counts), picture.intrinsics, "camera", 0), picture


def support_of(frame: RgbdFrame) -> Support | None:
    """Return the planes of a frame, None where there are none."""
    try:
        return find_support(frame.depth_m, frame.intrinsics)
    except NoSupportPlane:
        return None


def _cases(
    frame: RgbdFrame,
    picture: MeshPicture,
    support: Support | None,
    segments: tuple[list[Segment], list[Segment]],
    search: AntipodalSearch,
) -> Iterator[Case]:
    """Yield the things of a picture, given all of its segments and those that are looked at."""
    gripper = load_gripper(given_or_shipped(DEFAULT_GRIPPER)).geometry
    measured = scene_points(frame.depth_m, frame.intrinsics)
    for index, thing in enumerate(picture.things, 1):
        mask = picture.thing_ids == index
        if np.count_nonzero(mask) < SEEN_PX:
            continue
        cut, looked = (
            max((overlap(one.mask, mask) for one in some), default=0.0) for some in segments
        )
        closing = False
        if support is not None:
            plane = plane_under(frame, mask, support)
            grasps = grasps_on(frame, mask, plane, search, gripper, 1)
            if grasps and grasps[0].is_executable:
                best = grasps[0]
                closing = closes_on(best.T_camera_grasp, best.opening_m, measured, mask)
        yield Case(_kinds(frame, picture, thing, mask, index), cut, looked, closing)


def _kinds(
    frame: RgbdFrame, picture: MeshPicture, thing: MeshEntry, mask: NDArray[np.bool_], index: int
) -> tuple[str, ...]:
    grown = cv2.dilate(mask.astype(np.uint8), np.ones((_TOUCHING_PX, _TOUCHING_PX), np.uint8)) > 0
    beside = grown & (picture.thing_ids > 0) & (picture.thing_ids != index)
    edges = (mask[0], mask[-1], mask[:, 0], mask[:, -1])
    return tuple(
        kind
        for kind, is_so in {
            "flat (< 20 mm)": thing.size_m[2] < 0.02,
            "thin (< 35 mm)": sorted(thing.size_m)[1] < 0.035,
            "tall (> 150 mm)": thing.size_m[2] > 0.15,
            "touched by others": np.count_nonzero(beside) > _TOUCHED_PX,
            "at the edge": any(edge.any() for edge in edges),
            "farther than 1 m": float(np.nanmedian(picture.depth_m[mask])) > 1.0,
            "half without depth": float(np.isfinite(frame.depth_m[mask]).mean()) < 0.5,
        }.items()
        if is_so
    )


def _print(kind: str, cases: list[Case]) -> None:
    cut = np.mean([case.cut > _IOU for case in cases])
    looked = np.mean([case.looked > _IOU for case in cases])
    closing = np.mean([case.closing for case in cases])
    print(
        f"{kind:18s} {len(cases):4d}: cut out {cut:.1%}, looked at {looked:.1%}, "
        f"closing {closing:.1%}"
    )


if __name__ == "__main__":
    main()

"""Whether parts of things are found by their shape, and whether a gripper can close on them.

SYNTHETIC tables: marked textured meshes (`parts.yaml`), or with `--cell` the cell's own objects,
as a D435, a D455 and an Azure Kinect would measure them, from 0.45 to 1.2 m, straight and slanted.
For each part that shows 60 pixels of a thing that some segment covers (IoU above 0.5):

- `IoU`, `centre`: of the region that `part_region` names with the part, given the thing's true
  mask; whether the region's median point is on the part;
- `cut`: the same, given the segment;
- `closing`: the best grasp is right in space, given the part's true mask (as `rt-grasp evaluate
  tabletop --pointer oracle`);
- `end`: the grasp that the chain takes with that segment is on the part, and right in space.

Standard errors are over tables.

    python -m benchmarks.parts --meshes DIR --tables 40
    python -m benchmarks.parts --cell --tables 40
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray
from rich.progress import track

from benchmarks.segments import SEEN_PX, pictures, support_of
from rt_grasp_ros.api import DEFAULT_GRIPPER
from rt_grasp_ros.evaluate.commands import part_names
from rt_grasp_ros.evaluate.scenes import SceneKind, draw_scene
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.support import Support
from rt_grasp_ros.learn.points.drawn_points import overlap
from rt_grasp_ros.metrics.clustered_error import clustered_standard_error
from rt_grasp_ros.metrics.tabletop_metric import judge_grasp
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.pipeline.grasps_there import grasps_on, plane_under
from rt_grasp_ros.pipeline.parts import part_region
from rt_grasp_ros.proposals.antipodal_search import AntipodalSearch
from rt_grasp_ros.proposals.segments import Segment, find_segments
from rt_grasp_ros.resources import given_or_shipped
from rt_grasp_ros.sim.cameras.choice import CameraChoice
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.mesh_pictures import Crowd
from rt_grasp_ros.sim.meshes.mesh_entry import MeshEntry, read_meshes

MARKED = Path(__file__).with_name("parts.yaml")
_CAMERAS = CameraChoice(("d435", "d455", "azure_kinect"), (0.45, 1.2), (0.0, 45.0))
_SCENES = SceneKind(3, 6, cameras=_CAMERAS)
_PART_PX = 60
_IOU = 0.5
_SLANTED_DEG = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class PartCase:
    """One part of one thing in one picture.

    Attributes:
        table: which table it stands on.
        thing: which thing it is.
        noun: what it is called.
        part: what the part is called.
        is_held_out: whether the thing was not looked at while rules were chosen.
        frame: as measured.
        support: the planes of the frame.
        thing_mask: the thing's pixels, shape (H, W).
        part_mask: the part's pixels, shape (H, W).
        segment: the best that depth cuts out.
    """

    table: int
    thing: str
    noun: str
    part: str
    is_held_out: bool
    frame: RgbdFrame
    support: Support
    thing_mask: NDArray[np.bool_]
    part_mask: NDArray[np.bool_]
    segment: Segment

    @property
    def is_slanted(self) -> bool:
        """Whether the camera looks down from 30 degrees or more beside straight down."""
        return abs(float(self.support.plane.normal[2])) < np.cos(np.radians(_SLANTED_DEG))


@dataclass(frozen=True, slots=True)
class Result:
    """What is true of one case, see the top of the file."""

    iou: float
    is_centred: bool
    cut_iou: float
    is_cut_centred: bool
    closing: bool
    is_on_part: bool
    end_closing: bool


def main() -> None:
    """Draw, find, grasp and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--meshes", type=Path, help="folder with index.json")
    source.add_argument("--cell", action="store_true", help="the cell's own objects")
    parser.add_argument("--tables", type=int, default=40)
    parser.add_argument("--seed", type=int, default=70000)
    arguments = parser.parse_args()
    seeds = range(arguments.seed, arguments.seed + arguments.tables)
    gripper = load_gripper(given_or_shipped(DEFAULT_GRIPPER)).geometry
    results: list[tuple[PartCase, Result]] = []
    for seed in track(seeds, "tables"):
        cases = cell_cases(seed) if arguments.cell else mesh_cases(arguments.meshes, seed)
        results += [(case, result_of(case, gripper)) for case in cases]
    print_results(results)


def mesh_cases(folder: Path, seed: int) -> Iterator[PartCase]:
    """Yield the parts of marked meshes on one table, as two cameras see them."""
    marks = yaml.safe_load(MARKED.read_text(encoding="utf-8"))
    marked, held_out = marks["parts"], set(marks["held_out"])
    things = tuple(thing for thing in read_meshes(str(folder)) if thing.name in marked)
    for frame, picture in pictures(things, seed, Crowd()):
        rays = RgbdFrame(picture.rgb, picture.depth_m, picture.intrinsics, "camera", 0).points_m
        named: list[tuple[MeshEntry, str, NDArray[np.bool_], NDArray[np.bool_]]] = []
        for index, thing in enumerate(picture.things):
            mask = picture.thing_ids == index + 1
            T_thing_camera = np.linalg.inv(picture.T_camera_things[index])
            at_cm = 100 * (rays @ T_thing_camera[:3, :3].T + T_thing_camera[:3, 3])
            named += [
                (thing, part, mask, mask & _is_there(at_cm, where))
                for part, where in marked[thing.name].items()
            ]
        yield from _cases(
            seed,
            frame,
            [
                (thing.name, thing.noun, part, thing.name in held_out, mask, part_mask)
                for thing, part, mask, part_mask in named
            ],
        )


def cell_cases(seed: int) -> Iterator[PartCase]:
    """Yield the parts of the cell's objects in one scene, as one camera sees them."""
    with Cell(draw_scene(_SCENES, np.random.default_rng(seed))) as cell:
        seen, labels, part_ids = cell.observe(), cell.labels(), cell.part_ids()
    frame = RgbdFrame(seen.rgb, seen.depth_m, seen.intrinsics, "camera", 0)
    named = []
    for label in labels:
        ids = [one.part_id for one in labels if one.object_index == label.object_index]
        for part in part_names(label.object_name, label.part_name)[:1]:
            name = label.object_name
            mask = np.isin(part_ids, ids)
            named.append((name, name, part, False, mask, part_ids == label.part_id))
    yield from _cases(seed, frame, named)


def result_of(case: PartCase, gripper: Gripper) -> Result:
    """Find the part, and take it."""
    true = _segment_of(case.frame, case.thing_mask, case.support)
    regions = [part_region(case.frame, one, case.noun, case.part) for one in (true, case.segment)]
    plane = plane_under(case.frame, case.thing_mask, case.support)
    _, closing = _taken(case, case.part_mask, plane, gripper)
    cut = case.segment.mask if regions[1] is None else regions[1]
    is_on_part, end_closing = _taken(case, cut, case.segment.plane, gripper)
    return Result(
        *_found(case, regions[0]), *_found(case, regions[1]), closing, is_on_part, end_closing
    )


def print_results(results: Sequence[tuple[PartCase, Result]]) -> None:
    """Print rates of all cases, and of some kinds of them."""
    kinds: dict[str, Callable[[PartCase], bool]] = {
        "all": lambda case: True,
        "seen while choosing": lambda case: not case.is_held_out,
        "held out": lambda case: case.is_held_out,
        "slanted (>= 30 deg)": lambda case: case.is_slanted,
        "straight": lambda case: not case.is_slanted,
    }
    for part in sorted({case.part for case, _ in results}):
        kinds[part] = lambda case, part=part: case.part == part
    for name, is_so in kinds.items():
        some = [(case.table, result) for case, result in results if is_so(case)]
        if some:
            print(f"{name:20s} {len(some):4d}: {_rates(some)}")


def _rates(some: Sequence[tuple[int, Result]]) -> str:
    tables = [table for table, _ in some]
    shown = []
    for name in Result.__slots__:
        values = [float(getattr(result, name)) for _, result in some]
        error = clustered_standard_error(values, tables)
        spread = "" if error is None else f" ± {100 * error:.1f}"
        shown.append(f"{name} {100 * np.mean(values):.1f}{spread}")
    return ", ".join(shown)


def _cases(
    table: int,
    frame: RgbdFrame,
    named: Sequence[tuple[str, str, str, bool, NDArray[np.bool_], NDArray[np.bool_]]],
) -> Iterator[PartCase]:
    """Yield cases of what shows, of the things that are cut out."""
    support = support_of(frame)
    if support is None:
        return
    segments = find_segments(frame, support)
    for thing, noun, part, is_held_out, mask, part_mask in named:
        if np.count_nonzero(mask) < SEEN_PX or np.count_nonzero(part_mask) < _PART_PX:
            continue
        best = max(segments, key=lambda one: overlap(one.mask, mask), default=None)
        if best is not None and overlap(best.mask, mask) > _IOU:
            yield PartCase(
                table, thing, noun, part, is_held_out, frame, support, mask, part_mask, best
            )


def _is_there(at_cm: NDArray[np.float64], where: dict[str, Any]) -> NDArray[np.bool_]:
    """Return which points lie where `parts.yaml` says."""
    inside = np.ones(at_cm.shape[:-1], bool)
    for *normal, least in where.get("beyond", []):
        inside &= at_cm @ np.array(normal) > least
    for name, sign in (("inside", 1), ("outside", -1)):
        if name in where:
            x, y, radius = where[name]
            inside &= sign * (np.hypot(at_cm[..., 0] - x, at_cm[..., 1] - y) - radius) < 0
    return inside


def _segment_of(frame: RgbdFrame, mask: NDArray[np.bool_], support: Support) -> Segment:
    """Return the segment that covers a mask."""
    plane = plane_under(frame, mask, support)
    points_m = frame.points_m[mask]
    seen_m = points_m[np.isfinite(points_m[:, 2])]
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    centre_m = np.median(seen_m, axis=0)
    extent_m = max(width, height) * float(centre_m[2]) / frame.intrinsics.fx_px
    height_m = float(np.percentile(plane.height_m(seen_m), 97))
    return Segment(mask, (left, top, width, height), centre_m, extent_m, height_m, plane)


def _found(case: PartCase, region: NDArray[np.bool_] | None) -> tuple[float, bool]:
    """Return how well a region covers the part, and whether its middle lies on it."""
    if region is None:
        return 0.0, False
    pixels = np.argwhere(region)
    middle = np.median(pixels, axis=0)
    row, column = pixels[np.argmin(np.abs(pixels - middle).sum(axis=1))]
    shown = case.part_mask & case.thing_mask
    return overlap(region & case.thing_mask, shown), bool(shown[row, column])


def _taken(
    case: PartCase, region: NDArray[np.bool_], plane: Any, gripper: Gripper
) -> tuple[bool, bool]:
    """Return whether the best grasp on a region is on the part, and right in space."""
    frame = case.frame
    grasps = grasps_on(frame, region, plane, AntipodalSearch(gripper), gripper, 1)
    if not grasps or not grasps[0].is_executable:
        return False, False
    best = grasps[0]
    verdict = judge_grasp(
        best.rectangle, best, case.thing_mask, case.part_mask, frame.depth_m, frame.intrinsics
    )
    return verdict.right_part, verdict.closing


if __name__ == "__main__":
    main()

"""The point eye from meshes: drawn, trained, written, measured on meshes that were left out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ...model.point_eye.point_eye import CONFIG, GRAPH, PointEye, load_point_eye
from ...sim.mesh_pictures import Crowd
from ...sim.meshes.mesh_entry import MeshEntry
from .drawn_pictures import DrawnPicture, Report, draw_pictures, draw_tables
from .drawn_points import overlap, shares
from .point_network import PointNetwork, write_point_graph
from .train_point_network import PointSettings, train_point_network

HELD_OUT_EVERY = 3
_MEASURED_SEED = 31_000_000
_MEASURED_VIEWS = 2
_MEASURED_PX = 400
_OFF = 0.03  # of the picture's longer side, standard deviation of how far a point is off
_CROWDS = {"usual": Crowd(), "crowded": Crowd(fewest=8, most=15, reach_m=0.2)}


@dataclass(frozen=True)
class PointRecipe:
    """How much is drawn, and how it is learnt.

    Attributes:
        tables: drawn to learn on, each seen three times.
        measured_tables: drawn of each kind to measure on, each seen twice.
        training: of the network.
    """

    tables: int = 1300
    measured_tables: int = 30
    training: PointSettings = field(default_factory=PointSettings)


def held_out(things: Sequence[MeshEntry]) -> tuple[list[MeshEntry], list[MeshEntry]]:
    """Return the meshes to learn on, and those left out: every third by name."""
    named = sorted(things, key=lambda thing: thing.name)
    kept = [thing for index, thing in enumerate(named) if index % HELD_OUT_EVERY != 1]
    return kept, named[1::HELD_OUT_EVERY]


def train_point_eye(
    things: Sequence[MeshEntry],
    beside: Sequence[MeshEntry],
    work_dir: Path,
    out_dir: Path,
    recipe: PointRecipe,
    report: Report,
    log: Callable[[int, dict[str, float]], None],
    device: str = "cpu",
    processes: int = 2,
) -> dict[str, Any]:
    """Draw, train, write the checkpoint, and measure it; a stopped run goes on.

    Args:
        things: meshes, a third of which is left out to measure on.
        beside: further meshes to learn on, none left out.
        work_dir: pictures and progress.
        out_dir: the checkpoint.
        recipe: how much of everything.
        report: is told how far drawing and measuring are.
        log: called with step and losses.
        device: where the network is trained.
        processes: how many draw.

    Returns:
        What `config.json` says of it.
    """
    learnt, left_out = held_out(things)
    pictures = draw_tables([*learnt, *beside], recipe.tables, work_dir, processes, report)
    network = PointNetwork()
    train_point_network(
        network,
        pictures,
        recipe.training,
        work_dir / "progress.safetensors",
        log,
        device,
        max(0, processes - 1),
    )
    out_dir.mkdir(parents=True, exist_ok=True)
    write_point_graph(network, out_dir / GRAPH)
    config = {
        "sha256": hashlib.sha256((out_dir / GRAPH).read_bytes()).hexdigest(),
        "tables": recipe.tables,
        "steps": recipe.training.steps,
        "batch": recipe.training.batch,
        "meshes": len(learnt) + len(beside),
    }
    (out_dir / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    config["measured"] = measure(load_point_eye(out_dir), left_out, recipe.measured_tables, report)
    (out_dir / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return config


def measure(
    eye: PointEye, things: Sequence[MeshEntry], tables: int, report: Report
) -> dict[str, dict[str, float]]:
    """Return how well things under points are cut out, by kind of table and how exact points are.

    Args:
        eye: to measure.
        things: that it was not trained on.
        tables: of each kind, each seen twice.
        report: is told how far it is.
    """
    figures = {}
    for kind, crowd in _CROWDS.items():
        exact: list[float] = []
        off: list[float] = []
        for table in range(tables):
            seed = _MEASURED_SEED + table
            rng = np.random.default_rng((seed, 7))
            for picture in draw_pictures(things, seed, crowd, _MEASURED_VIEWS):
                exact += _overlaps(eye, picture, 0.0, rng)
                off += _overlaps(eye, picture, _OFF, rng)
            report(f"{kind} tables measured", table + 1, tables)
        figures[f"{kind}, exact"] = shares(exact)
        figures[f"{kind}, 3 % off"] = shares(off)
    return figures


def _overlaps(
    eye: PointEye, picture: DrawnPicture, off: float, rng: np.random.Generator
) -> Iterator[float]:
    """Yield for each thing how well it is cut out about a point in its middle, or beside that.

    Args:
        eye: to measure.
        picture: with the truth.
        off: how far points are off, standard deviation in shares of the picture's longer side.
        rng: draws by how much.
    """
    shape = picture.thing_ids.shape
    shown = np.bincount(picture.thing_ids.ravel())
    for number in range(1, len(shown)):
        if shown[number] < _MEASURED_PX:
            continue
        mask = picture.thing_ids == number
        inside_px = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
        row, column = np.unravel_index(int(inside_px.argmax()), shape)
        aside_px = rng.normal(0, 1, 2) * off * max(shape)
        x_px, y_px = np.clip(np.array([column, row]) + aside_px, 0, np.array(shape[::-1]) - 1)
        seen = eye.mask(picture.frame, picture.plane, float(x_px), float(y_px))
        yield overlap(seen, mask)

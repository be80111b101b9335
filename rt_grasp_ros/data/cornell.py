"""The Cornell Grasping Dataset in the layout of `crops_<split>.jsonl` and `frames_<split>.jsonl`.

A row of the JSON lines: `image`, `pcd_id`, `object_id`, `obj_name`, `instruction_<kind>`, `grasps`
(rectangles of four corners `[x, y]` in pixels, the jaws open along the edge 0 to 1); frames also
have `depth`, `bad_grasps` and `part_instructions`. What is called depth are distances from a point
below the camera (`ORIGIN_M`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from ..grasp.errors import DataInvalid
from ..grasp.rectangle import GraspRectangle
from .grasp_picture import GraspPicture

SETS = ("crops", "frames")
CROP_SIZE_PX = (224, 224)
FRAME_SIZE_PX = (640, 480)

ORIGIN_M = (-0.207, 0.838, 0.169)
"""What the frames' distances are measured from, in the colour optical frame; so far the table is
flat within 1 mm, taken for depths it is bent by 11 mm (`python -m benchmarks.cornell_depth`)."""

_KINDS = ("name", "color", "shape", "purpose", "strategy")


def read_cornell(folder: Path, split: str, picture_set: str = "crops") -> list[GraspPicture]:
    """Read one split.

    Args:
        folder: holds the JSON lines and the pictures that they name.
        split: as in the file's name, such as `train` or `val`.
        picture_set: `crops` (224 x 224, several of each recording) or `frames` (640 x 480).

    Raises:
        DataInvalid: the file is missing, or a line of it can't be read.
    """
    path = folder / f"{picture_set}_{split}.jsonl"
    if not path.is_file():
        raise DataInvalid(
            f"There is no '{path.name}' in '{folder}'; give the folder of the data with --data "
            "and a split that it holds with --split."
        )
    size_px = CROP_SIZE_PX if picture_set == "crops" else FRAME_SIZE_PX
    pictures = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            pictures.append(read_row(json.loads(line), folder, size_px))
        except (ValueError, KeyError, TypeError) as error:
            raise DataInvalid(
                f"Line {number} of '{path.name}' can't be read ({error}); mend or remove it."
            ) from error
    return pictures


def read_row(row: dict[str, Any], folder: Path, size_px: tuple[int, int]) -> GraspPicture:
    """Read one row.

    Args:
        row: from a line of JSON.
        folder: what its paths start from.
        size_px: (width, height) of its picture.

    Raises:
        KeyError, TypeError, ValueError: a field is missing or is not what it should be.
    """
    return GraspPicture(
        picture_id=str(row["pcd_id"]),
        object_id=str(row["object_id"]),
        object_name=str(row["obj_name"]),
        image_path=folder / row["image"],
        depth_path=folder / row["depth"] if "depth" in row else None,
        width_px=size_px[0],
        height_px=size_px[1],
        rectangles=_read_rectangles(row.get("grasps", []), size_px),
        bad_rectangles=_read_rectangles(row.get("bad_grasps", []), size_px),
        instructions={
            kind: str(row[f"instruction_{kind}"]) for kind in _KINDS if f"instruction_{kind}" in row
        },
        part_instructions=tuple(row.get("part_instructions", ())),
        measured_from_m=ORIGIN_M if "depth" in row else None,
    )


def _read_rectangles(corners: list[Any], size_px: tuple[int, int]) -> tuple[GraspRectangle, ...]:
    return tuple(GraspRectangle.from_corners(np.asarray(four), *size_px) for four in corners)

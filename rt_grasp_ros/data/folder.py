"""A user's own pictures: `grasps.csv` beside them, or JSON lines as Cornell's here.

`grasps.csv` has one line a grasp and the columns `image`, `object`, `x_px`, `y_px`, `theta_deg`,
`opening_px`, and if wanted `jaw_px` (half the opening by default), `part`, `object_id` (the name by
default) and `split`. Pixels and angles are those of `GraspRectangle`: counter-clockwise as seen.
"""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

from ..grasp.errors import DataInvalid
from ..grasp.rectangle import GraspRectangle
from ..language.codec import JAW_PER_OPENING
from .cornell import read_row
from .grasp_picture import GraspPicture
from .pixels import read_colour

LABELS_FILE = "grasps.csv"


def read_folder(folder: Path, split: str) -> list[GraspPicture]:
    """Read the labelled pictures of a folder.

    Args:
        folder: holds `grasps.csv`, or else `*_<split>.jsonl` in the layout of `data/cornell.py`.
        split: which lines of `grasps.csv`, where it has the column, or which JSON lines.

    Raises:
        DataInvalid: there are no labels, or a line of them can't be read.
        NoImage: a picture is missing or is none.
    """
    if (folder / LABELS_FILE).is_file():
        return _read_csv(folder / LABELS_FILE, split)
    paths = sorted(folder.glob(f"*_{split}.jsonl"))
    if not paths:
        raise DataInvalid(
            f"There is neither '{LABELS_FILE}' nor '*_{split}.jsonl' in '{folder}'; docs/data.md "
            "shows how to label your own pictures."
        )
    return [picture for path in paths for picture in _read_json_lines(path)]


def _read_json_lines(path: Path) -> list[GraspPicture]:
    pictures = []
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                row = json.loads(line)
                size_px = _size_px(path.parent / row["image"])
                pictures.append(read_row(row, path.parent, size_px))
            except (ValueError, KeyError, TypeError) as error:
                raise DataInvalid(
                    f"Line {number} of '{path}' can't be read ({error}); mend or remove it."
                ) from error
    return pictures


def _read_csv(path: Path, split: str) -> list[GraspPicture]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    by_thing: dict[tuple[str, str], list[int]] = {}
    for index, line in enumerate(lines):
        if line.get("split", split) == split:
            key = (line.get("image") or "", line.get("object") or "")
            by_thing.setdefault(key, []).append(index)
    pictures = []
    for (image, object_name), indices in by_thing.items():
        size_px = _size_px(path.parent / image)
        rectangles = tuple(_read_line(path, lines[i], i + 2, size_px) for i in indices)
        parts = tuple(lines[i].get("part") or "" for i in indices)
        pictures.append(
            GraspPicture(
                picture_id=f"{Path(image).stem}_{object_name}".strip("_"),
                object_id=lines[indices[0]].get("object_id") or object_name,
                object_name=object_name,
                image_path=path.parent / image,
                depth_path=None,
                width_px=size_px[0],
                height_px=size_px[1],
                rectangles=rectangles,
                part_instructions=tuple(
                    f"Grasp the {part} of the {object_name}." if part else "" for part in parts
                )
                if any(parts)
                else (),
            )
        )
    return pictures


def _read_line(
    path: Path, line: dict[str, str], number: int, size_px: tuple[int, int]
) -> GraspRectangle:
    try:
        opening_px = float(line["opening_px"])
        return GraspRectangle(
            x_px=float(line["x_px"]),
            y_px=float(line["y_px"]),
            theta_rad=math.radians(float(line["theta_deg"])),
            opening_px=opening_px,
            jaw_px=float(line.get("jaw_px") or JAW_PER_OPENING * opening_px),
            image_width_px=size_px[0],
            image_height_px=size_px[1],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataInvalid(
            f"Line {number} of '{path}' can't be read ({error}); docs/data.md shows the columns."
        ) from error


def _size_px(path: Path) -> tuple[int, int]:
    height_px, width_px, _ = read_colour(path).shape
    return width_px, height_px

"""Real RGB-D frames of tables with commands and masks of what they mean; for evaluation alone.

`SPLIT/scenes.jsonl` has a row a command, `SPLIT/<scene>/` holds `color.png`, `depth_mm.png` (16
bits, 0 invalid, registered to the colour) and `intrinsics.json`, masks are PNG files named by the
rows. `docs/real_tables.md` has the layout in full.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.camera import Intrinsics
from ..grasp.errors import DataInvalid
from ..grasp.frame import RgbdFrame
from .pixels import read_colour, read_depth

ABSENT = "absent"
"""The kind of a command for what is not there."""

_FRAME_ID = "camera_color_optical_frame"
_ROWS = "scenes.jsonl"
_SET_BY = 127


@dataclass(frozen=True, slots=True)
class TabletopCommand:
    """A sentence said of a scene, and what it means.

    Attributes:
        scene: whose picture it is about.
        source: where that comes from: one camera and table.
        command: the sentence.
        kind: what it goes by: `name`, `colour`, `part`, `relation`, `size`, `purpose` or `absent`.
        mask_path: of the meant thing or part; None where it is absent.
        object_mask_path: of the whole thing; None where it is absent.
        is_hollow: whether one finger may be inside it.
        is_graspable: whether a gripper that opens 80 mm can take it; None where that is not known.
    """

    scene: str
    source: str
    command: str
    kind: str
    mask_path: Path | None
    object_mask_path: Path | None
    is_hollow: bool
    is_graspable: bool | None

    @property
    def is_absent(self) -> bool:
        """Whether nothing like it is there."""
        return self.kind == ABSENT


def read_tabletop(folder: Path, split: str) -> list[TabletopCommand]:
    """Return the commands of a split, in the order of its rows.

    Raises:
        DataInvalid: the split is not there, or a row can't be read.
    """
    path = folder / split / _ROWS
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise DataInvalid(
            f"'{path}' can't be read ({error.strerror}); give the folder of the frames with --data "
            "and the name of a split with --split."
        ) from error
    commands = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                commands.append(_read_row(json.loads(line), folder / split))
            except (KeyError, TypeError, ValueError) as error:
                raise DataInvalid(
                    f"Line {number} of '{path}' can't be read ({type(error).__name__}: {error}); "
                    "each is a JSON object as docs/real_tables.md describes it."
                ) from error
    if not commands:
        raise DataInvalid(f"'{path}' holds no command; give another split.")
    return commands


def read_scene(folder: Path, split: str, scene: str) -> RgbdFrame:
    """Return a scene's colour, depth and intrinsics.

    Raises:
        DataInvalid: its intrinsics can't be read.
        CameraError: a picture is missing or of another size.
    """
    place = folder / split / scene
    path = place / "intrinsics.json"
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        intrinsics = Intrinsics(
            fx_px=float(values["fx"]),
            fy_px=float(values["fy"]),
            cx_px=float(values["cx"]),
            cy_px=float(values["cy"]),
            width_px=int(values["width"]),
            height_px=int(values["height"]),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise DataInvalid(
            f"'{path}' can't be read ({type(error).__name__}: {error}); it holds fx, fy, cx, cy, "
            "width and height."
        ) from error
    depth_m = read_depth(place / "depth_mm.png")
    return RgbdFrame(read_colour(place / "color.png"), depth_m, intrinsics, _FRAME_ID, stamp_ns=0)


def read_mask(path: Path) -> NDArray[np.bool_]:
    """Return a mask, shape (H, W).

    Raises:
        DataInvalid: it is no picture.
    """
    mask = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) if path.is_file() else None
    if mask is None:
        raise DataInvalid(f"The mask '{path}' can't be read; fetch the data set again.")
    return np.asarray(mask > _SET_BY)


def _read_row(row: dict[str, Any], place: Path) -> TabletopCommand:
    masks = [None if row[name] is None else place / row[name] for name in ("mask", "object_mask")]
    graspable = row.get("graspable_80mm")
    command = TabletopCommand(
        scene=str(row["scene"]),
        source=str(row["source"]),
        command=str(row["command"]),
        kind=str(row["kind"]),
        mask_path=masks[0],
        object_mask_path=masks[1] or masks[0],
        is_hollow=bool(row.get("hollow", False)),
        is_graspable=graspable if isinstance(graspable, bool) else None,
    )
    if command.is_absent != (command.mask_path is None):
        raise ValueError("exactly what is absent has no mask")
    return command

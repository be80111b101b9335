"""The Jacquard data set in its public layout: rendered scenes of one object, many grasps each.

`<object>/<k>_<object>_{RGB.png | RGB.jpg, grasps.txt, ...}`, at any depth below the folder. A line
of `grasps.txt` is `x;y;theta_degrees;opening;jaw_size` in pixels. Its angles turn clockwise as
seen, ours counter-clockwise. Objects have no names.

Source: Depierre, Dellandréa, Chen, "Jacquard: A Large Scale Dataset for Robotic Grasp Detection",
IROS 2018.
"""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

import numpy as np

from ..grasp.errors import DataInvalid
from ..grasp.rectangle import GraspRectangle
from .grasp_picture import GraspPicture

SIZE_PX = (1024, 1024)

_LABELS = "_grasps.txt"
_PICTURES = ("_RGB.png", "_RGB.jpg")
_DEPTHS = ("_stereo_depth_mm.png", "_stereo_depth.tiff", "_perfect_depth.tiff")


def read_jacquard(folder: Path) -> list[GraspPicture]:
    """Read every labelled picture below a folder, in the order of their names.

    Raises:
        DataInvalid: there is none, a picture is missing, or a line can't be read.
    """
    paths = sorted(folder.rglob(f"*{_LABELS}"))
    if not paths:
        raise DataInvalid(
            f"There is no '*{_LABELS}' below '{folder}'; give the folder that holds Jacquard's "
            "folders of objects."
        )
    return [_read_picture(path) for path in paths]


def _read_picture(labels: Path) -> GraspPicture:
    stem = labels.name.removesuffix(_LABELS)
    images = [path for ending in _PICTURES if (path := labels.with_name(stem + ending)).is_file()]
    depths = [path for ending in _DEPTHS if (path := labels.with_name(stem + ending)).is_file()]
    if not images:
        raise DataInvalid(f"The picture of '{labels}' is missing; fetch the data set again.")
    return GraspPicture(
        picture_id=stem,
        object_id=stem.partition("_")[2],
        object_name="",
        image_path=images[0],
        depth_path=depths[0] if depths else None,
        width_px=SIZE_PX[0],
        height_px=SIZE_PX[1],
        rectangles=_read_rectangles(labels),
    )


def _read_rectangles(path: Path) -> tuple[GraspRectangle, ...]:
    """Read the grasps; lines that differ in the jaws' size alone become one, of median size."""
    jaws_px: dict[tuple[float, ...], list[float]] = defaultdict(list)
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), start=1):
        try:
            *grasp, jaw_px = map(float, line.split(";"))
            x_px, y_px, theta_deg, opening_px = grasp
        except ValueError as error:
            raise DataInvalid(
                f"Line {number} of '{path}' is not `x;y;theta;opening;jaw`; fetch the file again."
            ) from error
        jaws_px[x_px, y_px, theta_deg, opening_px].append(jaw_px)
    return tuple(
        GraspRectangle(
            x_px=x_px,
            y_px=y_px,
            theta_rad=-math.radians(theta_deg),
            opening_px=opening_px,
            jaw_px=float(np.median(sizes_px)),
            image_width_px=SIZE_PX[0],
            image_height_px=SIZE_PX[1],
        )
        for (x_px, y_px, theta_deg, opening_px), sizes_px in jaws_px.items()
    )

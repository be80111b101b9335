"""The Cornell Grasping Dataset as its authors published it.

`pcdNNNNr.png`, `pcdNNNNcpos.txt`, `pcdNNNNcneg.txt`, in one folder or in several: files belong
together by their number. Four lines `x y` make one rectangle; the jaws open along its first edge.
The download does not say which object a picture shows: an `objects.csv` beside it with the columns
`pcd_id,object_id,object_name` may.

Source: Jiang, Moseson, Saxena, "Efficient Grasping from RGBD Images", ICRA 2011.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from ..grasp.errors import DataInvalid
from ..grasp.rectangle import GraspRectangle
from .cornell import FRAME_SIZE_PX
from .grasp_picture import GraspPicture

OBJECTS_FILE = "objects.csv"

_PICTURE = "r.png"


def read_cornell_download(folder: Path) -> list[GraspPicture]:
    """Read every picture below a folder, in the order of their numbers.

    Raises:
        DataInvalid: there is no picture, or a file can't be read.
    """
    pictures = {path.name.removesuffix(_PICTURE): path for path in folder.rglob(f"pcd*{_PICTURE}")}
    if not pictures:
        raise DataInvalid(
            f"There is no 'pcd*{_PICTURE}' below '{folder}'; give the folder of the unpacked data."
        )
    labels = {path.name: path for path in folder.rglob("pcd*c???.txt")}
    objects = _read_objects(folder / OBJECTS_FILE)
    read = []
    for stem, image_path in sorted(pictures.items()):
        pcd_id = stem.removeprefix("pcd")
        object_id, object_name = objects.get(pcd_id, (pcd_id, ""))
        read.append(
            GraspPicture(
                picture_id=pcd_id,
                object_id=object_id,
                object_name=object_name,
                image_path=image_path,
                depth_path=None,
                width_px=FRAME_SIZE_PX[0],
                height_px=FRAME_SIZE_PX[1],
                rectangles=_read_rectangles(labels.get(f"{stem}cpos.txt")),
                bad_rectangles=_read_rectangles(labels.get(f"{stem}cneg.txt")),
            )
        )
    return read


def _read_objects(path: Path) -> dict[str, tuple[str, str]]:
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        try:
            return {
                row["pcd_id"]: (row["object_id"], row["object_name"])
                for row in csv.DictReader(file)
            }
        except (KeyError, csv.Error) as error:
            raise DataInvalid(
                f"'{path}' needs the columns pcd_id,object_id,object_name; mend it."
            ) from error


def _read_rectangles(path: Path | None) -> tuple[GraspRectangle, ...]:
    """Read a file of corners; the published ones hold a few NaN, whose rectangles are left out."""
    if path is None:
        return ()
    try:
        corners = np.array(path.read_text(encoding="ascii").split(), dtype=np.float64)
        corners = corners.reshape(-1, 4, 2)
    except ValueError as error:
        raise DataInvalid(f"'{path}' does not hold four lines `x y` a rectangle.") from error
    return tuple(
        GraspRectangle.from_corners(four, *FRAME_SIZE_PX)
        for four in corners
        if np.isfinite(four).all()
    )

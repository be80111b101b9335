"""Things cut out of pictures, with what they are called: what the word eye learns names from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.tight_crop import MARGIN, tight_crop
from ..sim.mesh_pictures import MeshPicture, draw_mesh_pictures
from ..sim.meshes.mesh_entry import MeshEntry
from .grasp_picture import GraspPicture
from .pixels import read_colour

RECORDED = "recorded/"
"""What the instance's name begins with where a crop was recorded and not drawn."""

_FEWEST_PX = 250
_LOOSEST = 1.3
_SHIFT = 0.03
_RECTANGLES_ADD_PX = 6


@dataclass(frozen=True, slots=True, eq=False)
class NamedCrop:
    """A thing cut out.

    Attributes:
        rgb: uint8, shape (S, S, 3).
        object_id: which instance it is.
        names: what it is called, the usual name first.
    """

    rgb: NDArray[np.uint8]
    object_id: str
    names: tuple[str, ...]


def crops_of_meshes(
    things: Sequence[MeshEntry], seeds: Iterable[int], side_px: int
) -> Iterator[NamedCrop]:
    """Yield the things on random tables, cut out nearly as tightly as a segment is.

    Args:
        things: meshes.
        seeds: one a table.
        side_px: of the crops.
    """
    for seed in seeds:
        rng = np.random.default_rng((seed, 1))
        for picture in draw_mesh_pictures(things, seed):
            yield from _crops_of(picture, rng, side_px)


def _crops_of(picture: MeshPicture, rng: np.random.Generator, side_px: int) -> Iterator[NamedCrop]:
    for number, thing in enumerate(picture.things, 1):
        crop = _cut_out(picture.rgb, picture.thing_ids == number, rng, side_px)
        if crop is not None:
            yield NamedCrop(crop, thing.name, (thing.noun, *thing.other_names))


def _cut_out(
    rgb: NDArray[np.uint8], shown: NDArray[np.bool_], rng: np.random.Generator, side_px: int
) -> NDArray[np.uint8] | None:
    """Return what a mask shows, cut out about as a segment is; None where small or cut off."""
    mask = shown.astype(np.uint8)
    if np.count_nonzero(mask) < _FEWEST_PX:
        return None
    left, top, width, height = cv2.boundingRect(mask)
    if left == 0 or top == 0 or left + width == mask.shape[1] or top + height == mask.shape[0]:
        return None
    aside = rng.normal(0, _SHIFT, 2) * max(width, height)
    box_px = (left + int(aside[0]), top + int(aside[1]), width, height)
    return tight_crop(rgb, box_px, side_px, rng.uniform(MARGIN - 0.1, _LOOSEST))


def crops_of_recorded(pictures: Iterable[GraspPicture], side_px: int) -> Iterator[NamedCrop]:
    """Yield the labelled thing of each picture, cut out at the extent of its grasps.

    Args:
        pictures: of a data set with labelled grasps; those without a name are left out.
        side_px: of the crops.
    """
    for picture in pictures:
        if not (picture.object_name and picture.rectangles):
            continue
        corners_px = np.concatenate([one.corners() for one in picture.rectangles])
        low_px, high_px = corners_px.min(axis=0), corners_px.max(axis=0)
        left, top = (int(value) for value in low_px)
        width, height = (int(value) for value in high_px - low_px)
        most_px = int(min(picture.width_px, picture.height_px) / MARGIN)
        side = min(max(width, height) + _RECTANGLES_ADD_PX, most_px)
        box_px = (left + (width - side) // 2, top + (height - side) // 2, side, side)
        yield NamedCrop(
            tight_crop(read_colour(picture.image_path), box_px, side_px),
            f"{RECORDED}{picture.object_id}",
            (picture.object_name,),
        )

"""Labelled pictures as plain values: what every training stage reads."""

from __future__ import annotations

from dataclasses import dataclass

from ..grasp.rectangle import GraspRectangle


@dataclass(frozen=True, slots=True)
class LabelledPart:
    """One part of one object in a picture, with its grasp.

    Attributes:
        object_name: as in the vocabulary.
        part_name: as in the vocabulary.
        colour_name: as in the vocabulary, or empty where no single colour names it.
        part_id: value of the part's pixels in the part map.
        rectangle: its grasp in pixels of the labelled picture.
        visible_fraction: share of the part that the camera sees, 0..1.
        is_default: whether this part is meant where a command names the object only.
    """

    object_name: str
    part_name: str
    colour_name: str
    part_id: int
    rectangle: GraspRectangle
    visible_fraction: float
    is_default: bool

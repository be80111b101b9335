"""A picture with grasps that somebody labelled: what every reader of a data set returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..grasp.rectangle import GraspRectangle


@dataclass(frozen=True, slots=True)
class GraspPicture:
    """One picture of a data set; its pixels stay on disk until they are asked for.

    Attributes:
        picture_id: names the recording; several crops of one recording share it.
        object_id: names the object instance; splits by object go by it.
        object_name: what a person calls the object, or empty.
        image_path: colour picture.
        depth_path: registered depth, 16-bit PNG in millimetres, 0 invalid; None without depth.
        width_px: width of the picture.
        height_px: height of the picture.
        rectangles: good grasps, in the data set's order; empty where none were labelled.
        bad_rectangles: grasps that were labelled as bad.
        instructions: commands by kind: `name`, `color`, `shape`, `purpose`; `strategy` is a
            short piece of reasoning.
        part_instructions: for each of `rectangles` a command that names the part, or empty.
        measured_from_m: the point that the depth picture's distances are measured from, in the
            colour optical frame; None where it holds depths along the optical axis.
    """

    picture_id: str
    object_id: str
    object_name: str
    image_path: Path
    depth_path: Path | None
    width_px: int
    height_px: int
    rectangles: tuple[GraspRectangle, ...]
    bad_rectangles: tuple[GraspRectangle, ...] = ()
    instructions: Mapping[str, str] = field(default_factory=dict)
    part_instructions: tuple[str, ...] = ()
    measured_from_m: tuple[float, float, float] | None = None

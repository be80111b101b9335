"""The page of misses and hits in the simulated cell; its pictures are drawn again from the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..grasp.draw import draw_comparison
from ..grasp.rectangle import GraspRectangle
from ..sim.cameras.choice import CameraChoice, choice_from_json
from ..sim.cell import Cell
from .absence import Presence
from .figure_page import Figure, figure_page
from .scenes import scene_of
from .shown_trials import spread_evenly
from .trials import Row

SHOWN_MISSES, SHOWN_HITS = 24, 6
"""At most so many of each section are shown."""

_LEAD = (
    "Green: the label, or the grasp that a follow-up was said of. Red and blue: what was answered; "
    "the jaws are red. In each section misses come first."
)


class _Pictures:
    """Pictures of scenes, each drawn once."""

    def __init__(self, cameras: CameraChoice, mesh_folders: Sequence[str]) -> None:
        self._cameras, self._mesh_folders = cameras, mesh_folders
        self._drawn: dict[tuple[int, tuple[str, ...]], NDArray[np.uint8]] = {}

    def of(self, seed: int, objects: Sequence[str]) -> NDArray[np.uint8]:
        """Return what the cell's camera sees of a scene."""
        key = (seed, tuple(objects))
        if key not in self._drawn:
            with Cell(scene_of(seed, objects, self._cameras, self._mesh_folders)) as cell:
                self._drawn[key] = cell.observe().rgb
        return self._drawn[key]


def cell_page(report: Mapping[str, Any]) -> str:
    """Return a page with the result's numbers, misses and hits; it refers to no other file.

    Args:
        report: of `evaluate_sim` or `evaluate_suite`, or one of the latter's sections, which says
            no camera and is the cell's.
    """
    sections = {key: value for key, value in report.items() if _has_rows(value)}
    if _has_rows(report):
        sections = {"picks": report}
    camera = report.get("camera")
    pictures = _Pictures(
        CameraChoice() if camera is None else choice_from_json(camera), report.get("meshes", ())
    )
    return figure_page(
        f"{report['model']} in the simulated cell",
        _LEAD,
        report,
        {
            name.replace("_", " "): [_drawn(pictures, *found) for found in _chosen(section)]
            for name, section in sections.items()
        },
    )


def _has_rows(value: object) -> bool:
    return isinstance(value, Mapping) and bool({"attempts_detail", "scenes_detail"} & set(value))


def _chosen(section: Mapping[str, Any]) -> list[tuple[Row, Row]]:
    """Return rows and what to show of each: misses, then hits, each evenly spaced."""
    rows = section.get("attempts_detail") or section.get("scenes_detail") or []
    items = [(row, item) for row in rows for item in _items(row)]
    misses = [found for found in items if not found[1]["is_hit"]]
    hits = [found for found in items if found[1]["is_hit"]]
    return [*spread_evenly(misses, SHOWN_MISSES), *spread_evenly(hits, SHOWN_HITS)]


def _items(row: Row) -> Iterator[Row]:
    """Yield what a row answered: one command, five questions, or several follow-ups."""
    if "label" in row:
        part = row["gripped_part"] if row["names_part"] and row["lifted"] else None
        ended = f"lifted the {row['lifted_object']}" if row["lifted_object"] else "lifted nothing"
        yield {
            "command": row["command"],
            "text": row["reasoning"] or "",
            "remark": f"{ended}{f' by the {part}' if part else ''}. {row['error_message']}",
            "is_hit": row["lifted"] and part in (None, row["part_name"]),
            "before": row["label"],
            "after": row["rectangle"],
        }
    for question in row.get("questions", []):
        is_present = question["presence"] == Presence.PRESENT
        yield {
            "command": question["command"],
            "text": question["reasoning"],
            "remark": question["presence"].replace("_", " "),
            "is_hit": question["is_refused"] is not is_present and not question["is_garbled"],
            "before": None,
            "after": None,
        }
    for said in row.get("sentences", []):
        yield {
            "command": said["command"],
            "text": said["text"],
            "remark": said["saying"].replace("_", " "),
            "is_hit": said["is_kept"] and said["is_colour_right"] is not False,
            "before": None,
            "after": None,
        }
    for follow_up in row.get("follow_ups", []):
        obeyed = "obeyed" if follow_up["is_obeyed"] else "not obeyed"
        yield {
            "command": f"{row['command']} ... {follow_up['command']}",
            "text": follow_up["reasoning"],
            "remark": f"{obeyed}, {'a' if follow_up['is_grasp'] else 'no'} grasp",
            "is_hit": follow_up["is_obeyed"] and follow_up["is_grasp"],
            "before": follow_up["before"],
            "after": follow_up["after"],
        }


def _drawn(pictures: _Pictures, row: Row, item: Row) -> Figure:
    before, after = (_rectangle(item[key]) for key in ("before", "after"))
    return Figure(
        picture_rgb=draw_comparison(
            pictures.of(row["scene_seed"], row["objects"]), [before] if before else [], after
        ),
        name=f"scene {row['scene_seed']}",
        command=item["command"],
        text=item["text"],
        remark=item["remark"],
        is_hit=item["is_hit"],
    )


def _rectangle(fields: Row | None) -> GraspRectangle | None:
    return GraspRectangle(**fields) if fields else None

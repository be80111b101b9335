"""Gemma 4, asked as Qwen3-VL is, and told the unit; not run here."""

from __future__ import annotations

from ..pointing.convention import THOUSANDTHS
from ..pointing.pointing_family import PointingFamily
from ..pointing.said_places import json_places
from ..pointing.written_places import as_json

FAMILY = PointingFamily(
    asked=(
        "Locate every instance that belongs to the following categories: '{target}'. "
        "Report bbox coordinates in JSON format. "
        "All coordinates must be integers normalized to the range 0 to 1000."
    ),
    convention=THOUSANDTHS,
    read_places=json_places,
    write_places=as_json("point_2d", "bbox_2d"),
    none="```json\n[]\n```",
    boxes=True,
)

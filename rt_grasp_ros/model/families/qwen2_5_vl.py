"""Qwen2.5-VL, asked for boxes as Qwen3-VL is; not run here.

Numbers are pixels of the picture as its processor scales it: to multiples of 28. It is handed a
picture of such a size, so that there is one kind of pixel only.
"""

from __future__ import annotations

from ..pointing.convention import PIXELS
from ..pointing.pointing_family import PointingFamily
from ..pointing.said_places import json_places
from ..pointing.written_places import as_json

FAMILY = PointingFamily(
    asked=(
        "Locate every instance that belongs to the following categories: '{target}'. "
        "Report bbox coordinates in JSON format."
    ),
    convention=PIXELS,
    read_places=json_places,
    write_places=as_json("point_2d", "bbox_2d"),
    none="```json\n[]\n```",
    boxes=True,
    multiple_px=28,
)

"""Qwen3-VL and Qwen3.5, asked for boxes; not run here.

The question is that of the authors' evaluation (QwenLM/Qwen3-VL, evaluation/ODinW-13). Numbers are
thousandths of width and height; whether they end at 999 or 1000 (their issue 1741) is less than a
pixel. llama.cpp's server sometimes writes tuples instead of JSON, which are read as well.
"""

from __future__ import annotations

from ..pointing.convention import THOUSANDTHS
from ..pointing.pointing_family import PointingFamily
from ..pointing.said_places import json_places
from ..pointing.written_places import as_json

FAMILY = PointingFamily(
    asked=(
        "Locate every instance that belongs to the following categories: '{target}'. "
        "Report bbox coordinates in JSON format."
    ),
    convention=THOUSANDTHS,
    read_places=json_places,
    write_places=as_json("point_2d", "bbox_2d"),
    none="```json\n[]\n```",
    boxes=True,
)

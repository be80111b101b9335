"""Gemini Robotics-ER behind its vendor's OpenAI-compatible endpoint; not run here.

It is asked for points. The question is that of the vendor's documentation, with what to point at.
Numbers are thousandths, the downward one first: of points (`point`) and of boxes (`box_2d`: ymin,
xmin, ymax, xmax).
"""

from __future__ import annotations

from ..pointing.convention import THOUSANDTHS_Y_FIRST
from ..pointing.pointing_family import PointingFamily
from ..pointing.said_places import json_places
from ..pointing.written_places import as_json

FAMILY = PointingFamily(
    asked=(
        "Point to no more than 10 items in the image that are: {target}. "
        "The label returned should be an identifying name for the object detected. "
        'The answer should follow the json format: [{"point": <point>, "label": <label1>}, ...]. '
        "The points are in [y, x] format normalized to 0-1000. If there is none, answer []."
    ),
    convention=THOUSANDTHS_Y_FIRST,
    read_places=json_places,
    write_places=as_json("point", "box_2d"),
    none="[]",
)

"""RoboPoint, and others that are asked like it (RoboRefer, InternVL, GPT); not run here.

They answer with several points on one thing; numbers are 0 to 1 of width and height.
"""

from __future__ import annotations

from ..pointing.convention import SHARES
from ..pointing.pointing_family import PointingFamily
from ..pointing.said_places import tuple_places
from ..pointing.written_places import as_tuples

FAMILY = PointingFamily(
    asked=(
        "Find the {target}. "
        "Your answer should be formatted as a list of tuples, i.e. [(x1, y1), (x2, y2), ...], "
        "where each tuple contains the x and y coordinates of a point satisfying the conditions "
        "above. The coordinates should be between 0 and 1, indicating the normalized pixel "
        "locations of the points in the image."
    ),
    convention=SHARES,
    read_places=tuple_places,
    write_places=as_tuples,
    none="[]",
)

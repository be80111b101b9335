"""Molmo2 and Molmo2-ER, asked for points; not run here.

Question and format are those of the authors' code (allenai/molmo2, point_formatter.py and
data_formatter.py). Numbers are thousandths; vLLM serves it from 0.15 on.
"""

from __future__ import annotations

from ..pointing.convention import THOUSANDTHS
from ..pointing.pointing_family import PointingFamily
from ..pointing.said_places import coords_tags
from ..pointing.written_places import as_coords_tags

FAMILY = PointingFamily(
    asked="Point to {target}\nPlease say 'There are none.' if it is not in the image.",
    convention=THOUSANDTHS,
    read_places=coords_tags,
    write_places=as_coords_tags,
    none="There are none.",
)

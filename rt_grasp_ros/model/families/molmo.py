"""Molmo (the first), asked for points; not run here. Numbers are per cent of width and height."""

from __future__ import annotations

from ..pointing.convention import PER_CENT
from ..pointing.pointing_family import PointingFamily
from ..pointing.said_places import percent_tags
from ..pointing.written_places import as_percent_tags

FAMILY = PointingFamily(
    asked="Point to {target}",
    convention=PER_CENT,
    read_places=percent_tags,
    write_places=as_percent_tags,
    none=" There are none.",
)

"""LocateAnything-3B, asked with the phrase alone, answers with boxes; not run here."""

from __future__ import annotations

from ..pointing.convention import THOUSANDTHS
from ..pointing.pointing_family import PointingFamily
from ..pointing.said_places import box_tags
from ..pointing.written_places import as_box_tags

FAMILY = PointingFamily(
    asked="{target}",
    convention=THOUSANDTHS,
    read_places=box_tags,
    write_places=as_box_tags,
    none="<box>none</box>",
    boxes=True,
)

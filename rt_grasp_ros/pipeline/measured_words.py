"""What a reasoning says of a thing's colour is what was measured, or is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..grasp.colour_names import SURE_COLOURS, colour_shares
from ..grasp.frame import RgbdFrame
from ..language.answer import Answer
from ..language.vocabulary import load_vocabulary
from ..proposals.segments import Segment

_MAIN_SHARE = 0.5


def stated_colour(reasoning: str) -> re.Match[str] | None:
    """Return where a reasoning names a colour; None where it names none."""
    return re.search(rf"\b({'|'.join(load_vocabulary().colours)}) ", reasoning)


def with_measured_colour(answer: Answer, frame: RgbdFrame, segments: Sequence[Segment]) -> Answer:
    """Return an answer whose reasoning names no colour but one that the thing has.

    A stated colour stays where at least half of the thing has it. Else the colour of at least half
    is put in its place where it is one that light does not change into another, or none.

    Args:
        answer: with a rectangle or without.
        frame: that it is about.
        segments: what stands on the table there.
    """
    stated = stated_colour(answer.reasoning)
    rectangle = answer.rectangle
    if stated is None or rectangle is None or not rectangle.is_inside_image:
        return answer
    at = int(rectangle.y_px), int(rectangle.x_px)
    around = [segment for segment in segments if segment.mask[at]]
    shares: dict[str, float] = {}
    if around:
        thing = max(around, key=lambda segment: segment.area_px)
        shares = colour_shares(frame.rgb[thing.place][thing.mask[thing.place]])
    if shares.get(stated[1], 0.0) >= _MAIN_SHARE:
        return answer
    sure = [name for name in SURE_COLOURS if shares.get(name, 0.0) >= _MAIN_SHARE]
    put = f"{sure[0]} " if sure else ""
    text = f"{answer.reasoning[: stated.start()]}{put}{answer.reasoning[stated.end() :]}"
    return replace(answer, reasoning=text)

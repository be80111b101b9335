"""The last grasp of a dialogue once more: as it was, or changed as a follow-up says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..grasp.errors import AnswerGarbled, CommandUnclear
from ..grasp.frame import RgbdFrame
from ..grasp.rectangle import GraspRectangle
from ..language.answer import Answer, parse_answer
from ..language.change import Change
from ..language.grounding import describe_closing, describe_place
from ..language.prompt import Turn
from ..language.refinement import apply, describe, load_follow_ups

_AROUND_PX = 12  # depth is read so far around a grasp's centre


def last_grasp(history: Sequence[Turn], frame: RgbdFrame) -> GraspRectangle | None:
    """Return the grasp of the last turn; None where it had none.

    Args:
        history: earlier turns of the dialogue, oldest first, their rectangles in the picture.
        frame: the picture.
    """
    if not history:
        return None
    size_px = frame.intrinsics.width_px, frame.intrinsics.height_px
    try:
        return parse_answer(history[-1].answer, *size_px).rectangle
    except AnswerGarbled:
        return None


def changed(change: Change, before: GraspRectangle, frame: RgbdFrame) -> Answer:
    """Return a grasp, changed as a follow-up says.

    Args:
        change: what it says.
        before: the grasp.
        frame: the picture, whose depth tells how many pixels a length has.

    Raises:
        CommandUnclear: a length is said, and there is no depth at the grasp.
    """
    metre_px = _metre_px(before, frame) if change.is_measured else 1.0
    side_px = max(before.image_width_px, before.image_height_px)
    refinement = change.in_picture(side_px, before.opening_px, metre_px)
    after = apply(refinement, before)
    said = describe(refinement, after, load_follow_ups().refinement_answers[0])
    return Answer(said, after, 1.0)


def repeated(before: GraspRectangle) -> Answer:
    """Return a grasp once more, and say that it is the same."""
    said = (
        f"The same grasp as before, unchanged: it lies {describe_place(before)} and closes "
        f"{describe_closing(before)}."
    )
    return Answer(said, before, 1.0)


def _metre_px(grasp: GraspRectangle, frame: RgbdFrame) -> float:
    """Return how many pixels a metre has at a grasp."""
    x, y = int(grasp.x_px), int(grasp.y_px)
    near = frame.depth_m[
        max(0, y - _AROUND_PX) : y + _AROUND_PX + 1, max(0, x - _AROUND_PX) : x + _AROUND_PX + 1
    ]
    seen = near[np.isfinite(near) & (near > 0)]
    if not seen.size:
        raise CommandUnclear("there is no depth at the grasp, to measure from", is_follow_up=True)
    return max(frame.intrinsics.fx_px, frame.intrinsics.fy_px) / float(np.median(seen))

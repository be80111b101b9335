"""The last grasp of a dialogue once more: as it was, or changed as a follow-up says."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ..grasp.errors import AnswerGarbled, CommandUnclear, NoSupportPlane
from ..grasp.frame import RgbdFrame
from ..grasp.rectangle import GraspRectangle
from ..grasp.support import Support
from ..language.answer import Answer, parse_answer
from ..language.change import Change
from ..language.grounding import describe_closing, describe_place
from ..language.prompt import Turn
from ..language.refinement import apply, describe, load_follow_ups
from ..language.request import Earlier
from ..proposals.segments import find_segments
from .looking import FindTable

_LEAST_HELD = 0.05
"""Of what a grasp closes on: where things cover less, what was there is gone."""
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


def grasp_of(
    earlier: Earlier, history: Sequence[Turn], frame: RgbdFrame
) -> tuple[int, GraspRectangle] | None:
    """Return the number of a turn and its grasp; None where there is none such.

    Args:
        earlier: which one.
        history: turns of the dialogue, oldest first, their rectangles in the picture.
        frame: the picture.
    """
    if last_grasp(history, frame) is None and earlier is Earlier.LAST:
        return None
    turns = range(len(history))
    grasps = [(k, grasp) for k in turns if (grasp := last_grasp(history[: k + 1], frame))]
    nth = {Earlier.FIRST: 0, Earlier.LAST: len(grasps) - 1, Earlier.BEFORE_LAST: len(grasps) - 2}
    return grasps[nth[earlier]] if 0 <= nth[earlier] < len(grasps) else None


def is_still_there(grasp: GraspRectangle, frame: RgbdFrame, find_table: FindTable) -> bool:
    """Whether a thing stands between the jaws of a grasp; where no table is found it may be.

    Args:
        grasp: of an earlier picture.
        frame: the picture now.
        find_table: finds the planes that things stand on.
    """
    try:
        support = find_table()
    except NoSupportPlane:
        return True
    closed_on = np.zeros(frame.depth_m.shape, np.uint8)
    cv2.fillPoly(closed_on, [np.round(grasp.corners()).astype(np.int32)], 1)
    segments = find_segments(frame, Support((support.plane,)), fold_limits=(None,))
    held = [np.count_nonzero(closed_on.astype(bool) & one.mask) for one in segments]
    return bool(max(held, default=0) >= _LEAST_HELD * np.count_nonzero(closed_on))


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


def repeated(before: GraspRectangle, earlier: Earlier = Earlier.LAST) -> Answer:
    """Return a grasp once more, and say that it is the same."""
    which = {
        Earlier.LAST: "The same grasp as before",
        Earlier.BEFORE_LAST: "The grasp before the last one",
        Earlier.FIRST: "The first grasp",
    }
    said = (
        f"{which[earlier]}, unchanged: it lies {describe_place(before)} and closes "
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

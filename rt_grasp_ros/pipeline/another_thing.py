"""The other one: what was taken last is left out, and the rest is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import CommandUnclear, NoSupportPlane
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Gripper
from ..grasp.rectangle import GraspRectangle
from ..grasp.support import Support
from ..language.answer import Answer
from ..language.request import Request
from ..proposals.proposal import Proposals
from ..proposals.segments import Segment, common_px, find_segments
from .by_words import answer_by_words
from .looking import FindTable, Looked
from .named_table import NamedTable
from .painted_over import MARGIN_PX, painted_over

AskAbout = Callable[[RgbdFrame, str], Looked]
"""Asks the model about a frame for what a plain command names."""

_SAME_SHARE = 0.5


def another(
    request: Request,
    before: GraspRectangle,
    frame: RgbdFrame,
    ask: AskAbout,
    find_table: FindTable,
) -> Looked:
    """Return answers about another thing of a name: the last one is painted over.

    Args:
        request: for the thing that was taken last, see `redirected`.
        before: where it was taken.
        frame: colour and depth.
        ask: asks the model; one that points is asked about the whole frame.
        find_table: finds the planes that things stand on.

    Raises:
        CommandUnclear: depth does not tell what was taken.
    """
    try:
        segments = find_segments(frame, Support((find_table().plane,)), fold_limits=(None,))
    except NoSupportPlane:
        segments = []
    last = _at(before, segments)
    if last is None:
        raise CommandUnclear("depth does not tell what was taken before", is_follow_up=True)
    gone = cv2.dilate(last.mask.astype(np.uint8), np.ones((2 * MARGIN_PX + 1,) * 2, np.uint8)) > 0
    shown = painted_over(frame.rgb, [last], segments, np.zeros_like(gone))
    depth_m = np.where(gone, np.float32(np.nan), frame.depth_m)
    looked = ask(replace(frame, rgb=shown, depth_m=depth_m), request.plain)
    if looked.answers[0].places is not None:
        looked = ask(frame, request.plain)
    others = [answer for answer in looked.answers if not _is_in(answer.rectangle, gone)]
    absent = Answer(f"I see no other {request.noun}.", None, 1.0)
    return replace(looked, answers=others or [absent])


def another_by_words(
    request: Request,
    before: GraspRectangle,
    table: NamedTable,
    gripper: Gripper,
    count: int,
    search: Proposals | None = None,
) -> Looked:
    """Return grasps of another thing that words name, see `another` and `answer_by_words`."""
    last = _at(before, table.segments)
    kept = [k for k, one in enumerate(table.segments) if not _is_of(one, last)]
    rest = replace(table, segments=[table.segments[k] for k in kept], whole=table.whole[kept])
    return answer_by_words(request, rest, gripper, count, search)


def _at(grasp: GraspRectangle, segments: Sequence[Segment]) -> Segment | None:
    """Return the segment that a grasp closes on most; the largest where several are one thing."""
    if not segments:
        return None
    closed_on = np.zeros(segments[0].mask.shape, np.uint8)
    cv2.fillPoly(closed_on, [np.round(grasp.corners()).astype(np.int32)], 1)
    held = [np.count_nonzero(closed_on.astype(bool) & one.mask) for one in segments]
    most = max(held)
    if not most:
        return None
    alike = [one for one, count in zip(segments, held, strict=True) if count >= _SAME_SHARE * most]
    return max(alike, key=lambda one: one.area_px)


def _is_of(segment: Segment, last: Segment | None) -> bool:
    if last is None:
        return False
    return bool(common_px(segment, last) >= _SAME_SHARE * segment.area_px)


def _is_in(rectangle: GraspRectangle | None, area: NDArray[np.bool_]) -> bool:
    if rectangle is None:
        return False
    return rectangle.is_inside_image and bool(area[int(rectangle.y_px), int(rectangle.x_px)])

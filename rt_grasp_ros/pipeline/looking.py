"""Shows a model the table as it was trained to see it, and carries its answers back."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from ..grasp.depth import samples_in_polygon
from ..grasp.errors import (
    AbsenceUnsure,
    AnswerGarbled,
    NoSupportPlane,
    ObjectNotFound,
    RtGraspError,
)
from ..grasp.frame import RgbdFrame
from ..grasp.overhead import Overhead
from ..grasp.overhead_picture import OverheadPicture, TableScene, draw_overhead
from ..grasp.plane import Plane
from ..grasp.rectangle import GraspRectangle
from ..grasp.support import Support, find_support
from ..grasp.trained_view import TrainedView, slant_rad
from ..language.answer import Answer, parse_answer
from ..language.prompt import Turn
from .windows import Windows, choose_windows

_log = logging.getLogger(__name__)

AskModel = Callable[[NDArray[np.uint8], Sequence[Turn]], list[Answer]]
"""Asks about a picture (uint8, shape (H, W, 3)), with the earlier turns of the dialogue."""

FindTable = Callable[[], Support]
"""Returns the planes that things stand on; raises `NoSupportPlane` where there is none."""

_COARSEST_M = 0.004  # of the table in a pixel: half as fine as what the model reads
_STEEPEST_DEG = 60.0
_TOP_PERCENTILE = 90.0
_CUT_PIXELS = 8
_UNSEEN = (
    "the model sees something like it where depth shows the bare table, so it can't be grasped: "
    "change the light or the view, the object may be transparent or flat"
)


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What the model says.

    Attributes:
        answers: best first, rectangles in the camera's picture; one without where it is absent.
        doubt: why the model may have missed something, and what to do; empty where it was shown
            all of the table that the camera sees, as it was trained to see it.
    """

    answers: list[Answer]
    doubt: str

    def absence(self) -> RtGraspError:
        """Return what to say where the first answer is that the object is absent."""
        reasoning = self.answers[0].reasoning
        return AbsenceUnsure(reasoning, self.doubt) if self.doubt else ObjectNotFound(reasoning)


def look(
    frame: RgbdFrame,
    trained: TrainedView | None,
    history: Sequence[Turn],
    ask: AskModel,
    find_table: FindTable | None = None,
    *,
    at_things_alone: bool = False,
) -> Looked:
    """Ask a model about a table.

    A model that was trained on views of a table gets such views: straight from above, at the
    trained scale, as many as what stands there needs. The best answer counts. Where the camera
    sees the table so already, and for other models, the picture is given as it is.

    Args:
        frame: colour and depth.
        trained: how the model was trained to see a table; None where it was on other pictures.
        history: earlier turns, their rectangles in the camera's picture, oldest first.
        ask: the model.
        find_table: finds the planes that things stand on; in the frame's own depth where left out.
        at_things_alone: whether the bare table is left out, where the model may see what depth
            does not show.
    """
    if trained is None:
        return Looked(ask(frame.rgb, history), doubt="")
    try:
        find_table = find_table or partial(find_support, frame.depth_m, frame.intrinsics)
        plane = find_table().plane
    except NoSupportPlane as error:
        return Looked(ask(frame.rgb, history), doubt=error.message[:-1])
    if trained.is_that_of(frame.intrinsics, plane):
        return Looked(ask(frame.rgb, history), doubt="")
    shown = _views_of(frame, plane, trained)
    scene, windows = shown.scene, shown.windows
    answers = _best(shown, windows.at_things, history, ask)
    doubt = _doubt(scene, windows.are_all)
    if answers is None or answers[0].rectangle is None:
        # Depth shows nothing there: what the model sees there can't be grasped, but be missing.
        elsewhere = None if at_things_alone else _best(shown, windows.elsewhere, (), ask)
        if answers is None:
            answers = elsewhere or ask(frame.rgb, history)
        elif elsewhere is not None and elsewhere[0].rectangle is not None:
            doubt = doubt or _UNSEEN
    if answers[0].rectangle is not None and (outside := _outside_trained(scene)):
        _log.warning("The grasp is less sure than usual, since %s.", outside)
    return Looked(answers, doubt)


@dataclass(frozen=True, slots=True, eq=False)
class _Views:
    """A frame as a model was trained to see one.

    Attributes:
        scene: what was measured of it.
        trained: how the model was trained.
        windows: where to look.
        drawn: the views that were drawn, by their places on the table.
    """

    scene: TableScene
    trained: TrainedView
    windows: Windows
    drawn: dict[tuple[float, float], OverheadPicture] = field(default_factory=dict)

    def at(self, x_m: float, y_m: float) -> OverheadPicture:
        """Return the view of a place, drawn once for all that is asked about it."""
        if (x_m, y_m) not in self.drawn:
            overhead = Overhead.above(
                self.scene.frame.intrinsics,
                self.trained.intrinsics,
                self.scene.axes,
                np.array([x_m, y_m]),
                self.trained.distance_m,
            )
            self.drawn[x_m, y_m] = draw_overhead(self.scene, overhead)
        return self.drawn[x_m, y_m]


_VIEWS: WeakKeyDictionary[RgbdFrame, dict[tuple[Plane, TrainedView], _Views]] = WeakKeyDictionary()
"""Kept as long as the frame is: a command asks about one again and again, the next has another."""


def _views_of(frame: RgbdFrame, plane: Plane, trained: TrainedView) -> _Views:
    """Measure a frame and choose where to look, once for all that is asked about it."""
    of_frame = _VIEWS.setdefault(frame, {})
    if (plane, trained) not in of_frame:
        scene = TableScene.of(frame, plane)
        of_frame[plane, trained] = _Views(scene, trained, choose_windows(scene, trained))
    return of_frame[plane, trained]


def _best(
    shown: _Views,
    places_m: NDArray[np.float64],
    history: Sequence[Turn],
    ask: AskModel,
) -> list[Answer] | None:
    """Return the best answers of the views of places, rectangles in the camera's picture.

    Where the dialogue was about a grasp that one of the views shows, that view comes first, and
    what is found in it counts. None where there are no places.
    """
    views = []
    for x_m, y_m in places_m.tolist():
        view = shown.at(x_m, y_m)
        views.append((view, _turns_in(shown.scene, view, history)))
    refusal: list[Answer] | None = None
    for is_first in (True, False):
        found = []
        for view, turns in views:
            if bool(turns) is is_first:
                answers = [_in_picture(answer, view) for answer in ask(view.rgb, turns)]
                if answers[0].rectangle is not None:
                    found.append(answers)
                refusal = refusal or answers
        if found:
            return max(found, key=lambda answers: answers[0].score)
    return refusal


def _in_picture(answer: Answer, view: OverheadPicture) -> Answer:
    """Return an answer about a view with its rectangle in the camera's picture."""
    if answer.rectangle is None:
        return answer
    height_m = view.height_at_m(answer.rectangle)
    return replace(answer, rectangle=view.overhead.to_picture(answer.rectangle, height_m))


def _turns_in(
    scene: TableScene, view: OverheadPicture, history: Sequence[Turn]
) -> tuple[Turn, ...]:
    """Return the turns of a dialogue as a view shows them; none where it does not show them."""
    turns, is_shown, frame = [], True, scene.frame
    for turn in history:
        rectangle = _rectangle_of(turn, frame)
        if rectangle is None:
            turns.append(turn)
            continue
        in_view = view.overhead.to_view(rectangle, _drawn_height_m(scene, rectangle))
        is_shown = in_view.is_inside_image
        reasoning = parse_answer(turn.answer, *_size_px(frame)).reasoning
        turns.append(replace(turn, answer=Answer(reasoning, in_view, 1.0).to_text()))
    return tuple(turns) if is_shown else ()


def _rectangle_of(turn: Turn, frame: RgbdFrame) -> GraspRectangle | None:
    try:
        return parse_answer(turn.answer, *_size_px(frame)).rectangle
    except AnswerGarbled:
        return None


def _size_px(frame: RgbdFrame) -> tuple[int, int]:
    return frame.intrinsics.width_px, frame.intrinsics.height_px


def _drawn_height_m(scene: TableScene, rectangle: GraspRectangle) -> float:
    """Return how high above the table the upper part of what is inside a rectangle is drawn."""
    inside = samples_in_polygon(scene.drawn_m, scene.frame.intrinsics, rectangle.corners())
    heights_m = inside.points_m[:, 2]
    return float(np.percentile(heights_m, _TOP_PERCENTILE)) if len(heights_m) else 0.0


def _doubt(scene: TableScene, are_all: bool) -> str:
    """Return why something may have been missed; empty where nothing speaks for that."""
    if outside := _outside_trained(scene):
        return outside
    if _is_cut(scene):
        return (
            "a thing is cut off by the edge of the picture: move the camera so that it sees the "
            "things whole"
        )
    if not are_all:
        return (
            "the picture shows more of the table than was looked at: bring the camera nearer, or "
            "let its picture show less beside the table"
        )
    return ""


def _outside_trained(scene: TableScene) -> str:
    """Return why no view of the table can be drawn as the model was trained; empty where it can."""
    plane, camera = scene.axes.plane, scene.frame.intrinsics
    slant_deg = math.degrees(slant_rad(plane))
    pixel_m = plane.offset_m / -float(plane.normal[2]) / min(camera.fx_px, camera.fy_px)
    if pixel_m > _COARSEST_M:
        return (
            f"a pixel of the picture covers {pixel_m * 1000:.0f} mm of the table, which is too "
            "coarse to tell: bring the camera nearer or let it send larger pictures"
        )
    if slant_deg > _STEEPEST_DEG:
        return (
            f"the camera looks at the table from {90 - slant_deg:.0f} degrees above it, which is "
            "too flat to tell: raise the camera or tilt it down"
        )
    return ""


def _is_cut(scene: TableScene) -> bool:
    """Whether the edge of the picture shows a thing."""
    edges = (scene.is_thing[0], scene.is_thing[-1], scene.is_thing[:, 0], scene.is_thing[:, -1])
    return sum(int(np.count_nonzero(edge)) for edge in edges) >= _CUT_PIXELS

"""The last grasp, again or changed."""

import numpy as np
import pytest
from made_table import answer_at, rectangle_at, table

from rt_grasp_ros.grasp.errors import CommandUnclear
from rt_grasp_ros.language.change import Change
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.pipeline.last_grasp import changed, last_grasp, repeated

HISTORY = (Turn("grasp the red mug", answer_at(320.0, 240.0).to_text()),)
ABSENT = Turn("no, the cup", "I do not see a cup here. No grasp.")


def test_only_the_last_turn_has_the_last_grasp():
    assert last_grasp(HISTORY, table()).x_px == pytest.approx(320, abs=0.5)
    assert last_grasp((), table()) is None
    assert last_grasp((*HISTORY, ABSENT), table()) is None


def test_a_move_starts_from_the_last_grasp():
    answer = changed(Change(right=-0.015), rectangle_at(320.0, 240.0), table())
    assert (answer.rectangle.x_px, answer.rectangle.y_px) == pytest.approx((320 - 0.015 * 640, 240))
    assert answer.reasoning.startswith("I move the grasp a bit to the left; it now lies")


def test_a_length_is_measured_by_the_depth_at_the_grasp():
    answer = changed(Change(up_m=0.02), rectangle_at(320.0, 240.0), table())
    assert answer.rectangle.y_px == pytest.approx(240 - 0.02 * 600 / 0.7)
    blind = table()
    blind.depth_m[:] = np.nan
    with pytest.raises(CommandUnclear, match="no depth at the grasp"):
        changed(Change(up_m=0.02), rectangle_at(320.0, 240.0), blind)


def test_the_same_grasp_is_unchanged_and_says_so():
    before = rectangle_at(320.0, 240.0)
    answer = repeated(before)
    assert answer.rectangle == before
    assert answer.reasoning.startswith("The same grasp as before, unchanged: it lies in the middle")


def moved_down_px(frame, x_px=320.0, y_px=240.0):
    before = rectangle_at(x_px, y_px)
    return changed(Change(up_m=-0.02), before, frame).rectangle.y_px - y_px


def test_a_length_is_measured_on_twelve_pixels_around_the_centre():
    """On a thing of 25 pixels, that is, not on the table beside it."""
    thing = table()
    thing.depth_m[228:253, 308:333] = 0.6
    assert moved_down_px(thing) == pytest.approx(0.02 * 600 / 0.6)


@pytest.mark.parametrize(
    ("row", "column"), [(228, slice(None)), (252, slice(None)), (slice(None), 308)]
)
def test_depth_at_the_edge_of_those_is_enough(row, column):
    seldom = table()
    seldom.depth_m[:] = np.nan
    seldom.depth_m[row, column] = 0.6
    assert moved_down_px(seldom) == pytest.approx(0.02 * 600 / 0.6)


@pytest.mark.parametrize("edge", [(slice(None), 0), (0, slice(None))])
def test_it_is_measured_at_the_very_edge_of_the_picture(edge):
    seldom = table()
    seldom.depth_m[:] = np.nan
    seldom.depth_m[edge] = 0.6
    assert moved_down_px(seldom, 5.0, 11.0) == pytest.approx(0.02 * 600 / 0.6)

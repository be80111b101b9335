"""No colour is said that was not measured."""

import pytest
from made_table import BLUE, RED, answer_at, table

from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.pipeline.measured_words import with_measured_colour
from rt_grasp_ros.proposals.segments import find_segments


def told(reasoning, frame, x_px=150.0, y_px=200.0):
    support = find_support(frame.depth_m, frame.intrinsics)
    segments = find_segments(frame, support, fold_limits=(None,))
    return with_measured_colour(answer_at(x_px, y_px, reasoning), frame, segments).reasoning


RED_BLOCK = table((150, 200, RED, 40, 0.04))


def two_coloured(share):
    frame = table((150, 200, RED, 40, 0.04))
    frame.rgb[180 : 180 + round(40 * share), 130:170] = BLUE
    return frame


def test_the_right_colour_stays():
    assert told("The red mug lies there.", RED_BLOCK) == "The red mug lies there."


def test_a_wrong_colour_is_mended():
    assert told("The green mug lies there.", RED_BLOCK) == "The red mug lies there."


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.4, "The blue mug lies there."),
        (0.2, "The red mug lies there."),
        (0.325, "The mug lies there."),
    ],
)
def test_of_two_colours_the_stated_one_stays_the_main_one_is_put_or_none(share, text):
    assert told("The blue mug lies there.", two_coloured(share)) == text


def test_beside_all_things_no_colour_is_said():
    assert told("I see the green mug here.", RED_BLOCK, 400.0, 400.0) == "I see the mug here."


def test_without_a_colour_nothing_changes():
    assert told("The mug lies there.", RED_BLOCK) == "The mug lies there."

"""No colour is said that was not measured."""

import pytest
from made_table import BLUE, RED, answer_at, table

from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.pipeline.measured_words import with_measured_colour
from rt_grasp_ros.proposals.segments import find_segments


def told(reasoning, frame, x_px=150.0, y_px=200.0):
    support = find_support(frame.depth_m, frame.intrinsics)
    segments = find_segments(frame, support, fold_limits=(None,))
    return with_measured_colour(answer_at(x_px, y_px, reasoning), frame, segments).reasoning


RED_BLOCK = table((150, 200, RED, 40, 0.04))


def two_coloured(share, other=BLUE):
    frame = table((150, 200, RED, 40, 0.04))
    frame.rgb[180 : 180 + round(40 * share), 130:170] = other
    return frame


def test_the_right_colour_stays():
    assert told("The red mug lies there.", RED_BLOCK) == "The red mug lies there."


def test_a_wrong_colour_is_mended():
    assert told("The green mug lies there.", RED_BLOCK) == "The red mug lies there."


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.6, "The blue mug lies there."),
        (0.4, "The red mug lies there."),
    ],
)
def test_of_two_colours_the_main_one_is_said(share, text):
    assert told("The blue mug lies there.", two_coloured(share)) == text


def test_where_no_colour_is_the_main_one_none_is_said():
    frame = two_coloured(0.4)
    frame.rgb[180:210, 150:170] = (240, 230, 30)
    assert told("The blue mug lies there.", frame) == "The mug lies there."


@pytest.mark.parametrize("colour", [(225, 120, 30), (120, 75, 40), (128, 128, 128)])
def test_a_colour_that_light_may_have_made_is_put_in_no_place(colour):
    """Brown in the light is orange and white in the shade is gray: what is measured is not sure."""
    assert told("The blue mug lies there.", two_coloured(1.0, colour)) == "The mug lies there."
    said = {(225, 120, 30): "orange", (120, 75, 40): "brown", (128, 128, 128): "gray"}[colour]
    text = f"The {said} mug lies there."
    assert told(text, two_coloured(1.0, colour)) == text


def test_beside_all_things_no_colour_is_said():
    assert told("I see the green mug here.", RED_BLOCK, 400.0, 400.0) == "I see the mug here."


def test_without_a_colour_nothing_changes():
    assert told("The mug lies there.", RED_BLOCK) == "The mug lies there."


def test_half_of_a_thing_is_enough_for_its_colour():
    assert told("The blue mug lies there.", two_coloured(0.5)) == "The blue mug lies there."


def test_of_what_is_not_there_or_outside_the_picture_nothing_is_measured():
    absent = Answer("I do not see a red mug here.", None, 1.0)
    assert with_measured_colour(absent, RED_BLOCK, []) is absent
    outside = answer_at(-3.0, 200.0, "The red mug lies there.")
    assert with_measured_colour(outside, RED_BLOCK, []) is outside

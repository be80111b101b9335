import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.grounding import (
    Grounding,
    agrees,
    check_grounding,
    describe_closing,
    describe_place,
    grounded,
)


@st.composite
def rectangles(draw) -> GraspRectangle:
    x_px, y_px = draw(st.floats(0, 639)), draw(st.floats(0, 479))
    return GraspRectangle(x_px, y_px, draw(st.floats(-5, 5)), 40.0, 20.0, 640, 480)


def truthful(rectangle: GraspRectangle) -> str:
    return f"It lies {describe_place(rectangle)}. I close {describe_closing(rectangle)}."


UPPER_LEFT = GraspRectangle(50.0, 50.0, 0.0, 40.0, 20.0, 640, 480)


@given(rectangles())
def test_what_is_described_agrees(rectangle):
    assert agrees(truthful(rectangle), rectangle)
    assert agrees(truthful(rectangle).upper(), rectangle)


@given(rectangles(), rectangles())
def test_a_text_agrees_with_another_rectangle_only_where_both_are_described_alike(first, second):
    alike = truthful(first) == truthful(second)
    expected = Grounding.AGREES if alike else Grounding.CONTRADICTS
    assert check_grounding(truthful(first), second) is expected


@given(rectangles(), rectangles())
def test_no_text_can_agree_with_several_rectangles(first, second):
    both = truthful(first) + truthful(second)
    assert agrees(both, first) == (truthful(first) == truthful(second))


@given(rectangles(), st.sampled_from([0.0, 0.25, 0.5, 0.75]), st.floats(-0.12, 0.12))
def test_the_direction_is_the_nearest_eighth_of_a_turn(rectangle, half_turns, off_half_turns):
    names = {
        0.0: "from left to right",
        0.25: "from lower left to upper right",
        0.5: "from bottom to top",
        0.75: "from upper left to lower right",
    }
    turned = rectangle.rotated_by((half_turns + off_half_turns) * math.pi - rectangle.theta_rad)
    assert describe_closing(turned) == names[half_turns]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I take the handle.",
        "The mug lies at the upper left.",
        "The jaws close from left to right.",
    ],
)
def test_what_is_not_stated_is_no_contradiction(text):
    assert check_grounding(text, UPPER_LEFT) is Grounding.SILENT


@pytest.mark.parametrize(
    "text",
    [
        "The mug lies on the right.",
        "The jaws close from bottom to top.",
        "The mug lies at the upper left. The jaws close from bottom to top.",
    ],
)
def test_what_is_stated_wrongly_contradicts(text):
    assert check_grounding(text, UPPER_LEFT) is Grounding.CONTRADICTS


@pytest.mark.parametrize(
    ("x_px", "y_px", "place"),
    [
        (212.0, 158.0, "at the upper left"),
        (215.0, 158.0, "at the top"),
        (425.0, 158.0, "at the top"),
        (428.0, 158.0, "at the upper right"),
        (640.0, 162.0, "on the right"),
        (320.0, 318.0, "in the middle"),
        (212.0, 318.0, "on the left"),
        (320.0, 322.0, "at the bottom"),
        (212.0, 480.0, "at the lower left"),
        (428.0, 322.0, "at the lower right"),
    ],
)
def test_places_are_ninths_of_the_picture(x_px, y_px, place):
    assert describe_place(GraspRectangle(x_px, y_px, 0.0, 40.0, 20.0, 640, 480)) == place


@given(rectangles())
def test_a_text_is_put_right_whatever_it_stated(rectangle):
    for place in ("at the upper left", "in the middle", "on the right", "at the bottom"):
        for closing in ("from left to right", "from upper left to lower right"):
            text = grounded(f"The mug lies {place}. The jaws close {closing}.", rectangle)
            assert agrees(text, rectangle)


def test_what_states_nothing_is_left_as_it_is():
    assert (
        grounded("I take the handle at its side.", UPPER_LEFT) == "I take the handle at its side."
    )

"""Which thing lies by another one, on a table seen aslant."""

import math

import numpy as np
import pytest

from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.language.request import Relation, Side, Size
from rt_grasp_ros.pipeline.things import (
    TIE_PX,
    TIE_RATIO,
    along,
    measure,
    place_logits,
    ranked,
)
from rt_grasp_ros.proposals.segments import Segment

SLANT = math.radians(40)
PLANE = Plane(np.array([0.0, -math.sin(SLANT), -math.cos(SLANT)]), 0.8, 0.001)


def thing(right_m, away_m, up_m=0.03):
    """Return a segment at a place of the table, from the point that the camera looks at."""
    away = np.array([0.0, -math.cos(SLANT), math.sin(SLANT)])
    centre_m = np.array([right_m, 0, 0.8]) + away_m * away + up_m * PLANE.normal
    return Segment(np.zeros((4, 4), bool), (0, 0, 1, 1), centre_m, 0.05, 2 * up_m, PLANE)


CUP = thing(0.0, 0.0)
ASIDE = thing(-0.12, 0.02)
LEFT_BEHIND = thing(-0.09, 0.16)
RIGHT = thing(0.2, 0.03, up_m=0.1)
FRONT = thing(0.05, -0.2)
ALL = [RIGHT, FRONT, LEFT_BEHIND, ASIDE]


def lies_best(relation, things, other=CUP):
    return things[int(np.argmax(place_logits(relation, things, other)))]


@pytest.mark.parametrize(
    ("relation", "meant"),
    [
        (Relation.BESIDE, ASIDE),
        (Relation.LEFT_OF, ASIDE),
        (Relation.RIGHT_OF, RIGHT),
        (Relation.BEHIND, LEFT_BEHIND),
        (Relation.IN_FRONT_OF, FRONT),
        (Relation.FAR_FROM, FRONT),
    ],
)
def test_what_lies_so_is_meant(relation, meant):
    assert lies_best(relation, ALL) is meant


def test_what_lies_straight_that_way_is_meant_before_what_is_nearer_but_aslant():
    aslant, straight = thing(0.1, -0.07), thing(0.13, 0.0)
    assert lies_best(Relation.RIGHT_OF, [aslant, straight]) is straight


def test_what_lies_on_another_side_is_told_from_all_that_lies_aslant():
    aslant, wrong = place_logits(Relation.RIGHT_OF, [thing(0.05, 0.16), LEFT_BEHIND], CUP)
    assert wrong < -8.0 < aslant


def test_between_two_is_what_the_way_from_one_to_the_other_leads_by():
    middle = thing(0.1, 0.02)
    logits = place_logits(Relation.BETWEEN, [ASIDE, middle, FRONT], CUP, RIGHT)
    assert np.argmax(logits) == 1


def test_the_other_side_counts_for_little_however_near_it_is():
    aslant, wrong = thing(0.06, 0.2), thing(-0.01, 0.0)
    right, left = place_logits(Relation.RIGHT_OF, [aslant, wrong], CUP)
    assert right > left + 2.0


def test_what_lies_best_loses_nothing():
    straight, far = place_logits(Relation.FAR_FROM, [thing(0.1, 0.0), thing(0.4, 0.0)], CUP)
    assert far == 0.0
    assert straight == pytest.approx(-0.3 / 0.12)


def test_on_is_what_stands_over_the_other():
    above = thing(0.01, 0.01, up_m=0.12)
    assert lies_best(Relation.ON, [ASIDE, above, FRONT]) is above


def at(left, top, width, height, height_m=0.05, extent_m=0.1):
    """Return a segment that a box of the picture shows, all of it."""
    mask = np.zeros((400, 600), bool)
    mask[top : top + height, left : left + width] = True
    centre_m = np.array([0.0, 0.0, 0.8])
    return Segment(mask, (left, top, width, height), centre_m, extent_m, height_m, PLANE)


def test_sides_are_those_of_the_boxes_middles():
    things = [at(100, 300, 40, 20), at(300, 100, 20, 60), at(200, 200, 20, 20)]
    assert along(things, Side.LEFT) == [120, 310, 210]
    assert along(things, Side.RIGHT) == [-120, -310, -210]
    assert along(things, Side.BACK) == [310, 130, 210]
    assert along(things, Side.FRONT) == [-310, -130, -210]


@pytest.mark.parametrize(
    "things",
    [
        [at(100, 100, 20, 20), at(200, 140, 20, 20), at(350, 120, 20, 20)],
        [at(100, 100, 20, 20), at(140, 200, 20, 20), at(120, 350, 20, 20)],
    ],
    ids=["in a row", "in a column"],
)
def test_the_middle_one_is_that_of_the_way_in_which_they_lie(things):
    assert along(things, Side.MIDDLE) == [100, 0, 150]


def test_measures_are_those_of_the_thing():
    one = [at(0, 0, 30, 20, height_m=0.04, extent_m=0.12)]
    assert measure(one, Size.LARGEST) == [pytest.approx(1 / (600 * 0.64))]
    assert measure(one, Size.SMALLEST) == [pytest.approx(600 * 0.64)]
    assert measure(one, Size.TALLEST) == [pytest.approx(25.0)]
    assert measure(one, Size.SHORTEST) == [0.04]
    assert measure(one, Size.LONGEST) == [pytest.approx(1 / 0.12)]


def test_what_is_within_twelve_pixels_or_an_eighth_is_not_told_apart():
    assert ranked("ab", [100.0, 111.9], apart=TIE_PX) == ["a", "b"]
    assert ranked("ab", [112.1, 100.0], apart=TIE_PX) == ["b"]
    assert ranked("ab", [1.0, 1.11], ratio=TIE_RATIO) == ["a", "b"]
    assert ranked("ab", [1.13, 1.0], ratio=TIE_RATIO) == ["b"]


def test_what_makes_the_way_between_two_longer_lies_less_between_them():
    straight, aside = place_logits(
        Relation.BETWEEN, [thing(0.05, 0.0), thing(0.1, 0.1)], CUP, RIGHT
    )
    assert straight == pytest.approx(0.0, abs=0.02)
    assert aside == pytest.approx(
        -(math.hypot(0.1, 0.1) + math.hypot(0.1, 0.07) - math.hypot(0.2, 0.03)) / 0.06
    )


def test_the_middle_of_two_is_between_them_on_all_sides():
    middle = thing(0.1, 0.02)
    around = [thing(0.1, 0.3), thing(0.1, -0.3), thing(0.6, 0.0), thing(-0.4, 0.0)]
    assert np.argmax(place_logits(Relation.BETWEEN, [*around, middle], CUP, RIGHT)) == 4


def test_what_is_aslant_counts_by_the_square_of_its_cosine():
    aslant, straight = thing(0.1, -0.07), thing(0.16, 0.0)
    assert lies_best(Relation.RIGHT_OF, [aslant, straight]) is straight
    further = thing(0.19, 0.0)
    assert lies_best(Relation.RIGHT_OF, [aslant, further]) is aslant

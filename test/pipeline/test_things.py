"""Which thing lies by another one, on a table seen aslant."""

import math

import numpy as np
import pytest

from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.language.request import Relation
from rt_grasp_ros.pipeline.things import nearest_to
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
    assert nearest_to(CUP, relation, ALL) is meant


def test_what_lies_straight_that_way_is_meant_before_what_is_nearer_but_aslant():
    aslant, straight = thing(0.1, -0.07), thing(0.13, 0.0)
    assert nearest_to(CUP, Relation.RIGHT_OF, [aslant, straight]) is straight


def test_where_none_lies_on_that_side_the_nearest_is_meant():
    assert nearest_to(CUP, Relation.RIGHT_OF, [LEFT_BEHIND, ASIDE]) is ASIDE


def test_what_is_far_away_is_not_beside():
    assert nearest_to(CUP, Relation.BESIDE, [thing(0.5, 0.0)]) is None
    assert nearest_to(CUP, Relation.BESIDE, []) is None


def test_between_two_is_what_is_nearest_to_their_middle():
    middle = thing(0.1, 0.02)
    assert nearest_to(CUP, Relation.BETWEEN, [ASIDE, middle, FRONT], RIGHT) is middle


def test_on_is_what_stands_over_the_other():
    above = thing(0.01, 0.01, up_m=0.12)
    assert nearest_to(CUP, Relation.ON, [ASIDE, above, FRONT]) is above

"""How well things lie by another one, on the table as the camera sees it."""

import math

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.language.request import Relation
from rt_grasp_ros.pipeline.places import Places, may_be_within, place_logits
from rt_grasp_ros.proposals.segments import Segment

CUP = (0.0, 0.0)
ASIDE = (-0.12, 0.02)
LEFT_BEHIND = (-0.09, 0.16)
RIGHT = (0.2, 0.03)
FRONT = (0.05, -0.2)
ALL = [RIGHT, FRONT, LEFT_BEHIND, ASIDE]


def block(right_m, away_m, length_m=0.04, breadth_m=0.04, low_m=0.0, high_m=0.05):
    """Return points of a block on the table around a place."""
    x, y, z = np.meshgrid(
        np.linspace(right_m - length_m / 2, right_m + length_m / 2, 9),
        np.linspace(away_m - breadth_m / 2, away_m + breadth_m / 2, 9),
        np.linspace(low_m, high_m, 4),
    )
    return np.column_stack([x.ravel(), y.ravel(), z.ravel()])


def logits(relation, middles, *others):
    """Return how well blocks lie by others, which are told by their places."""
    places = Places([block(*one) for one in (*middles, *others)])
    return place_logits(relation, places, *range(len(middles), len(middles) + len(others)))[
        : len(middles)
    ]


def lies_best(relation, middles, other=CUP):
    return middles[int(np.argmax(logits(relation, middles, other)))]


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
    aslant, straight = (0.1, -0.07), (0.13, 0.0)
    assert lies_best(Relation.RIGHT_OF, [aslant, straight]) is straight


def test_what_lies_on_another_side_is_told_from_all_that_lies_aslant():
    aslant, wrong = logits(Relation.RIGHT_OF, [(0.05, 0.16), LEFT_BEHIND], CUP)
    assert wrong < -8.0 < aslant


def test_the_other_side_counts_for_little_however_near_it_is():
    right, left = logits(Relation.RIGHT_OF, [(0.06, 0.2), (-0.01, 0.0)], CUP)
    assert right > left + 2.0


def test_what_is_aslant_counts_by_the_square_of_its_cosine():
    aslant = (0.1, -0.07)
    assert lies_best(Relation.RIGHT_OF, [aslant, (0.16, 0.0)]) == (0.16, 0.0)
    assert lies_best(Relation.RIGHT_OF, [aslant, (0.19, 0.0)]) is aslant


def test_what_lies_best_loses_nothing():
    straight, far = logits(Relation.FAR_FROM, [(0.1, 0.0), (0.4, 0.0)], CUP)
    assert far == 0.0
    assert straight == pytest.approx(-0.3 / 0.12)


def test_between_two_is_what_the_way_from_one_to_the_other_leads_by():
    assert np.argmax(logits(Relation.BETWEEN, [ASIDE, (0.1, 0.02), FRONT], CUP, RIGHT)) == 1


def test_what_makes_the_way_between_two_longer_lies_less_between_them():
    straight, aside = logits(Relation.BETWEEN, [(0.05, 0.0), (0.1, 0.1)], CUP, RIGHT)
    assert straight == pytest.approx(0.0, abs=0.02)
    assert aside == pytest.approx(
        -(math.hypot(0.1, 0.1) + math.hypot(0.1, 0.07) - math.hypot(0.2, 0.03)) / 0.06
    )


def test_the_middle_of_two_is_between_them_on_all_sides():
    around = [(0.1, 0.3), (0.1, -0.3), (0.6, 0.0), (-0.4, 0.0)]
    assert np.argmax(logits(Relation.BETWEEN, [*around, (0.1, 0.02)], CUP, RIGHT)) == 4


def test_near_is_what_is_apart_by_a_small_gap_however_far_its_middle_is():
    ruler, cube = block(0.2, 0.0, length_m=0.3), block(0.0, 0.1)
    places = Places([ruler, cube, block(0.0, 0.0)])
    assert places.gaps_m(2)[:2] == pytest.approx([0.03, 0.06], abs=0.001)
    beside = place_logits(Relation.BESIDE, places, 2)
    assert beside[0] == pytest.approx(-(0.8 * 0.03 + 0.2 * 0.2) / 0.06, abs=0.02)
    assert beside[1] == pytest.approx(-(0.8 * 0.06 + 0.2 * 0.1) / 0.06, abs=0.02)


BOX = block(0.0, 0.0, 0.2, 0.2, high_m=0.08)
ON_BOX = block(0.06, 0.04, low_m=0.08, high_m=0.12)
HANDLE_BESIDE = block(0.14, 0.0, low_m=0.03, high_m=0.09)
BESIDE_BOX = block(0.13, 0.0)
BOX_AGAIN = block(0.0, 0.0, 0.2, 0.16, high_m=0.08)
STACK = np.concatenate([BOX, ON_BOX])


@pytest.mark.parametrize("relation", [Relation.ON, Relation.IN])
@pytest.mark.parametrize("box", [BOX, STACK], ids=["cut alone", "cut with what is on it"])
def test_on_and_in_is_what_lies_within_the_outline_of_the_other(relation, box):
    places = Places([BESIDE_BOX, ON_BOX, BOX_AGAIN, HANDLE_BESIDE, box])
    found = place_logits(relation, places, 4)[:4]
    assert found.argmax() == 1
    assert found[1] - np.delete(found, 1).max() > 2.0


def test_under_is_what_the_other_stands_on():
    places = Places([BESIDE_BOX, BOX, block(0.06, 0.04, 0.03, 0.03, low_m=0.08), ON_BOX])
    assert place_logits(Relation.UNDER, places, 3)[:3].argmax() == 1


def test_what_stands_on_the_table_is_on_nothing():
    low, high = Places([BOX_AGAIN[::4] * [0.2, 0.2, 1], ON_BOX, BOX]).lows_m[:2]
    assert (low, high) == (pytest.approx(0.0), pytest.approx(0.08))


def test_shares_within_an_outline_are_those_of_the_points():
    half = block(0.1, 0.0, 0.2, 0.1)
    places = Places([half, BOX])
    assert places.within(0, 1) == pytest.approx(5 / 9)
    assert places.within(1, 0) < 0.4


@pytest.mark.parametrize("relation", Relation)
def test_only_what_bears_or_holds_another_is_seen_within_its_outline(relation):
    assert may_be_within(relation) is (relation.value in ("on", "in", "under"))


@pytest.mark.parametrize("slant_deg", [0, 40])
def test_places_are_told_to_the_right_away_and_up_whatever_the_slant(slant_deg):
    slant = math.radians(slant_deg)
    plane = Plane(np.array([0.0, -math.sin(slant), -math.cos(slant)]), 0.8, 0.001)
    lens = Intrinsics(500.0, 500.0, 160.0, 120.0, 320, 240)
    rows, columns = np.mgrid[:240, :320] + 0.5
    rays = np.stack([(columns - 160) / 500, (rows - 120) / 500, np.ones((240, 320))], axis=-1)
    depth_m = ((0.05 - 0.8) / (rays @ plane.normal)).astype(np.float32)  # 5 cm over the table
    frame = RgbdFrame(np.zeros((240, 320, 3), np.uint8), depth_m, lens, "camera", 0)

    def shown(left, top):
        mask = np.zeros((240, 320), bool)
        mask[top : top + 20, left : left + 20] = True
        return Segment(mask, (left, top, 20, 20), np.zeros(3), 0.05, 0.05, plane)

    places = Places.of(frame, [shown(150, 110), shown(250, 110), shown(150, 20)])
    middle, right, behind = places.middles_m
    assert right - middle == pytest.approx([0.75 * 0.2 / math.cos(slant), 0.0], abs=0.02)
    assert behind[0] == pytest.approx(middle[0], abs=0.01)
    assert behind[1] > middle[1] + 0.1
    assert places.lows_m == pytest.approx([0.05] * 3, abs=1e-3)

"""The thing by a neighbour, where more than one may be that neighbour."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.language.request import NearBy, Relation
from rt_grasp_ros.pipeline.neighbours import lie_best, lies_by, neighbours_of
from rt_grasp_ros.pipeline.places import Places
from rt_grasp_ros.proposals.segments import Segment

TABLE = Plane(np.array([0.0, 0.0, -1.0]), 0.8, 0.001)


def thing(x_px, width_px=20):
    """Return a segment in a row, 2 mm a pixel, seen from straight above."""
    mask = np.zeros((40, 400), bool)
    mask[10:30, x_px : x_px + width_px] = True
    centre_m = np.array([0.002 * (x_px + width_px / 2 - 200), 0.0, 0.77])
    return Segment(mask, (x_px, 10, width_px, 20), centre_m, 0.04, 0.03, TABLE)


# From left to right: mug, box, mug, box; the third thing is as far from both boxes.
FIRST, BOX, MIDDLE, LAST_BOX = thing(20), thing(60), thing(160), thing(260)
ROW = [FIRST, BOX, MIDDLE, LAST_BOX]


def places_of(segments):
    """Return where the things are, each 40 mm long and broad."""
    found = []
    for one in segments:
        left, _, width, _ = one.box_px
        x, y = np.meshgrid(np.linspace(left, left + width, 5), np.linspace(-10, 10, 5))
        found.append(np.column_stack([0.002 * x.ravel(), 0.002 * y.ravel(), np.zeros(25)]))
    return Places(found)


def fits(*logits):
    return np.array(logits, float)[:, None]


def meant(relation, named, segments=ROW):
    lies = lies_by(relation, segments, named, places_of(segments))
    return [segments[k] for k in lie_best(segments, lies, lies)]


def test_what_lies_nearest_to_the_one_neighbour_is_meant():
    assert meant(Relation.BESIDE, fits(-np.inf, 2.0, -np.inf, -np.inf)) == [FIRST]


@pytest.mark.parametrize(
    ("relation", "one"), [(Relation.LEFT_OF, FIRST), (Relation.RIGHT_OF, MIDDLE)]
)
def test_the_side_counts(relation, one):
    assert meant(relation, fits(-np.inf, 2.0, -np.inf, -np.inf)) == [one]


def test_the_likelier_neighbour_tells():
    sure_of_the_last = fits(-np.inf, -3.0, -np.inf, 3.0)
    assert meant(Relation.BESIDE, sure_of_the_last) == [MIDDLE]


def test_a_neighbour_is_not_beside_itself_nor_is_a_piece_of_it():
    piece = thing(62, width_px=14)
    assert meant(Relation.BESIDE, fits(-np.inf, 2.0, -np.inf), [FIRST, BOX, piece]) == [FIRST]


def test_two_that_lie_equally_well_are_both_returned():
    other = thing(100)  # as far from the box at 60 as the first one
    found = meant(Relation.BESIDE, fits(-np.inf, 2.0, -np.inf), [FIRST, BOX, other])
    assert found == [FIRST, other]


def test_a_neighbour_that_is_not_there_tells_nothing():
    assert meant(Relation.BESIDE, fits(*[-np.inf] * 4)) == []


def test_between_two_takes_what_lies_in_the_gap():
    named = np.full((4, 2), -np.inf)
    named[1, 0], named[3, 1] = 2.0, 2.0
    assert meant(Relation.BETWEEN, named) == [MIDDLE]


def test_between_two_of_a_name_takes_two_of_them():
    named = np.full((4, 2), -np.inf)
    named[[1, 3]] = 2.0
    assert meant(Relation.BETWEEN, named) == [MIDDLE]


def test_each_neighbour_is_asked_for_by_its_own_words():
    one, other = neighbours_of(NearBy(Relation.BETWEEN, "red box", "can"))
    assert (one.noun, one.colours, other.noun) == ("box", ("red",), "can")
    assert neighbours_of(None) == []

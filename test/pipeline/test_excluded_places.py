"""What a command excludes is not taken."""

import pytest
from made_table import answer_at

from rt_grasp_ros.grasp.errors import OnlyExcluded
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.pipeline.excluded_places import without_excluded
from rt_grasp_ros.pipeline.looking import Looked

HANDLE, BLADES, BANANA = (100.0, 100.0), (220.0, 100.0), (400.0, 300.0)
ABSENT = Answer("There is none.", None, 0.9)


def kept(sentence, first, **places):
    """Return where is grasped, of a model that takes parts where `places` say."""
    asked = []

    def ask(words):
        asked.append(words)
        known = [place for name, place in places.items() if name in words]
        return Looked([answer_at(*known[0]) if known else ABSENT], "")

    found = without_excluded(parse_request(sentence), Looked([answer_at(*first)], ""), ask)
    return [(a.rectangle.x_px, a.rectangle.y_px) for a in found.answers], asked


def test_a_grasp_of_the_excluded_part_gives_way_to_another_part_s():
    places, asked = kept(
        "take the scissors, not by the blades", BLADES, handle=HANDLE, blades=BLADES
    )
    assert places == [HANDLE]
    assert asked == ["grasp the scissors by its blades", "grasp the scissors by its handle"]


def test_a_grasp_of_another_part_stays():
    places, _ = kept("take the scissors, not by the blades", HANDLE, handle=HANDLE, blades=BLADES)
    assert places[0] == HANDLE
    assert BLADES not in places


def test_a_part_that_the_model_does_not_find_is_not_risked():
    with pytest.raises(OnlyExcluded) as error:
        kept("take the scissors, not by the rivet's edge", HANDLE, handle=HANDLE)
    assert "edge" in error.value.message


def test_a_thing_with_the_excluded_part_alone_is_not_taken():
    with pytest.raises(OnlyExcluded):
        kept("take the gizmo, not by its lid", HANDLE, lid=(110.0, 105.0))


def test_the_excluded_thing_itself_is_not_taken_for_the_other():
    with pytest.raises(OnlyExcluded):
        kept("take the mug, not the banana", BANANA, banana=BANANA)
    assert kept("take the mug, not the banana", HANDLE, banana=BANANA)[0] == [HANDLE]


def test_an_excluded_thing_that_is_not_there_takes_nothing_away():
    assert kept("take the mug, not the banana", HANDLE)[0] == [HANDLE]


def test_an_absent_thing_stays_absent():
    request = parse_request("take the mug, not the banana")
    looked = Looked([ABSENT], "")
    assert without_excluded(request, looked, lambda words: looked) is looked


@pytest.mark.parametrize(("apart_px", "is_kept"), [(36.0, False), (39.0, False), (45.0, True)])
def test_a_grasp_that_overlaps_an_excluded_one_by_a_tenth_is_not_apart(apart_px, is_kept):
    """Openings of 50 pixels: three quarters of that apart, and hardly on the same place."""
    place = (300.0, 240.0)
    beside = (place[0] + apart_px, place[1])
    if is_kept:
        assert kept("take the mug, not the banana", beside, banana=place)[0] == [beside]
    else:
        with pytest.raises(OnlyExcluded):
            kept("take the mug, not the banana", beside, banana=place)

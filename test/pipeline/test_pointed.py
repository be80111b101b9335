"""Grasps where a model points: on made tables, with boxes and points that are right or not."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from made_table import BLUE, RED, table

from rt_grasp_ros.grasp.errors import OnlyExcluded
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.pointed import Pointed
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.grounding import Grounding, check_grounding
from rt_grasp_ros.language.target import Target
from rt_grasp_ros.pipeline.looking import Looked
from rt_grasp_ros.pipeline.pointed import PointedPlaces
from rt_grasp_ros.pipeline.understanding import obeyed, understood

BLOCK = Target("block")
SIDE = 44  # pixels: 51 mm at 0.7 m
TWO = ((200, 200, RED, SIDE, 0.05), (290, 200, BLUE, SIDE, 0.05))


def box(x_px, y_px, half_px, label=""):
    corners = (x_px - half_px, y_px - half_px, x_px + half_px, y_px + half_px)
    return Pointed(x_px, y_px, label, corners)


def answers(*places, words="", target=BLOCK):
    if not places:
        return [Answer(words or "There are none.", None, 1.0, places=(), target=target)]
    rectangle = places[0].provisional(640, 480)
    return [Answer(words, rectangle, 1.0, places=tuple(places), target=target)]


def obey(frame, sentence, says, count=4):
    """Carry a sentence out up to its grasps; `says` maps what is asked to places or answers."""
    asked = []

    def ask(words, count, at_things_alone=False):
        asked.append(words)
        said = says.get(words, ())
        return Looked(said if isinstance(said, list) else answers(*said), "")

    def hidden(frame, words, count, at_things_alone=False):
        raise AssertionError("a model that points is not shown things alone")

    find_table = partial(find_support, frame.depth_m, frame.intrinsics)
    pointed = PointedPlaces(frame, ask, Gripper(), find_table)
    request = understood(sentence, is_follow_up=False)
    look_for = partial(pointed.look_for, other_frame=hidden)
    looked = obeyed(request, sentence, frame, count, look_for, Gripper(), find_table)
    return pointed.off_excluded(looked, request).answers, asked


def at(answer):
    return answer.rectangle.x_px, answer.rectangle.y_px


@pytest.mark.parametrize(
    "place",
    [
        box(200, 200, SIDE / 2),
        box(200, 200, SIDE),
        box(205, 196, SIDE),
        Pointed(200.0, 200.0),
        Pointed(214.0, 190.0),
        Pointed(200.0, 235.0),
    ],
    ids=["box", "box twice too large", "that beside", "point", "at its edge", "beside it"],
)
def test_what_is_pointed_at_is_grasped(place):
    found, _ = obey(table(*TWO), "grasp the block", {"grasp the block": (place,)})
    assert at(found[0]) == pytest.approx((200, 200), abs=14)
    assert found[0].grasp.is_executable
    assert found[0].grasp.object_width_m == pytest.approx(0.051, abs=0.004)
    assert not any("two things" in answer.reasoning for answer in found)


def test_the_model_s_words_come_first_then_ours_which_agree_with_the_numbers():
    words = "The block is red."
    says = {"grasp the block": answers(box(200, 200, 22, "red cube"), words=words)}
    found, _ = obey(table(*TWO), "grasp the block", says)
    reasoning = found[0].reasoning
    assert reasoning.startswith("The block is red. The model calls it 'red cube'. I take the block")
    assert "which is 52 mm wide between the fingers, and close from" in reasoning
    assert check_grounding(reasoning, found[0].rectangle) is Grounding.AGREES


def test_two_things_in_one_box_are_both_offered_and_said():
    place = Pointed(245, 200, "", (172, 170, 318, 230))
    found, _ = obey(table(*TWO), "grasp the block", {"grasp the block": (place,)})
    columns = {round(answer.rectangle.x_px / 90) for answer in found}
    assert columns == {2, 3}
    assert all("two things" in answer.reasoning for answer in found)


def test_several_points_on_one_thing_are_one_thing():
    places = [Pointed(200.0 + step, 200.0) for step in (-8, 0, 8)]
    found, _ = obey(table(*TWO), "grasp the block", {"grasp the block": tuple(places)})
    assert {round(answer.rectangle.x_px / 90) for answer in found} == {2}


def test_a_part_is_grasped_where_it_is():
    """A long bar; its right end is asked for, and pointed at."""
    frame = table(*((x, 240, RED, 24, 0.03) for x in range(200, 441, 24)))
    part = [Target("bar", "end")]
    place = Pointed(425.0, 240.0)
    sentence = "grasp the bar by its end"
    says = {sentence: answers(place, target=part[0])}
    found, _ = obey(frame, sentence, says)
    assert abs(found[0].rectangle.x_px - 425) < 25
    assert "end of the bar" in found[0].reasoning


def test_absence_stays_absence():
    found, asked = obey(table(*TWO), "grasp the unicorn", {})
    assert found[0].rectangle is None
    assert asked == ["grasp the unicorn"]


def test_nothing_by_depth_leaves_the_place_as_it_was_said():
    frame = table(*TWO)
    found, _ = obey(frame, "grasp the block", {"grasp the block": (Pointed(560.0, 60.0),)})
    assert found[0].grasp is None
    assert at(found[0]) == (560.0, 60.0)


def test_a_box_that_fits_nothing_is_not_taken_for_what_stands_elsewhere():
    for place in (box(560, 60, 22), box(520, 380, 80)):
        found, _ = obey(table(*TWO), "grasp the block", {"grasp the block": (place,)})
        assert [answer.grasp for answer in found] == [None]


def test_the_one_on_the_left_is_told_by_measuring_and_the_model_is_asked_once():
    places = (box(290, 200, 22), box(200, 200, 22))
    says = {"grasp the block": places}
    found, asked = obey(table(*TWO), "grasp the block on the left", says)
    assert at(found[0]) == pytest.approx((200, 200), abs=10)
    assert asked == ["grasp the block"]


def test_a_model_that_points_at_one_thing_has_told_which():
    says = {"grasp the blue object": (box(290, 200, 22),)}
    found, _ = obey(table(*TWO), "grasp the blue object", says)
    assert at(found[0]) == pytest.approx((290, 200), abs=10)


def test_an_excluded_thing_is_not_taken_at_any_end():
    """A long bar is excluded; the model points at its other end as if it were what was asked."""
    frame = table(*((x, 240, RED, 24, 0.03) for x in range(200, 441, 24)))
    bar = Pointed(320, 240, "", (188, 228, 452, 252))
    says = {"take the stick": (Pointed(430.0, 240.0),), "grasp the bar": (bar,)}
    with pytest.raises(OnlyExcluded):
        obey(frame, "take the stick, but not the bar", says)


def test_jaws_that_close_on_an_excluded_part_beside_their_middle_take_it():
    frame = table((320, 240, RED, SIDE, 0.05))
    end = np.zeros((480, 640), bool)
    end[218:262, 326:342] = True
    says = {
        "grasp the block": (Pointed(310.0, 240.0),),
        "grasp the block by its end": (Pointed(334, 240, "", (326, 218, 342, 262), end),),
    }
    find_table = partial(find_support, frame.depth_m, frame.intrinsics)
    pointed = PointedPlaces(
        frame, lambda words, *_: Looked(answers(*says[words]), ""), Gripper(), find_table
    )
    looked = pointed.look_for(frame, "grasp the block", 8, other_frame=None)
    pointed.look_for(frame, "grasp the block by its end", 1, other_frame=None)
    request = understood("grasp the block, but not by its end", is_follow_up=False)
    along_x = [one for one in looked.answers if abs(np.cos(one.rectangle.theta_rad)) > 0.9]
    assert all(one.rectangle.x_px < 326 for one in along_x) and along_x
    with pytest.raises(OnlyExcluded):
        pointed.off_excluded(Looked(along_x, ""), request)


def test_what_is_not_excluded_is_still_taken():
    says = {
        "take the block": (box(200, 200, 22), box(290, 200, 22)),
        "grasp the blue block": (box(290, 200, 22),),
    }
    found, _ = obey(table(*TWO), "take the block, but not the blue block", says)
    assert {round(answer.rectangle.x_px / 90) for answer in found} == {2}


def test_a_model_that_names_grasps_is_passed_through():
    frame = table(*TWO)
    own = [Answer("I take it.", answers(box(200, 200, 22))[0].rectangle, 0.5)]
    found, _ = obey(frame, "grasp the block", {"grasp the block": own})
    assert found == own


def test_a_mask_is_taken_as_it_is():
    mask = np.zeros((480, 640), bool)
    mask[178:222, 268:312] = True
    place = Pointed(290, 200, "", (268, 178, 312, 222), mask)
    found, _ = obey(table(*TWO), "grasp the block", {"grasp the block": (place,)})
    assert at(found[0]) == pytest.approx((290, 200), abs=10)


def test_a_long_thing_is_taken_at_its_middle_wherever_it_is_pointed_at():
    frame = bar_of(300)  # pixels: 35 cm at 0.7 m
    for end_px in (190.0, 450.0):
        place = Pointed(end_px, 240.0)
        found, _ = obey(frame, "grasp the block", {"grasp the block": (place,)})
        assert at(found[0])[0] == pytest.approx(320, abs=30)


def bar_of(length_px):
    frame = table()
    left = 320 - length_px // 2
    frame.depth_m[230:250, left : left + length_px] = 0.67
    return frame


def pointed_at(*places, count, spares=0):
    """Return grasps on two blocks where a model points, and what tells whose they are."""
    frame = table(*TWO)
    said = Looked(answers(*places), "")
    find_table = partial(find_support, frame.depth_m, frame.intrinsics)
    pointed = PointedPlaces(frame, lambda *_: said, Gripper(), find_table, spares)
    looked = pointed.look_for(frame, "grasp the block", count, other_frame=None)
    return [answer.grasp for answer in looked.answers], pointed


def column(grasp):
    return round(grasp.rectangle.x_px / 90)


@pytest.mark.parametrize(
    ("count", "spares", "of_first", "of_second"), [(4, 0, 2, 2), (1, 0, 2, 2), (4, 2, 4, 2)]
)
def test_only_the_first_of_several_places_gets_spare_grasps(count, spares, of_first, of_second):
    """Two of each place, whatever is wanted."""
    places = (box(200, 200, 22), box(290, 200, 22))
    found, _ = pointed_at(*places, count=count, spares=spares)
    columns = [column(grasp) for grasp in found]
    assert (columns.count(2), columns.count(3)) == (of_first, of_second)
    assert columns[0] == 2  # a later place is worth less


def test_a_single_place_gets_as_many_grasps_as_are_wanted_and_six_at_most():
    assert len(pointed_at(box(200, 200, 22), count=4)[0]) == 4
    assert len(pointed_at(box(200, 200, 22), count=50)[0]) == 6


def test_two_grasps_are_of_one_thing_where_they_are_on_what_was_pointed_at_once():
    found, pointed = pointed_at(box(200, 200, 22), box(290, 200, 22), count=4)
    for first in found:
        for second in found:
            is_one = column(first) == column(second)
            assert pointed.are_of_one_thing(first, second) is is_one
    otherwise = replace(found[0])
    assert pointed.are_of_one_thing(otherwise, replace(found[1]))
    assert not pointed.are_of_one_thing(otherwise, found[0])

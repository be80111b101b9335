import math

from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.data.similarity import Similarity
from rt_grasp_ros.data.situation import Spot, situate, stated_in
from rt_grasp_ros.grasp.rectangle import GraspRectangle


def at(x_px, y_px, theta_rad=math.pi / 2):
    return GraspRectangle(x_px, y_px, theta_rad, 30, 12, 200, 200)


LINE = [at(40, 100), at(70, 101), at(100, 99), at(160, 100)]
RING = [at(100 + 40 * math.cos(a), 100 - 40 * math.sin(a)) for a in (0, 1.57, 3.14, 4.71)]


def test_along_a_line_there_are_a_middle_and_two_ends():
    assert [situate(label, LINE).spot for label in LINE] == [
        Spot.END,
        Spot.END,
        Spot.MIDDLE,
        Spot.END,
    ]
    assert situate(LINE[0], LINE).where == "towards its left end"
    assert situate(LINE[-1], LINE).where == "towards its right end"
    assert situate(LINE[2], LINE).where == "halfway along its length"
    assert situate(LINE[2], LINE).extent == "stretches from its left to its right"


def test_around_a_rim_there_are_sides():
    assert [situate(label, RING).where for label in RING] == [
        "by its right side",
        "by its upper side",
        "by its left side",
        "by its lower side",
    ]


def test_labels_about_one_place_have_a_centre():
    alone = situate(at(50, 50), [at(50, 50)])
    assert (alone.spot, alone.where) == (Spot.CENTRE, "around its centre")
    assert situate(at(50, 50), [at(50, 50), at(55, 48)]).spot is Spot.CENTRE


@given(st.integers(0, 3), st.sampled_from([LINE, RING]), st.integers(0, 7))
def test_the_words_turn_with_the_picture(index, labels, eighths):
    """Turned by eighths of a turn, the compass advances by as many steps; the spot stays."""
    turn = Similarity((200, 200), (200, 200), turn_rad=eighths * math.pi / 4)
    turned = turn.to_rectangles(labels)
    before, after = situate(labels[index], labels), situate(turned[index], turned)
    assert after.spot == before.spot
    steps = ["right", "upper right", "upper", "upper left"]
    steps += ["left", "lower left", "lower", "lower right"]
    *_, name = before.where.partition(" its ")
    name, _, what = name.rpartition(" ")
    if what in ("end", "side"):
        assert f" its {steps[(steps.index(name) + eighths) % 8]} {what}" in after.where


def test_what_a_text_states_is_found_whole():
    situation = situate(LINE[0], LINE)
    text = f"It {situation.extent}. I take it {situation.where}."
    assert stated_in(text) == {situation.extent, situation.where}
    assert stated_in("It stretches from its lower left to its upper right.") == {
        "stretches from its lower left to its upper right"
    }
    assert stated_in("The jaws close from left to right.") == set()

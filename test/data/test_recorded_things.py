from dataclasses import replace

import pytest
from cornell_pictures import write_pictures

from rt_grasp_ros.data.reasoning import load_reasoning
from rt_grasp_ros.data.recorded_things import absent_names, part_of, phrase_of, thing_in
from rt_grasp_ros.data.thing import tells_apart
from rt_grasp_ros.language.vocabulary import load_vocabulary

TEMPLATES, VOCABULARY = load_reasoning(), load_vocabulary()


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        ("Grasp the black object.", "black object"),
        ("Grasp the black object with red details..", "black object with red details"),
        ("Grsap the rectangular object with a lens.", "rectangular object with a lens"),
        ("Grasp the obejct for wearing.", "object for wearing"),
        ("Grasp the tall object with a lid (in some cases).", "tall object with a lid"),
        ("Grasp the white and maroon details.", ""),
        ("The object in this image is swimming goggles.", ""),
        ("", ""),
    ],
)
def test_the_phrase_of_a_sentence(sentence, phrase):
    assert phrase_of(sentence) == phrase


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        ("Grasp the middle section of the remote control.", "middle section"),
        ("Grasp the bridge (center) of the sunglasses.", "bridge"),
        ("Grasp the left temple (arm) of the sunglasses.", "left temple"),
        ("Grasp the black object.", ""),
    ],
)
def test_the_part_in_a_sentence(sentence, part):
    assert part_of(sentence) == part


@pytest.fixture(scope="module")
def things(tmp_path_factory):
    pictures = write_pictures(tmp_path_factory.mktemp("pictures"), 3)
    return {p.object_name: thing_in(p, TEMPLATES, VOCABULARY) for p in pictures}


def test_a_thing_can_be_asked_for_in_many_ways(things):
    onion = things["onion"]
    assert set(onion.phrases) == {"name", "color", "shape", "purpose", "color and name"}
    assert onion.phrases["color and name"].text == "white onion"
    assert "grasp an onion" in onion.phrases["name"].commands
    assert "Grasp the white object." in onion.phrases["color"].commands


def test_words_that_two_things_share_tell_neither_apart(things):
    marker, onion, stapler = (things[name] for name in ("marker", "onion", "stapler"))
    assert all(tells_apart(kind, marker, [marker, onion, stapler]) for kind in marker.phrases)
    twin = replace(marker, called="chalk")
    assert not tells_apart("name", marker, [marker, twin])  # alike
    assert not tells_apart("color", marker, [marker, twin])


def test_what_is_not_known_of_another_thing_may_be_true_of_it(things):
    marker, onion = things["marker"], things["onion"]
    assert not tells_apart("color", marker, [marker, replace(onion, meanings={})])


def test_what_is_absent_is_called_like_nothing_there():
    absent = absent_names(["bottle", "shoe"], TEMPLATES)
    assert "banana" in absent
    assert not {"bottle", "small bottle", "nail polish bottle", "shoe", "heel shoe"} & set(absent)


def test_a_picture_without_a_label_in_sight_shows_nothing(tmp_path):
    (picture,) = write_pictures(tmp_path, 1)
    outside = tuple(replace(label, x_px=-5.0) for label in picture.rectangles)
    assert thing_in(replace(picture, rectangles=outside), TEMPLATES, VOCABULARY) is None

"""Things drawn at known places, said as each model would say them, and read back."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_grasp_ros.grasp.errors import AnswerGarbled
from rt_grasp_ros.language.target import Target
from rt_grasp_ros.model.family import FAMILY_NAMES, find_family
from rt_grasp_ros.model.pointing.pointing_family import PointingFamily

SIZES = [(640, 480), (1280, 720), (480, 640), (1280, 400), (320, 240), (1920, 1200)]

SAYS = {
    "qwen3_vl": lambda x, y, w, h: (
        f'```json\n[\n\t{{"bbox_2d": [{(x - 9) / w * 1000:.0f}, {(y - 9) / h * 1000:.0f}, '
        f'{(x + 9) / w * 1000:.0f}, {(y + 9) / h * 1000:.0f}], "label": "dot"}}\n]\n```'
    ),
    "qwen2_5_vl": lambda x, y, w, h: (
        f'[{{"bbox_2d": [{x - 9:.0f}, {y - 9:.0f}, {x + 9:.0f}, {y + 9:.0f}], "label": "dot"}}]'
    ),
    "gemma": lambda x, y, w, h: (
        f"[{{'bbox_2d': [{(x - 9) / w * 1000:.0f}, {(y - 9) / h * 1000:.0f}, "
        f"{(x + 9) / w * 1000:.0f}, {(y + 9) / h * 1000:.0f}], 'label': 'dot'}}]"
    ),
    "molmo": lambda x, y, w, h: (
        f' <point x="{x / w * 100:.1f}" y="{y / h * 100:.1f}" alt="dot">dot</point>'
    ),
    "molmo2": lambda x, y, w, h: (
        f'<points coords="1 1 {x / w * 1000:03.0f} {y / h * 1000:03.0f}">dot</points>'
    ),
    "gemini_er": lambda x, y, w, h: (
        f'```json\n[{{"point": [{y / h * 1000:.0f}, {x / w * 1000:.0f}], "label": "dot"}}]\n```'
    ),
    "locate_anything": lambda x, y, w, h: (
        f"<ref>dot</ref><box><{(x - 9) / w * 1000:.0f}><{(y - 9) / h * 1000:.0f}>"
        f"<{(x + 9) / w * 1000:.0f}><{(y + 9) / h * 1000:.0f}></box>"
    ),
    "robopoint": lambda x, y, w, h: f"[({x / w:.3f}, {y / h:.3f})]",
}
"""As each model's documentation shows its answers; x, y, w and h are of the picture sent."""

POINTING = [name for name in FAMILY_NAMES if isinstance(find_family(name), PointingFamily)]


def with_dot(x_px, y_px, size_px):
    picture = np.zeros((size_px[1], size_px[0], 3), np.uint8)
    cv2.circle(picture, (round(x_px * 16) - 8, round(y_px * 16) - 8), 80, (255,) * 3, -1, 16, 4)
    return picture


def middle_of(picture_rgb):
    moments = cv2.moments(picture_rgb[..., 0].astype(np.float32))
    return moments["m10"] / moments["m00"] + 0.5, moments["m01"] / moments["m00"] + 0.5


def test_all_families_that_point_are_tried_here():
    assert sorted(SAYS) == POINTING


@pytest.mark.parametrize("name", SAYS)
@settings(max_examples=12, deadline=None)
@given(size=st.sampled_from(SIZES), x=st.floats(0.05, 0.95), y=st.floats(0.05, 0.95))
def test_a_dot_in_the_picture_sent_is_read_back_where_it_was_drawn(name, size, x, y):
    family = find_family(name)
    x_px, y_px = max(10, x * (size[0] - 10)), max(10, y * (size[1] - 10))
    sent = family.picture(with_dot(x_px, y_px, size))
    height_px, width_px = sent.shape[:2]
    text = SAYS[name](*middle_of(sent), width_px, height_px)
    (place,) = family.read(f"Here it is. {text}", *size).places
    assert place.x_px == pytest.approx(x_px, abs=max(size) / 400)
    assert place.y_px == pytest.approx(y_px, abs=max(size) / 400)
    assert place.label == ("" if name == "robopoint" else "dot")


@pytest.mark.parametrize("name", SAYS)
@pytest.mark.parametrize("size", SIZES)
def test_the_picture_sent_is_as_known_traps_demand(name, size):
    family = find_family(name)
    height_px, width_px = family.picture(np.zeros((size[1], size[0], 3), np.uint8)).shape[:2]
    multiple = 28 if name == "qwen2_5_vl" else 32
    assert (width_px % multiple, height_px % multiple) == (0, 0)
    assert 960 <= max(width_px, height_px) <= 1000
    assert max(width_px, height_px) <= 2.1 * min(width_px, height_px)


@pytest.mark.parametrize("name", SAYS)
def test_what_is_retold_is_read_as_the_same(name):
    family = find_family(name)
    first = SAYS[name](300, 200, *family.shown(640, 480).size_px)
    places = family.read(first, 640, 480).places
    again = family.read(family.retell((*places, *places), 640, 480), 640, 480).places
    assert len(again) == 2
    for place in again:
        assert (place.x_px, place.y_px) == pytest.approx((places[0].x_px, places[0].y_px), abs=1)
        assert (place.box_px is None) == (places[0].box_px is None)
    assert family.read(family.retell((), 640, 480), 640, 480).places == ()


@pytest.mark.parametrize("name", SAYS)
@pytest.mark.parametrize(
    "refusal",
    [
        "There are none.",
        "[]",
        "```json\n[]\n```",
        "I can't see a unicorn in this image.",
        "There is no unicorn in the picture.",
        "None.",
    ],
)
def test_refusals_are_absent(name, refusal):
    assert find_family(name).read(refusal, 640, 480).places == ()


@pytest.mark.parametrize("name", SAYS)
@pytest.mark.parametrize(
    "nonsense", ["", "The cat sat on the mat.", "{", "```json\n```", "x = 5", "<point>", "1 2 3"]
)
def test_nonsense_is_garbled_and_not_absent(name, nonsense):
    with pytest.raises(AnswerGarbled):
        find_family(name).read(nonsense, 640, 480)


@pytest.mark.parametrize("name", SAYS)
def test_numbers_of_another_unit_are_no_place(name):
    beyond = SAYS[name](5000, 5000, 640, 480)
    with pytest.raises(AnswerGarbled):
        find_family(name).read(beyond, 640, 480)


@pytest.mark.parametrize("name", SAYS)
def test_thoughts_are_words_and_no_places(name):
    family = find_family(name)
    width_px, height_px = family.shown(640, 480).size_px
    thought, said = SAYS[name](99, 99, width_px, height_px), SAYS[name](500, 400, 992, 736)
    pointing = family.read(f"<think>Maybe {thought}?</think>The dot is white. {said}", 640, 480)
    (place,) = pointing.places
    assert place.x_px == pytest.approx(500 * 640 / width_px, abs=6)
    assert pointing.words.endswith("The dot is white.")


@pytest.mark.parametrize(
    ("name", "question"),
    [
        (
            "qwen3_vl",
            "Locate every instance that belongs to the following categories: 'handle of the red "
            "mug'. Report bbox coordinates in JSON format.",
        ),
        (
            "molmo2",
            "Point to handle of the red mug\nPlease say 'There are none.' if it is not in the "
            "image.",
        ),
        ("molmo", "Point to handle of the red mug"),
        ("locate_anything", "handle of the red mug"),
    ],
)
def test_questions_are_those_of_the_authors(name, question):
    assert find_family(name).question(Target("red mug", "handle")) == question

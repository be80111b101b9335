"""Places as models and servers in the wild write them."""

import pytest

from rt_grasp_ros.model.pointing.said_places import (
    box_tags,
    coords_tags,
    json_places,
    percent_tags,
    says_none,
    tuple_places,
    words_of,
)


def numbers(places):
    return [place.numbers for place in places]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[{"point_2d": [1, 2], "label": "a"}]', [(1, 2)]),
        ('{"bbox_2d": [1, 2, 3, 4]}', [(1, 2, 3, 4)]),
        (
            '```json\n[{"bbox_2d": [1, 2, 3, 4]}, {"bbox_2d": [5, 6, 7, 8]}]\n```',
            [(1, 2, 3, 4), (5, 6, 7, 8)],
        ),
        (
            '[{"bbox_2d": [1, 2, 3, 4], "label": "a"}, {"bbox_2d": [5, 6, 7, 8], "lab',
            [(1, 2, 3, 4), (5, 6, 7, 8)],
        ),
        ("[{'point': [1.5, 2.5], 'label': 'it''s'},]", [(1.5, 2.5)]),
        ('{"points": [[1, 2], [3, 4]]}', [(1, 2), (3, 4)]),
        ('[{"label": "a", "box_2d": [1,2,3,4]}]', [(1, 2, 3, 4)]),
        ("[(520, 570)]", [(520, 570)]),
        ("The mug is at (520, 570).", [(520, 570)]),
    ],
)
def test_json_in_all_its_shapes(text, expected):
    assert numbers(json_places(text)) == expected


def test_labels_stay_with_their_places():
    text = '[{"point": [1, 2], "label": "red mug"}, {"point": [3, 4], "label": \'blue\'}]'
    assert [place.label for place in json_places(text)] == ["red mug", "blue"]


def test_molmo_tags_with_one_and_several_points():
    text = (
        '<point x="63.5" y="44.5" alt="the mug">mug</point> and '
        '<points x1="1" y1="2" x2="3.5" y2="4" alt="b">b</points>'
    )
    places = percent_tags(text)
    assert numbers(places) == [(63.5, 44.5), (1, 2), (3.5, 4)]
    assert [place.label for place in places] == ["the mug", "b", "b"]


def test_molmo2_counts_pictures_and_points_before_the_numbers():
    places = coords_tags('<points coords="1 1 533 417 2 610 300">mug</points>')
    assert numbers(places) == [(533, 417), (610, 300)]
    assert {place.label for place in places} == {"mug"}


def test_boxes_in_tags():
    text = "<ref>mug</ref><box><10><20><30><40></box><ref>pen</ref><box>none</box>"
    assert numbers(box_tags(text)) == [(10, 20, 30, 40)]


def test_tuples_of_points_and_boxes():
    assert numbers(tuple_places("[(0.1, .25), (0.3, 0.4)]")) == [(0.1, 0.25), (0.3, 0.4)]
    assert numbers(tuple_places("[1, 2, 3, 4]")) == [(1, 2, 3, 4)]
    assert tuple_places("[1, 2, 3]") == []


@pytest.mark.parametrize(
    "text",
    [
        "There are none.",
        "<ref>unicorn</ref><box>none</box>",
        '[{"bbox_2d": [], "label": "unicorn"}]',
        "The unicorn is not visible in the image.",
        "I don't see any unicorn.",
        "No unicorns are visible.",
        "Nothing",
    ],
)
def test_what_says_that_there_is_none(text):
    assert says_none(text)


@pytest.mark.parametrize("text", ["", "The mug.", "It is on the table.", "<point", "I know it is"])
def test_what_does_not(text):
    assert not says_none(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('The red mug stands left. ```json\n[{"point": [1, 2]}]\n```', "The red mug stands left."),
        ('[{"point": [1, 2], "label": "mug"}]', ""),
        ('I see it. <points coords="1 1 5 5">mug</points>', "I see it."),
        ("<ref>mug</ref><box><1><2><3><4></box>", ""),
        ("Here: [(0.1, 0.2), (0.3, 0.4)]", "Here:"),
    ],
)
def test_the_words_beside_the_places(text, words):
    assert words_of(text) == words

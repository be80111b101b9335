"""What may be a thing's name, and what can't be of one."""

import pytest

from rt_grasp_ros.language.name_words import (
    is_describing,
    is_in_no_name,
    stray_word,
    without_determiners,
)


@pytest.mark.parametrize(
    "name",
    [
        "the mug",
        "a garlic press",
        "my rubik's cube",
        "bottle of mustard",
        "tube of the toothpaste",
        "salt and pepper shaker",
        "broken mug",
        "cutting board",
        "stop sign",
        "business card",
        "the hand",
        "bed",
        "fly",
        "non-stick pan",
        "",
        "the",
    ],
)
def test_any_noun_may_be_a_name(name):
    assert stray_word(name) == ""


@pytest.mark.parametrize(
    ("phrase", "stray"),
    [
        ("the mug stays put", "stays"),
        ("mug belongs to somebody", "belongs"),
        ("mug under a cloth", "under"),
        ("mug a rest", "a"),
        ("of mustard", "of"),
        ("mug and", "and"),
        ("mug untouched", "untouched"),
        ("handle glued", "glued"),
        ("mug quickly", "quickly"),
        ("mug handle-free", "handle-free"),
        ("weight of the mug", "weight"),
        ("they'll mug", "they'll"),
        ("second mug", "second"),
        ("rest", "rest"),
        ("one two three four five six seven", "seven"),
    ],
)
def test_what_no_name_has_is_told(phrase, stray):
    assert stray_word(phrase) == stray


def test_a_name_that_lost_its_article_may_be_no_noun():
    assert stray_word("clear") == ""
    assert stray_word("clear", is_alone=True) == "clear"
    assert stray_word("can", is_alone=True) == ""


def test_articles_are_left_out_and_nothing_else():
    assert without_determiners("one of the mugs") == "mugs"
    assert without_determiners("theme park") == "theme park"


def test_a_description_has_words_that_no_name_has():
    assert is_in_no_name("with") and is_describing("with")
    assert is_in_no_name("unless") and not is_describing("unless")
    assert not is_in_no_name("stapler")

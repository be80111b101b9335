import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.model.worker.readable import readable


@pytest.mark.parametrize(
    "text, expected",
    [
        ("the mug", "the mug"),
        ("\ud83d\ude00", "\N{GRINNING FACE}"),
        ("a \ud83d", "a "),
        ("\ude00 a", "\N{REPLACEMENT CHARACTER} a"),
        ("a \ud83d b", "a \N{REPLACEMENT CHARACTER} b"),
        ("kept \N{REPLACEMENT CHARACTER}", "kept \N{REPLACEMENT CHARACTER}"),
        ("", ""),
    ],
)
def test_halves_are_joined_or_replaced(text, expected):
    assert readable(text) == expected


@given(st.text(st.characters(categories=["L", "N", "Zs", "Cs", "So"])))
def test_everything_can_be_written(text):
    assert readable(text).encode("utf-8").decode("utf-8") == readable(text)


@given(st.text())
def test_what_can_be_written_is_kept(text):
    assert readable(text) == text

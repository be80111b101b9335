"""What is written in any format reads back as the same numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.language.answer import parse_answer
from rt_grasp_ros.language.codec import GraspNumbers
from rt_grasp_ros.learn.tune.answer_formats import AnswerFormat

THOUSANDTHS = st.integers(1, 999)


@given(numbers=st.builds(GraspNumbers, THOUSANDTHS, THOUSANDTHS, THOUSANDTHS, THOUSANDTHS))
@pytest.mark.parametrize("answer_format", AnswerFormat)
def test_numbers_survive(answer_format, numbers):
    written = answer_format.write(f"It lies on the left, so w 0.5. {numbers.to_text()}")
    read = answer_format.read(written)
    assert parse_answer(read, 640, 480).rectangle == numbers.to_rectangle(640, 480)


def test_what_each_format_says():
    answer = "It is round. x 0.532 y 0.417 theta 0.250 w 0.180"
    assert AnswerFormat.NUMBERS.write(answer) == "0.532 0.417 0.250 0.180"
    assert AnswerFormat.LABELLED.write(answer) == "x 0.532 y 0.417 theta 0.250 w 0.180"
    assert AnswerFormat.REASONING.write(answer) == answer


@pytest.mark.parametrize("answer_format", AnswerFormat)
def test_refusals_stay_refusals(answer_format):
    written = answer_format.write("There is no mug. No grasp.")
    assert parse_answer(answer_format.read(written), 640, 480).rectangle is None


@pytest.mark.parametrize("text", ["0.532 0.417 0.250", "0.532 0.417 0.250 0.18", "nothing"])
def test_other_text_is_not_made_readable(text):
    assert AnswerFormat.NUMBERS.read(text) == text


def test_an_answer_without_numbers_is_refused():
    with pytest.raises(ValueError, match="without numbers"):
        AnswerFormat.NUMBERS.write("I take it by the handle.")

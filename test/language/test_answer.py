import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.grasp.errors import AnswerGarbled
from rt_grasp_ros.language.answer import NO_GRASP, parse_answer
from rt_grasp_ros.language.codec import GraspNumbers
from rt_grasp_ros.language.vocabulary import load_vocabulary


def test_reasoning_and_numbers_are_split():
    answer = parse_answer("The mug is red. x 0.500 y 0.250 theta 0.250 w 0.100", 640, 480, 0.7)
    assert answer.reasoning == "The mug is red."
    assert answer.rectangle is not None
    assert (answer.rectangle.x_px, answer.rectangle.y_px) == (320, 160)
    assert answer.rectangle.opening_px == 64
    assert answer.score == 0.7


def test_a_refusal_has_no_rectangle():
    answer = parse_answer("I do not see a giraffe here. No grasp.", 640, 480)
    assert answer.rectangle is None
    assert answer.reasoning == "I do not see a giraffe here."


@pytest.mark.parametrize("template", load_vocabulary().unknown_noun_answers)
def test_what_is_shown_for_a_word_that_is_not_known_is_a_guess_and_no_grasp(template):
    said = template.format(place="on the left", shape="long with two legs", closing="upwards")
    answer = parse_answer(f"{said} x 0.500 y 0.250 theta 0.250 w 0.100", 640, 480)
    assert answer.rectangle is None
    assert "word" in answer.reasoning and "on the left" in answer.reasoning
    assert answer.reasoning.lower().endswith("it is long with two legs.")


@pytest.mark.parametrize("reasoning", load_vocabulary().unknown_absent_answers)
def test_where_nothing_is_new_either_the_refusal_says_so(reasoning):
    answer = parse_answer(f"{reasoning} {NO_GRASP}", 640, 480)
    assert (answer.rectangle, answer.reasoning) == (None, reasoning)


@pytest.mark.parametrize(
    "text", ["", "banana", "x 0.5", "x 0.500 y 0.500 theta 0.100 w 0.000", "No grasp. maybe"]
)
def test_garbled_answers_are_refused(text):
    with pytest.raises(AnswerGarbled):
        parse_answer(text, 640, 480)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
    try:
        answer = parse_answer(text, 640, 480)
    except AnswerGarbled:
        return
    assert answer.rectangle is None or answer.rectangle.opening_px > 0


@given(
    st.builds(GraspNumbers, *[st.integers(1, 999)] * 4),
    st.sampled_from(["The mug is red.", "I move the grasp up."]),
)
def test_an_answer_is_written_as_it_was_read(numbers, reasoning):
    text = f"{reasoning} {numbers.to_text()}"
    assert parse_answer(text, 640, 480).to_text() == text


def test_a_refusal_is_written_as_it_was_read():
    text = "I do not see a giraffe here. No grasp."
    assert parse_answer(text, 640, 480).to_text() == text


def test_thoughts_are_reasoning_and_no_answer():
    said = "The mug is red. x 0.500 y 0.250 theta 0.250 w 0.100"
    answer = parse_answer(
        f"<think>Is it x 0.100 y 0.100 theta 0.100 w 0.100</think> {said}", 640, 480
    )
    assert answer.rectangle is not None and answer.rectangle.x_px == 320
    assert answer.reasoning == "Is it x 0.100 y 0.100 theta 0.100 w 0.100 The mug is red."
    for text in (f"<think> {said}", f"<think> {said} </think>", f"<think>{NO_GRASP}"):
        with pytest.raises(AnswerGarbled):
            parse_answer(text, 640, 480)

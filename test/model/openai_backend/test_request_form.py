import pytest

from rt_grasp_ros.model.openai_backend.request_form import RequestForm

BODY = {"model": "m", "max_tokens": 5, "logprobs": True, "temperature": 0.0}


def test_at_first_everything_is_asked_and_streamed():
    assert RequestForm().of(BODY) == {**BODY, "stream": True}


@pytest.mark.parametrize(
    "status, words",
    [
        (400, "the picture is too large"),
        (400, "max_tokens must be at most 4"),
        (401, "no logprobs for you"),
        (500, "logprobs"),
        (404, "no stream"),
    ],
)
def test_what_is_not_optional_is_not_left_out(status, words):
    form = RequestForm()
    assert form.learn(form.of(BODY), status, words) is None
    assert form.of(BODY) == {**BODY, "stream": True}


def test_it_learns_one_thing_at_a_time_and_ends():
    form, words = RequestForm(), "logprobs, temperature, max_tokens and stream are not supported"
    learnt = 0
    while form.learn(form.of(BODY), 422, words) and learnt < 10:
        learnt += 1
    assert learnt == 4
    assert form.of(BODY) == {"model": "m", "max_completion_tokens": 5, "stream": False}


def test_the_older_name_of_the_limit_is_taken_back():
    form = RequestForm()
    assert form.learn(form.of(BODY), 400, "max_tokens: unknown, use max_completion_tokens")
    assert form.of(BODY)["max_completion_tokens"] == 5
    assert form.learn(form.of(BODY), 400, "unknown field max_completion_tokens, use max_tokens")
    assert form.of(BODY)["max_tokens"] == 5

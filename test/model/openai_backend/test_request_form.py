"""What a server turns down and nobody needs is left out of later requests."""

import logging

import pytest
from chat_stand_in import fails, is_silent, says, says_at_once
from served_engine import IMAGE, MUG, engine_for

from rt_grasp_ros.grasp.errors import AnswerCancelled, ServerRefused
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


def strict(*names, words, status=400):
    """Turn requests down that hold one of the names."""

    def behave(handler, body):
        if any(body.get(name) not in (None, False) for name in names):
            fails(status, words)(handler, body)
        elif not body["stream"]:
            says_at_once(MUG)(handler, body)
        else:
            says(MUG)(handler, body)

    return behave


@pytest.mark.parametrize(
    "name, words, instead",
    [
        ("logprobs", 'Unknown name "logprobs": Cannot find field.', {}),
        ("temperature", "Unsupported value: 'temperature' does not support 0.0", {}),
        (
            "max_tokens",
            "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
            {"max_completion_tokens": 192},
        ),
        ("stream", "streaming is not supported", {"stream": False}),
    ],
)
def test_what_is_optional_is_left_out_for_the_session(start, caplog, name, words, instead):
    stand_in = start(strict(name, words=words) if name != "temperature" else _no_zero(words))
    engine = engine_for(stand_in, retries=0)
    for _ in range(2):
        assert engine.answer(IMAGE, "it")[0].rectangle.x_px == 32.0
    assert len(stand_in.requests) == 3, "refused once, then asked as the server wants it"
    last = stand_in.requests[-1]
    assert not last.get(name)
    assert {key: last[key] for key in instead} == instead
    assert sum(record.levelno == logging.WARNING for record in caplog.records) == 1


def _no_zero(words):
    def behave(handler, body):
        (fails(400, words) if "temperature" in body else says(MUG))(handler, body)

    return behave


def test_a_limit_that_is_too_large_is_not_renamed(start):
    stand_in = start(fails(400, "max_tokens must be at most 128"))
    with pytest.raises(ServerRefused, match="at most 128"):
        engine_for(stand_in).answer(IMAGE, "it")
    assert len(stand_in.requests) == 1


def test_asking_in_another_form_can_be_cancelled(start):
    stand_in = start(fails(400, "no logprobs"), is_silent)
    with pytest.raises(AnswerCancelled):
        engine_for(stand_in).answer(IMAGE, "it", is_cancelled=lambda: len(stand_in.requests) == 2)

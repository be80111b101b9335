"""Servers say the same in many forms, and fail in many."""

import json

import numpy as np
import pytest
from chat_stand_in import begin_stream, fails, says_at_once, sends, streams
from served_engine import IMAGE, engine_for

from rt_grasp_ros.grasp.errors import AnswerCutOff, AnswerWithheld, ServerUnavailable

THOUGHT = "It is long."
NUMBERS = "<answer>(322, 238, 30, 60)</answer>"


def delta(finish=None, **said):
    return {"choices": [{"index": 0, "delta": said, "finish_reason": finish}]}


def raw(text):
    """Stream these bytes as they are, one by one."""

    def behave(handler, body):
        begin_stream(handler)
        for byte in text.encode():
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()

    return behave


def read_of(start, behaviour, **server):
    stand_in = start(behaviour)
    image = np.zeros((476, 644, 3), np.uint8)
    return engine_for(stand_in, "realvlg_r1", retries=0, **server).answer(image, "it")[0]


@pytest.mark.parametrize(
    "behaviour",
    [
        streams(delta(reasoning_content=THOUGHT), delta(content=NUMBERS), "[DONE]"),
        streams(delta(reasoning=THOUGHT), delta(content=NUMBERS), delta("stop")),
        streams(delta(content=f"<think>{THOUGHT}</think>{NUMBERS}"), {"usage": {}}, "[DONE]"),
        streams(
            delta(content=[{"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]}]),
            delta(content=[{"type": "text", "text": NUMBERS}]),
            {"choices": None, "usage": {}},
            "[DONE]",
        ),
        says_at_once([{"type": "text", "text": f"<think>{THOUGHT}</think>{NUMBERS}"}]),
        sends(
            b": hello\r\n\r\ndata:"
            + json.dumps(delta(reasoning=THOUGHT, content=NUMBERS)).encode()
            + b"\r\n\r\ndata:[DONE]\r\n\r\n",
            "text/plain",
        ),
        raw(
            ": keep-alive\r\n\r\ndata:\r\n\r\ndata:"
            + json.dumps(
                delta(reasoning=THOUGHT, content=f"\u00e9\u2212{NUMBERS}"), ensure_ascii=False
            )
            + "\r\n\r\ndata:[DONE]\r\n\r\n"
        ),
    ],
)
def test_servers_say_the_same_in_many_forms(start, behaviour):
    answer = read_of(start, behaviour)
    assert (answer.rectangle.x_px, answer.rectangle.opening_px) == (322, 60)
    assert answer.reasoning == THOUGHT


@pytest.mark.parametrize(
    "behaviour, error, words",
    [
        (streams(delta(content="<think>I think"), delta("length"), "[DONE]"), AnswerCutOff, "512"),
        (streams(delta(content="<answer>(322, 238, 30, 6"), delta("length")), AnswerCutOff, "512"),
        (streams(delta(reasoning="I think"), delta("length")), AnswerCutOff, "server_max_tokens"),
        (streams(delta("content_filter", content="")), AnswerWithheld, "filter"),
        (streams(delta("tool_calls", tool_calls=[{}])), AnswerWithheld, "tool"),
        (streams(delta("stop", reasoning=NUMBERS)), AnswerWithheld, "reasoning parser"),
        (sends(b"<!DOCTYPE html><html>Sign in</html>"), ServerUnavailable, "web page"),
        (streams({"error": {"message": "CUDA error"}}), ServerUnavailable, "CUDA error"),
        (fails(503, "Loading model"), ServerUnavailable, "Loading model"),
    ],
)
def test_the_true_cause_is_named(start, behaviour, error, words):
    with pytest.raises(error, match=words):
        read_of(start, behaviour)


def test_the_limit_of_tokens_is_a_setting(start):
    stand_in = start(streams(delta("length", content="a")))
    with pytest.raises(AnswerCutOff, match="2048"):
        engine_for(stand_in, max_tokens=2048).answer(IMAGE, "it")
    assert [body["max_tokens"] for body in stand_in.requests] == [2048]

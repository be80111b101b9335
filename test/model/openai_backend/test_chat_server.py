"""A server that is away, slow, refuses or fails is tried again, given up or reported in time."""

import socket
import time

import pytest
from chat_stand_in import (
    breaks_off,
    fails,
    hangs_up,
    is_silent,
    keeps_alive_only,
    says,
    sends,
    streams,
    word,
)
from served_engine import IMAGE, KEY_VARIABLE, MUG, engine_for

from rt_grasp_ros.grasp.errors import (
    AnswerCancelled,
    ModelTimeout,
    ServerRefused,
    ServerUnavailable,
)


@pytest.mark.parametrize(
    "bad",
    [
        fails(429, headers=[("Retry-After", "0")]),
        fails(500),
        fails(503, headers=[("Retry-After", "Thu, 01 Jan 2015 00:00:00 GMT")]),
        hangs_up,
        breaks_off,
        streams(word("The mug ")),
        streams(word("The mug "), {"error": {"message": "CUDA error"}}),
        streams("this is no json"),
        streams([1, 2]),
        streams({"choices": [{"index": 7, "delta": {"content": "a"}}]}),
        streams({"choices": [], "usage": {}}, "[DONE]"),
        sends(b"<html>welcome to the router</html>"),
        sends(b"\x00\xff\xfe", "application/json"),
        sends(b'{"choices": "none"}', "application/json"),
        sends(b"[]", "application/json"),
    ],
    ids=lambda bad: getattr(bad, "__name__", "bad"),
)
def test_what_may_pass_is_tried_again_and_else_reported(start, bad):
    engine = engine_for(start(bad, says(MUG)))
    assert engine.answer(IMAGE, "it")[0].rectangle.x_px == 32.0
    always = start(bad)
    with pytest.raises(ServerUnavailable) as caught:
        engine_for(always, retries=1).answer(IMAGE, "it")
    assert always.url in caught.value.message
    assert len(always.requests) == 2


def test_the_server_says_how_long_to_wait(start):
    stand_in = start(fails(429, headers=[("Retry-After", "1")]), says(MUG))
    begin_s = time.monotonic()
    assert engine_for(stand_in).answer(IMAGE, "it")
    assert 1.0 <= time.monotonic() - begin_s < 9.0


def test_a_wait_beyond_the_deadline_is_not_begun(start):
    stand_in = start(fails(429, headers=[("Retry-After", "3600")]))
    begin_s = time.monotonic()
    with pytest.raises(ServerUnavailable, match="overloaded"):
        engine_for(stand_in).answer(IMAGE, "it")
    assert time.monotonic() - begin_s < 9.0


@pytest.mark.parametrize(
    "status, words",
    [
        (400, "takes pictures"),
        (401, KEY_VARIABLE),
        (403, KEY_VARIABLE),
        (404, "server_model"),
        (413, "takes pictures"),
        (301, "takes pictures"),
    ],
)
def test_a_refusal_is_reported_at_once_with_advice(start, status, words):
    stand_in = start(fails(status, "that won't do"))
    with pytest.raises(ServerRefused, match="that won't do") as caught:
        engine_for(stand_in).answer(IMAGE, "it")
    assert caught.value.status == status
    assert words in caught.value.message
    assert len(stand_in.requests) == 1


def test_a_server_that_is_not_there_is_reported():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        with pytest.raises(ServerUnavailable, match="can't be reached"):
            engine_for(url, retries=1).answer(IMAGE, "it")


def test_a_server_that_accepts_no_connection_is_given_up():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        waiting = [socket.socket() for _ in range(3)]  # fill the queue of connections
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(deaf.getsockname())
        begin_s = time.monotonic()
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/v1"
        with pytest.raises((ServerUnavailable, ModelTimeout)):
            engine_for(url, retries=0, connect_timeout_s=0.3, first_token_timeout_s=1.0).answer(
                IMAGE, "it"
            )
        assert time.monotonic() - begin_s < 9.0
        for each in waiting:
            each.close()


@pytest.mark.parametrize("behaviour", [is_silent, keeps_alive_only])
def test_a_server_that_never_begins_is_given_up(start, behaviour):
    stand_in = start(behaviour)
    begin_s = time.monotonic()
    with pytest.raises(ModelTimeout, match="server_first_token_timeout_s"):
        engine_for(stand_in, first_token_timeout_s=0.4).answer(IMAGE, "it")
    assert time.monotonic() - begin_s < 9.0
    assert stand_in.hung_up.wait(20.0), "the server is told that nobody listens any more"


def test_a_server_that_never_ends_is_given_up(start):
    stand_in, heard = start(says("word " * 1000, word_s=0.05)), []
    with pytest.raises(ModelTimeout, match="server_timeout_s"):
        engine_for(stand_in, first_token_timeout_s=3.0, total_timeout_s=3.5).answer(
            IMAGE, "it", on_text=heard.append
        )
    assert len(heard) > 5
    assert stand_in.hung_up.wait(20.0)


@pytest.mark.parametrize("behaviour", [is_silent, says("word " * 1000, word_s=0.05)])
def test_cancelling_ends_the_request_at_any_time(start, behaviour):
    stand_in = start(behaviour)
    engine = engine_for(stand_in)
    begin_s = time.monotonic()
    with pytest.raises(AnswerCancelled):
        engine.answer(IMAGE, "it", 3, is_cancelled=lambda: len(stand_in.requests) == 2)
    assert time.monotonic() - begin_s < 9.0
    assert stand_in.hung_up.wait(20.0)


def test_a_model_that_is_not_there_is_answered_with_those_that_are(start):
    stand_in = start(fails(404, "model not found"), models=["qwen", "llava"])
    with pytest.raises(ServerRefused, match="qwen, llava"):
        engine_for(stand_in).answer(IMAGE, "it")


def test_a_url_without_v1_is_completed_where_the_server_is_there(start):
    def behave(handler, body):
        (says(MUG) if handler.path.startswith("/v1/") else fails(404, "Not Found"))(handler, body)

    stand_in = start(behave)
    for url in (stand_in.url.removesuffix("/v1"), f"{stand_in.url}/chat/completions"):
        engine = engine_for(url, retries=0)
        assert engine.answer(IMAGE, "it")[0].rectangle.x_px == 32.0

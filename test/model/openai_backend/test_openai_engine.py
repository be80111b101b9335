"""The server's side is a real HTTP server on loopback, see `chat_stand_in.py`."""

import base64
import json
import logging
import socket
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from chat_stand_in import (
    ChatStandIn,
    begin_stream,
    breaks_off,
    fails,
    hangs_up,
    is_silent,
    keeps_alive_only,
    says,
    says_at_once,
    sends,
    streams,
    word,
)

from rt_grasp_ros.grasp.errors import (
    AnswerCancelled,
    AnswerCutOff,
    AnswerGarbled,
    AnswerWithheld,
    ModelTimeout,
    RequestInvalid,
    ServerRefused,
    ServerUnavailable,
)
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.model.engine import EngineSettings
from rt_grasp_ros.model.load_engine import load_engine
from rt_grasp_ros.model.openai_backend.openai_engine import OpenAiEngine
from rt_grasp_ros.model.server_settings import ServerSettings

IMAGE = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
MUG = "The mug lies there. x 0.500 y 0.250 theta 0.250 w 0.125"
KEY_VARIABLE = "RT_GRASP_TEST_KEY"
SECRET = "sk-very-secret-0123456789"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def start():
    started = []

    def start(*behaviours, **options):
        started.append(ChatStandIn(*behaviours, **options))
        return started[-1]

    yield start
    for stand_in in started:
        stand_in.close()


def engine_for(stand_in, family="rt_grasp", **server):
    settings = {"connect_timeout_s": 1.0, "first_token_timeout_s": 5.0, "total_timeout_s": 10.0}
    url = stand_in if isinstance(stand_in, str) else stand_in.url
    return OpenAiEngine(
        EngineSettings(
            family=family,
            server=ServerSettings(
                url=url, **{"model": "a-model", "key_variable": KEY_VARIABLE, **settings, **server}
            ),
        )
    )


def test_an_answer_is_streamed_and_read(start):
    stand_in, heard = start(says(MUG, log_prob=-0.5)), []
    (answer,) = engine_for(stand_in).answer(IMAGE, "Grasp the Mug", on_text=heard.append)
    assert answer.reasoning == "The mug lies there."
    assert (answer.rectangle.x_px, answer.rectangle.y_px) == (32.0, 16.0)
    assert (answer.rectangle.image_width_px, answer.rectangle.image_height_px) == (64, 48)
    assert answer.score == pytest.approx(np.exp(-0.5))
    assert heard[:3] == ["The ", "The mug ", "The mug lies "]
    assert heard[-1].strip() == MUG


@pytest.mark.parametrize("picture_format, tolerance", [("jpeg", 40), ("png", 0)])
def test_the_request_holds_picture_dialogue_and_limits(start, picture_format, tolerance):
    stand_in = start(says(MUG))
    engine = engine_for(stand_in, picture_format=picture_format)
    smooth = cv2.resize(IMAGE[:6, :8], (64, 48))
    engine.answer(smooth, "Higher", history=[Turn("Grasp the mug", MUG)])
    (body,) = stand_in.requests
    first, second, third = body["messages"]
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    assert first["content"][1] == {"type": "text", "text": "grasp the mug"}
    assert second["content"] == [{"type": "text", "text": MUG}]
    assert third["content"] == [{"type": "text", "text": "higher"}]
    url = first["content"][0]["image_url"]["url"]
    start_of_url = f"data:image/{picture_format};base64,"
    assert url.startswith(start_of_url)
    encoded = np.frombuffer(base64.b64decode(url.removeprefix(start_of_url)), np.uint8)
    picture = cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1]
    assert picture.shape == (64, 64, 3), "padded to a square"
    np.testing.assert_allclose(picture[:40].astype(int), smooth[:40].astype(int), atol=tolerance)
    assert body["model"] == "a-model"
    assert body["stream"] is True
    assert body["temperature"] == 0.0
    assert body["max_tokens"] > 64


def test_a_server_that_does_not_stream_is_understood(start):
    heard = []
    (answer,) = engine_for(start(says_at_once(MUG))).answer(IMAGE, "it", on_text=heard.append)
    assert answer.rectangle.x_px == 32.0
    assert answer.score == 1.0
    assert heard == [MUG]


def test_further_candidates_are_asked_for_at_the_same_time(start):
    other = MUG.replace("x 0.500", "x 0.100")
    stand_in = start(says(other, MUG, other, "lorem ipsum"))
    engine = engine_for(stand_in)
    answers = engine.answer(IMAGE, "it", max_candidates=5)
    assert sorted(round(answer.rectangle.x_px, 1) for answer in answers) == [6.4, 32.0]
    assert sorted((body.get("n", 1), body["temperature"]) for body in stand_in.requests) == [
        (1, 0.0),
        (4, 0.7),
    ]


def test_a_server_that_draws_no_candidates_still_answers(start, caplog):
    def behave(handler, body):
        (fails(400, "n must be 1") if body.get("n", 1) > 1 else says(MUG))(handler, body)

    answers = engine_for(start(behave)).answer(IMAGE, "it", max_candidates=4)
    assert len(answers) == 1
    assert "n must be 1" in caplog.text


def test_an_absent_object_is_one_answer_without_a_rectangle(start):
    engine = engine_for(start(says("There is no mug. No grasp.")))
    (answer,) = engine.answer(IMAGE, "it", max_candidates=3)
    assert answer.rectangle is None


def test_another_family_is_asked_and_read_its_own_way(start):
    stand_in = start(says("<think>It is long.</think> <answer>(322, 238, 30, 60)</answer>"))
    image = np.zeros((480, 640, 3), np.uint8)
    (answer,) = engine_for(stand_in, "realvlg_r1").answer(image, "the banana")
    np.testing.assert_allclose(answer.rectangle.centre, [320, 240], atol=0.5)
    text = stand_in.requests[0]["messages"][0]["content"][1]["text"]
    assert '"the banana"' in text and "<answer>(x, y, theta, width)</answer>" in text


def test_text_that_is_no_grasp_is_garbled(start):
    with pytest.raises(AnswerGarbled):
        engine_for(start(says("I am a helpful assistant."))).answer(IMAGE, "it")


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


def test_the_key_comes_from_the_environment_and_is_told_to_nobody_else(start, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(KEY_VARIABLE, f"{SECRET}\n")
    stand_in = start(fails(401, f"the key {SECRET} is wrong"))
    engine = engine_for(stand_in)
    with pytest.raises(ServerRefused) as caught:
        engine.answer(IMAGE, "it")
    assert stand_in.headers[0]["Authorization"] == f"Bearer {SECRET}"
    assert SECRET not in caught.value.message
    assert SECRET not in str(vars(caught.value))
    assert SECRET not in caplog.text
    assert SECRET not in engine.name


def test_without_a_key_none_is_sent(start):
    stand_in = start(says(MUG))
    engine_for(stand_in).answer(IMAGE, "it")
    assert "Authorization" not in stand_in.headers[0]


def test_a_key_that_can_be_none_is_refused_without_showing_it(start, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, f"{SECRET}\nX-Evil: 1")
    with pytest.raises(RequestInvalid, match=KEY_VARIABLE) as caught:
        engine_for("http://127.0.0.1:1/v1")
    assert SECRET not in caught.value.message


@pytest.mark.parametrize(
    "url",
    ["", "gpu-server:8000", "ftp://gpu/v1", "http://", "http://[::1", "http://gpu:x/v1"],
)
def test_a_url_that_is_none_is_refused(url):
    with pytest.raises(RequestInvalid, match="server_url"):
        engine_for(url)


@pytest.mark.parametrize("url", ["http://me:pw@gpu/v1", "http://gpu/v1?key=pw"])
def test_a_url_with_secrets_is_refused(url):
    with pytest.raises(RequestInvalid) as caught:
        engine_for(url)
    assert "pw" not in caught.value.message


def test_the_only_model_of_a_server_need_not_be_named(start):
    stand_in = start(says(MUG), models=["the-one"])
    engine = engine_for(stand_in, model="")
    engine.answer(IMAGE, "it")
    assert stand_in.requests[0]["model"] == "the-one"
    assert "the-one" in engine.name


@pytest.mark.parametrize("models", [[], ["a", "b"]])
def test_of_several_models_one_must_be_named(start, models):
    with pytest.raises(RequestInvalid, match="server_model"):
        engine_for(start(says(MUG), models=models), model="")


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


def test_an_engine_answers_again_after_every_kind_of_failure(start):
    stand_in = start(hangs_up, fails(404), says("lorem"), says(MUG))
    engine = engine_for(stand_in, retries=0)
    for error in (ServerUnavailable, ServerRefused, AnswerGarbled):
        with pytest.raises(error):
            engine.answer(IMAGE, "it")
    assert engine.answer(IMAGE, "it")


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


def test_asking_in_another_form_can_be_cancelled(start):
    stand_in = start(fails(400, "no logprobs"), is_silent)
    with pytest.raises(AnswerCancelled):
        engine_for(stand_in).answer(IMAGE, "it", is_cancelled=lambda: len(stand_in.requests) == 2)


def test_it_is_loaded_as_a_backend(start):
    settings = EngineSettings(server=ServerSettings(url=start(says(MUG)).url))
    engine = load_engine(Path(), "openai", settings)
    assert engine.answer(IMAGE, "it")[0].rectangle is not None

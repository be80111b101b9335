"""The server's side is a real HTTP server on loopback (`chat_stand_in.py`), without a model."""

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest
from chat_stand_in import fails, hangs_up, says, says_at_once
from served_engine import IMAGE, MUG, engine_for

from rt_grasp_ros.grasp.errors import (
    AnswerGarbled,
    RequestInvalid,
    ServerRefused,
    ServerUnavailable,
)
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.model.engine import EngineSettings
from rt_grasp_ros.model.load_engine import load_engine
from rt_grasp_ros.model.server_settings import ServerSettings


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


def test_an_engine_answers_again_after_every_kind_of_failure(start):
    stand_in = start(hangs_up, fails(404), says("lorem"), says(MUG))
    engine = engine_for(stand_in, retries=0)
    for error in (ServerUnavailable, ServerRefused, AnswerGarbled):
        with pytest.raises(error):
            engine.answer(IMAGE, "it")
    assert engine.answer(IMAGE, "it")


def test_it_is_loaded_as_a_backend(start):
    settings = EngineSettings(server=ServerSettings(url=start(says(MUG)).url))
    engine = load_engine(Path(), "openai", settings)
    assert engine.answer(IMAGE, "it")[0].rectangle is not None

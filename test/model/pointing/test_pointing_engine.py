"""A model that points, asked over a real socket: an oracle answers in each family's words."""

import asyncio
from dataclasses import replace

import cv2
import numpy as np
import pytest

from rt_grasp_ros.grasp.errors import CommandUnclear, ModelNotLoaded, PointingOff
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.language.yes_no import YesNoQuestion
from rt_grasp_ros.model.engine import EngineSettings
from rt_grasp_ros.model.family import FAMILY_NAMES, find_family
from rt_grasp_ros.model.load_engine import load_engine
from rt_grasp_ros.model.pointing.convention import CONVENTIONS
from rt_grasp_ros.model.pointing.pointing_family import PointingFamily
from rt_grasp_ros.model.server_settings import ServerSettings
from rt_grasp_ros.serve.chat_service import ChatService
from rt_grasp_ros.serve.mistakes import Mistake
from rt_grasp_ros.serve.oracle import Oracle
from rt_grasp_ros.serve.truth import PictureTruth, TrueThing

POINTING = [name for name in FAMILY_NAMES if isinstance(find_family(name), PointingFamily)]
MUGS = ((150, 200), (450, 300))


def picture_truth():
    picture = np.full((480, 640, 3), 120, np.uint8)
    things = []
    for index, (x_px, y_px) in enumerate(MUGS):
        mask = np.zeros((480, 640), np.uint8)
        cv2.circle(mask, (x_px, y_px), 30, 1, -1)
        picture[mask > 0] = (200, 30 + 150 * index, 30)
        things.append(TrueThing.of({"mug", ("red mug", "yellow mug")[index]}, mask > 0))
    return PictureTruth(picture, tuple(things))


def served(family, mistake="exact", truths=()):
    oracle = Oracle(family, [picture_truth(), *truths], Mistake.parse(mistake))
    return ChatService("oracle", oracle.reply)


def engine_of(family, service, **settings):
    server = ServerSettings(url=service.url, retries=0, **settings)
    return load_engine(".", "openai", EngineSettings(family=family, server=server))


@pytest.mark.parametrize("family", POINTING)
def test_a_right_server_is_believed_and_its_places_are_where_the_things_are(family):
    with served(family) as service:
        engine = engine_of(family, service)
        assert engine.measure.fit.count == 6
        assert engine.measure.fit.residual < 0.002
        assert engine.measure.fit.convention.name in engine.note
        (answer,) = engine.answer(picture_truth().picture_rgb, "grasp the mug")
        found = [(place.x_px, place.y_px) for place in answer.places]
        np.testing.assert_allclose(found, MUGS, atol=2.0)
        (absent,) = engine.answer(picture_truth().picture_rgb, "grasp the unicorn")
        assert (absent.rectangle, absent.places) == (None, ())


@pytest.mark.parametrize("family", POINTING)
def test_every_wrong_convention_is_caught_and_the_right_one_is_not(family):
    oracle = Oracle(family, [])
    right = oracle.convention
    with ChatService("oracle", oracle.reply) as service:
        for convention in CONVENTIONS:
            oracle.convention = convention
            if convention == right:
                assert engine_of(family, service).measure.fit.convention == right
                continue
            with pytest.raises(PointingOff) as error:
                engine_of(family, service)
            assert f"as family '{family}'" in error.value.message
            assert convention.name in error.value.message or len(error.value.seen) > 20


def test_a_refusal_names_what_fits_instead():
    oracle = Oracle("qwen3_vl", [], Mistake.parse("units:gemini_er"))
    with ChatService("oracle", oracle.reply) as service, pytest.raises(PointingOff) as error:
        engine_of("qwen3_vl", service)
    assert "fit thousandths, y first (0.0%" in error.value.message
    assert "not thousandths of width and height" in error.value.message


@pytest.mark.parametrize(
    ("said", "seen"),
    [("There are none.", "names no place"), ("The disc is red.", "names no place")],
)
def test_a_server_without_places_is_refused(said, seen):
    with ChatService("a", lambda asked: said) as service, pytest.raises(PointingOff) as error:
        engine_of("molmo2", service)
    assert seen in error.value.message


def test_another_family_is_recognised_by_its_words():
    def reply(asked):
        return '<point x="15.0" y="81.2">red disc</point>'

    with ChatService("a", reply) as service, pytest.raises(PointingOff) as error:
        engine_of("qwen3_vl", service)
    assert error.value.family == "qwen3_vl"


def test_a_server_that_points_a_little_beside_is_believed_and_one_far_beside_is_not(monkeypatch):
    def beside(per_cent):
        oracle = Oracle("molmo2", [])
        off_px = per_cent / 100 * 640
        exact = oracle._places
        oracle._places = lambda *asked: [
            replace(place, x_px=place.x_px + off_px * 0.6, y_px=place.y_px - off_px * 0.8)
            for place in exact(*asked)
        ]
        return ChatService("oracle", oracle.reply)

    with beside(1.0) as service:
        assert engine_of("molmo2", service).measure.fit.residual == pytest.approx(0.01, abs=0.001)
    with beside(3.0) as service, pytest.raises(PointingOff, match=r"3\.0% of the picture beside"):
        engine_of("molmo2", service)


def test_follow_ups_change_the_grasp_ask_for_another_or_say_that_they_are_unclear():
    picture = picture_truth().picture_rgb
    taken = Answer("I take it.", GraspRectangle(150, 200, 0, 60, 24, 640, 480), 1.0).to_text()
    history = [Turn("grasp the mug", taken)]
    with served("molmo2") as service:
        engine = engine_of("molmo2", service)
        (moved,) = engine.answer(picture, "a bit to the left", history=history)
        assert moved.rectangle.x_px == pytest.approx(150 - 0.015 * 640, abs=0.7)
        assert moved.places is None
        (other,) = engine.answer(picture, "the other one", history=history)
        assert [place.x_px for place in other.places] == pytest.approx([450], abs=2)
        (yellow,) = engine.answer(picture, "no, the yellow one", history=history)
        assert yellow.target.phrase == "yellow mug"
        with pytest.raises(CommandUnclear):
            engine.answer(picture, "not there, there", history=history[:0])


def test_a_yes_no_question_is_answered_in_words():
    with ChatService("a", _yes_where_asked) as service:
        engine = engine_of("molmo2", service)
        (answer,) = engine.answer(np.zeros((8, 8, 3), np.uint8), YesNoQuestion("Is it a mug?"))
    assert (answer.reasoning, answer.rectangle) == ("Yes, it is.", None)


def _yes_where_asked(asked):
    return "Yes, it is." if asked.question == "Is it a mug?" else MARKERS.reply(asked)


MARKERS = Oracle("molmo2", [])


def test_no_task_is_left_behind_by_a_server_that_says_all_at_once():
    with served("molmo2") as service:
        engine = engine_of("molmo2", service)
        engine.answer(picture_truth().picture_rgb, "grasp the mug")
        assert asyncio.all_tasks(engine._session._loop.get_loop()) == set()


@pytest.mark.parametrize("backend", ["onnx", "torch"])
def test_a_family_that_points_runs_on_a_server_alone(backend):
    with pytest.raises(ModelNotLoaded, match="server_url"):
        load_engine(".", backend, EngineSettings(family="qwen3_vl"))


def test_the_backend_need_not_be_named():
    with served("qwen3_vl") as service:
        server = ServerSettings(url=service.url)
        engine = load_engine(".", settings=EngineSettings(family="qwen3_vl", server=server))
    assert engine.name.startswith("oracle (qwen3_vl, http://")

"""`rt-grasp serve`, its oracle and the model behind the common interface, over real sockets."""

import json
from argparse import Namespace

import cv2
import numpy as np
import pytest
from table_frames import write_tables

from rt_grasp_ros.cli.__main__ import main
from rt_grasp_ros.cli.doctor import _look_at_server
from rt_grasp_ros.data.tabletop import read_tabletop
from rt_grasp_ros.evaluate.oracle_truths import truths_of_tables
from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.model.engine import EngineSettings
from rt_grasp_ros.model.load_engine import load_engine
from rt_grasp_ros.model.server_settings import ServerSettings
from rt_grasp_ros.model.worker.worker import ModelWorker
from rt_grasp_ros.model.worker.worker_messages import EngineSource
from rt_grasp_ros.serve.chat_service import ChatService
from rt_grasp_ros.serve.engine_replies import engine_replies
from rt_grasp_ros.serve.mistakes import Mistake, MistakeKind
from rt_grasp_ros.serve.oracle import Oracle


def evaluated(tmp_path, family, mistake="exact", *options):
    """Evaluate the chain on drawn tables, pointed at by an oracle over a socket."""
    if not (tmp_path / "dev").exists():
        write_tables(tmp_path)
        shade = np.linspace(90, 190, 640).astype(np.uint8)
        picture = np.repeat(np.tile(shade, (480, 1))[..., None], 3, axis=2)
        picture[204:276, 308:332] = (40, 30, 200)
        cv2.imwrite(str(tmp_path / "dev/one/color.png"), picture)
    commands = read_tabletop(tmp_path, "dev")
    oracle = Oracle(family, truths_of_tables(tmp_path, "dev", commands), Mistake.parse(mistake))
    result = tmp_path / "result.json"
    with ChatService("oracle", oracle.reply) as service:
        given = ["evaluate", "tabletop", "--data", str(tmp_path), "--no-baselines"]
        server = ["--family", family, "--server-url", service.url]
        assert main([*given, *server, *options, "--json", str(result)]) == 0
    return json.loads(result.read_text())


@pytest.mark.parametrize("family", ["qwen3_vl", "molmo2", "robopoint"])
def test_tables_are_evaluated_over_a_server_that_points(tmp_path, family):
    report = evaluated(tmp_path, family)
    assert report["closing_rate"] == 1.0
    assert report["absent_refused_rate"] == 1.0
    assert family in report["model"]


def test_what_is_said_to_be_absent_is_refused(tmp_path):
    assert evaluated(tmp_path, "molmo2", "absent")["present_refused_rate"] == 1.0


def test_an_invented_thing_is_caught_by_looking_again(tmp_path):
    assert evaluated(tmp_path, "molmo2", "invents")["absent_refused_rate"] == 0.0
    assert evaluated(tmp_path, "molmo2", "invents", "--verify")["absent_refused_rate"] == 1.0
    assert evaluated(tmp_path, "molmo2", "exact", "--verify")["closing_rate"] == 1.0


class Shouts:
    name = "shouts"

    def answer(
        self, image_rgb, command, max_candidates=1, on_text=None, history=(), cancelled=None
    ):
        said = f"{len(history)} {command} {image_rgb.shape[0]}"
        return [Answer(said, None, 1.0)]


def test_a_model_of_ours_is_served_to_a_client_of_ours_with_its_dialogue():
    with ChatService("tiny", engine_replies(Shouts())) as service:
        server = ServerSettings(url=service.url)
        engine = load_engine(".", "openai", EngineSettings(server=server))
        picture = np.zeros((48, 64, 3), np.uint8)
        history = [Turn("grasp the mug", "I see none. No grasp.")]
        (answer,) = engine.answer(picture, "the bowl", history=history)
    assert answer.reasoning == "1 the bowl 64"


def test_the_doctor_says_where_a_server_points_and_how_fast():
    given = {"family": "molmo2", "server_model": "", "server_key_variable": "NO_SUCH_KEY"}
    with ChatService("tiny", Oracle("molmo2", []).reply) as service:
        said = _look_at_server(Namespace(server_url=service.url, **given))
    assert "the server answers in thousandths of width and height and points 0.1%" in said
    assert "beside 6 of 6 markers" in said
    assert "tokens a second" in said


def test_a_node_s_worker_tells_what_was_measured_of_its_server():
    with ChatService("tiny", Oracle("molmo2", []).reply) as service:
        server = ServerSettings(url=service.url)
        settings = EngineSettings(family="molmo2", server=server)
        worker = ModelWorker(
            EngineSource(
                factory="rt_grasp_ros.model.load_engine:load_engine",
                arguments={"model_dir": ".", "settings": settings},
            )
        )
        try:
            worker.start()
            assert "beside 6 of 6 markers" in worker.note
            worker.warm_up()
        finally:
            worker.stop()


@pytest.mark.parametrize(
    ("text", "kind", "amount"),
    [
        ("exact", MistakeKind.EXACT, 0),
        ("noise:3", MistakeKind.NOISE, 3),
        ("boxes:2.5", MistakeKind.BOXES, 2.5),
        ("units:molmo", MistakeKind.UNITS, 0),
    ],
)
def test_mistakes_are_read(text, kind, amount):
    mistake = Mistake.parse(text)
    assert (mistake.kind, mistake.amount) == (kind, amount)


@pytest.mark.parametrize("text", ["", "noise", "noise:x", "exact:1", "units", "wrong"])
def test_what_is_no_mistake_is_refused(text):
    with pytest.raises(RequestInvalid, match="is no mistake"):
        Mistake.parse(text)

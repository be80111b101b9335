import json

import numpy as np
import pytest

from rt_grasp_ros.evaluate.cell import (
    Attempt,
    draw_command,
    evaluate_sim,
    summarise,
)
from rt_grasp_ros.evaluate.simulated_pick import SimulatedPicker
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import AnswerGarbled
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.vocabulary import load_vocabulary
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.judge import judge
from rt_grasp_ros.sim.labels import PartLabel
from rt_grasp_ros.sim.scene import random_scene

pytestmark = pytest.mark.sim

VOCABULARY = load_vocabulary()
RECTANGLE = GraspRectangle(100.0, 80.0, 0.3, 40.0, 20.0, 640, 480)


class FixedEngine:
    """Answers every command alike."""

    name = "fixed"

    def __init__(self, *rectangles: GraspRectangle | None) -> None:
        self.answers = [Answer("So I say.", rectangle, 0.5) for rectangle in rectangles]

    def answer(self, image_rgb, command, max_candidates=1, on_text=None):
        if not self.answers:
            raise AnswerGarbled("lorem ipsum")
        return self.answers


def label(object_name="mug", part_name="handle", visible=1.0, default=True, x_px=100.0):
    rectangle = GraspRectangle(x_px, 80.0, 0.0, 40.0, 20.0, 640, 480)
    return PartLabel(
        object_index=0,
        object_name=object_name,
        colour_name="red",
        part_name=part_name,
        part_id=1,
        rectangle=rectangle,
        T_world_grasp=np.eye(4),
        opening_m=0.03,
        visible_fraction=visible,
        is_default=default,
    )


def attempt(lifted_object, code=ErrorCode.OK) -> Attempt:
    return Attempt(
        scene_seed=1,
        command="grasp the mug",
        object_name="mug",
        part_name="handle",
        names_part=False,
        lifted=lifted_object == "mug",
        lifted_object=lifted_object,
        gripped_part=None,
        rectangle=RECTANGLE,
        label=RECTANGLE,
        error_code=code,
        error_message="",
        seconds=2.0,
    )


def test_commands_mean_visible_parts_inside_the_picture():
    visible, hidden, outside = label(), label(visible=0.1), label(x_px=700.0)
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert draw_command([hidden, visible, outside], VOCABULARY, rng).label is visible
    assert draw_command([hidden, outside], VOCABULARY, rng) is None


def test_commands_that_name_no_part_mean_the_default_one():
    labels = [label(part_name="rim", default=False), label()]
    rng = np.random.default_rng(0)
    commands = [draw_command(labels, VOCABULARY, rng) for _ in range(100)]
    texts = {(command.text, command.label.part_name) for command in commands}
    assert texts == {
        ("grasp the mug", "handle"),
        ("grasp the mug by its handle", "handle"),
        ("grasp the mug by its rim", "rim"),
    }
    assert all(command.names_part == (" by its " in command.text) for command in commands)


def test_rates():
    attempts = [
        attempt("mug"),
        attempt("mug"),
        attempt("apple"),
        attempt(None, ErrorCode.OBJECT_NOT_FOUND),
        attempt(None, ErrorCode.NO_FINGER_CLEARANCE),
        attempt(None, ErrorCode.OUT_OF_REACH),
        attempt(None, ErrorCode.NOT_HELD),
        attempt(None, ErrorCode.NO_PLAN),
    ]
    report = summarise(attempts, 8, 3, "a model")
    rows = report.pop("attempts_detail")
    assert report == {
        "scenes": 8,
        "attempts": 8,
        "lifted_rate": 0.25,
        "wrong_object_rate": 0.125,
        "refused_rate": 0.25,
        "no_plan_rate": 0.25,
        "seconds_per_attempt": 2.0,
        "seed": 3,
        "model": "a model",
    }
    assert json.loads(json.dumps(rows))[2]["lifted_object"] == "apple"


def test_oracle_lifts():
    progress = []
    report = evaluate_sim(2, 5, None, lambda done, count: progress.append((done, count)))
    assert report["model"] == "oracle"
    assert report["lifted_rate"] == 1.0
    assert [row["error_code"] for row in report["attempts_detail"]] == [0, 0]
    assert progress == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("engine", "code"),
    [
        (FixedEngine(None), ErrorCode.OBJECT_NOT_FOUND),
        (FixedEngine(), ErrorCode.MODEL_ANSWER_GARBLED),
        (FixedEngine(GraspRectangle(5.0, 5.0, 0.0, 300.0, 20.0, 640, 480)), None),
    ],
)
def test_what_can_not_be_grasped_is_refused(engine, code):
    report = evaluate_sim(1, 5, engine)
    (row,) = report["attempts_detail"]
    assert report["model"] == "fixed"
    assert report["refused_rate"] == 1.0
    assert report["lifted_rate"] == 0.0
    assert row["error_message"]
    assert code is None or row["error_code"] == code


def test_wrong_object_is_noticed():
    with Cell(random_scene(2, ["screwdriver", "apple"])) as cell:
        apple = next(part for part in cell.labels() if part.object_name == "apple")
        rectangle, error = SimulatedPicker().pick(
            cell, "grasp the screwdriver", FixedEngine(apple.rectangle)
        )
        assert rectangle == apple.rectangle
        assert error is None
        verdict = judge(cell, "screwdriver")
    assert not verdict.lifted
    assert verdict.lifted_object == "apple"


def test_no_scenes_are_refused():
    with pytest.raises(ValueError, match="at least 1"):
        evaluate_sim(0, 1, None)

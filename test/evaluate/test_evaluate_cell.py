import json
from dataclasses import asdict, replace

import pytest
from labels import FixedEngine

from rt_grasp_ros.evaluate.cell import Attempt, PickTrial, summarise
from rt_grasp_ros.evaluate.commands import Asking, Phrasing
from rt_grasp_ros.evaluate.scenes import SceneKind
from rt_grasp_ros.evaluate.trials import Bench
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.grounding import describe_closing, describe_place
from rt_grasp_ros.rollout.simulated_pick import SimulatedPicker
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.judge import judge
from rt_grasp_ros.sim.objects import HELD_OUT
from rt_grasp_ros.sim.scene import random_scene

pytestmark = pytest.mark.sim

RECTANGLE = GraspRectangle(100.0, 80.0, 0.3, 40.0, 20.0, 640, 480)
AGREEING = f"It lies {describe_place(RECTANGLE)}; I close {describe_closing(RECTANGLE)}."


@pytest.fixture(scope="module")
def picker():
    return SimulatedPicker()


FEW = SceneKind(1, 3)


def trial(index=0, kind=FEW, askings=(Asking.NAME, Asking.PART)):
    return PickTrial("picks", 5, index, kind, askings, Phrasing.PLAIN)


def attempt(lifted_object, code=ErrorCode.OK, part=None, reasoning=AGREEING) -> Attempt:
    return Attempt(
        scene_seed=1,
        objects=("mug", "apple"),
        command="grasp the mug",
        asking=Asking.NAME if part is None else Asking.PART,
        object_name="mug",
        part_name="handle",
        names_part=part is not None,
        lifted=lifted_object == "mug",
        lifted_object=lifted_object,
        gripped_part=part,
        rectangle=RECTANGLE,
        reasoning=reasoning,
        label=RECTANGLE,
        error_code=code,
        error_message="",
        seconds=2.0,
    )


def row_of(an_attempt):
    return json.loads(json.dumps(asdict(an_attempt)))


def test_rates():
    attempts = [
        attempt("mug"),
        attempt("mug"),
        attempt("apple"),
        attempt(None, ErrorCode.OBJECT_NOT_FOUND, reasoning="There is no mug."),
        attempt(None, ErrorCode.NO_FINGER_CLEARANCE),
        attempt(None, ErrorCode.OUT_OF_REACH),
        attempt(None, ErrorCode.NOT_HELD),
        attempt(
            None, ErrorCode.NO_PLAN, reasoning=AGREEING.replace("close", "close from bottom to top")
        ),
    ]
    report = summarise([row_of(one) for one in attempts], 3, "a model")
    rows = report.pop("attempts_detail")
    by_asking = report.pop("by_asking")
    errors = {name: report.pop(name) for name in list(report) if name.endswith("_se")}
    assert report == {
        "scenes": 8,
        "attempts": 8,
        "lifted_rate": 0.25,
        "wrong_object_rate": 0.125,
        "part_right_rate": None,
        "refused_rate": 0.25,
        "no_plan_rate": 0.25,
        "agreement_rate": 0.75,
        "contradiction_rate": 0.125,
        "seconds_per_attempt": 2.0,
        "seed": 3,
        "model": "a model",
    }
    assert errors["lifted_rate_se"] == pytest.approx((0.25 * 0.75 / 8) ** 0.5)
    assert list(by_asking) == ["name"]
    assert rows[2]["lifted_object"] == "apple"


def test_a_part_is_right_where_the_meant_object_hangs_by_it():
    attempts = [
        attempt("mug", part="handle"),
        attempt("mug", part="rim"),
        attempt("apple", part="handle"),
        attempt("mug"),
    ]
    report = summarise([row_of(one) for one in attempts], 3, "a model")
    assert report["part_right_rate"] == pytest.approx(1 / 3)
    assert report["by_asking"]["part"]["attempts"] == 3
    assert report["by_asking"]["name"]["lifted_rate"] == 1.0


def test_rows_read_back_are_the_attempts():
    for one in (attempt("mug"), replace(attempt(None), rectangle=None, reasoning=None)):
        assert Attempt.from_row(row_of(one)) == one


def test_the_truth_lifts_by_the_named_part(picker):
    for index, asking in enumerate(("name", "part")):
        row = trial(index).run(Bench(None, picker))
        assert row["asking"] == asking
        assert row["lifted"], row
        assert row["error_code"] == 0
        assert row["names_part"] is (asking == "part")
        assert not row["names_part"] or row["gripped_part"] == row["part_name"]


def test_a_trial_depends_on_its_seed_and_index_alone(picker):
    bench = Bench(FixedEngine(None), picker)
    rows = [trial(4).run(bench) for _ in range(2)]
    for row in rows:
        row.pop("seconds")
    assert rows[0] == rows[1]
    assert trial(5).run(bench)["scene_seed"] != rows[0]["scene_seed"]


def test_where_an_object_is_held_out_it_is_the_one_that_is_meant(picker):
    kind = SceneKind(2, 3, with_unseen=True)
    row = trial(1, kind, (Asking.NAME, Asking.COLOUR)).run(Bench(None, picker))
    assert row["object_name"] in HELD_OUT
    assert row["object_name"] not in row["command"]
    assert row["lifted"], row


@pytest.mark.parametrize(
    ("engine", "code"),
    [
        (FixedEngine(None), ErrorCode.OBJECT_NOT_FOUND),
        (FixedEngine(), ErrorCode.MODEL_ANSWER_GARBLED),
        (FixedEngine(GraspRectangle(5.0, 5.0, 0.0, 300.0, 20.0, 640, 480)), None),
    ],
)
def test_what_can_not_be_grasped_is_refused(engine, code, picker):
    row = trial().run(Bench(engine, picker))
    report = summarise([row], 5, engine.name)
    assert report["model"] == "fixed"
    assert report["refused_rate"] == 1.0
    assert report["lifted_rate"] == 0.0
    assert row["error_message"]
    assert code is None or row["error_code"] == code


def test_wrong_object_is_noticed(picker):
    with Cell(random_scene(2, ["screwdriver", "apple"])) as cell:
        apple = next(part for part in cell.labels() if part.object_name == "apple")
        pick = picker.pick(cell, "grasp the screwdriver", FixedEngine(apple.rectangle))
        assert pick.candidates[0].grasp.rectangle == apple.rectangle
        assert pick.error_code == ErrorCode.OK
        assert pick.executed and pick.held
        verdict = judge(cell, "screwdriver")
    assert not verdict.lifted
    assert verdict.lifted_object == "apple"

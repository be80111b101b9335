import json

import pytest
from labels import FixedEngine

from rt_grasp_ros.evaluate.commands import Phrasing
from rt_grasp_ros.evaluate.follow_up import FollowUpTrial, summarise_follow_ups
from rt_grasp_ros.evaluate.scenes import SceneKind, scene_of
from rt_grasp_ros.evaluate.trials import Bench
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.refinement import load_follow_ups
from rt_grasp_ros.rollout.simulated_pick import SimulatedPicker
from rt_grasp_ros.sim.cell import Cell

pytestmark = pytest.mark.sim

FOLLOW_UPS = load_follow_ups()
OTHERS = FOLLOW_UPS.redirections


@pytest.fixture(scope="module")
def picker():
    return SimulatedPicker()


def trial(index=0, is_carried_out=False):
    return FollowUpTrial("refinement", 11, index, SceneKind(3, 4), Phrasing.TRAINED, is_carried_out)


def rate(rows, name="refinement_obeyed_rate"):
    return summarise_follow_ups(rows)[name]


def test_the_truth_obeys_everything_and_lifts(picker):
    row = trial(is_carried_out=True).run(Bench(None, picker))
    assert len(row["follow_ups"]) >= 5
    assert rate([row]) == 1.0
    assert row["carried_out"]["error_message"] == ""
    assert json.loads(json.dumps(row)) == row


def test_only_for_another_part_of_the_same_thing_is_an_engine_told_the_turn_before(
    picker,
):
    oracle_row = trial().run(Bench(None, picker))
    with Cell(scene_of(oracle_row["scene_seed"], oracle_row["objects"])) as cell:
        label = next(one for one in cell.labels() if one.object_name in oracle_row["command"])
    engine = FixedEngine(label.rectangle)
    row = trial().run(Bench(engine, picker))
    first, *later = engine.asked
    assert first == (row["command"], ())
    assert len(later) == len([one for one in row["follow_ups"] if one["kind"] in OTHERS])
    for command, history in later:
        assert command != row["command"]
        if "instead" in command or "end" in command:
            (turn,) = history
            assert turn.command == row["command"]
            assert turn.answer.startswith("So I say. x 0.")
        else:
            assert history == () and command.startswith("grasp the ")
    report = summarise_follow_ups([row])
    changes = {kind: of for kind, of in report["by_kind"].items() if kind in FOLLOW_UPS.refinements}
    others = [of for kind, of in report["by_kind"].items() if kind not in FOLLOW_UPS.refinements]
    assert {of["refinement_obeyed_rate"] for of in changes.values()} == {1.0}
    assert {of["refinement_obeyed_rate"] for of in others} == {0.0}
    assert report["follow_ups"] == sum(of["follow_ups"] for of in report["by_kind"].values())


def test_an_engine_that_stays_where_it_was_finds_no_other_part_or_thing(picker):
    oracle_row = trial().run(Bench(None, picker))
    before = oracle_row["follow_ups"][0]["before"]
    row = trial().run(Bench(FixedEngine(GraspRectangle(**before)), picker))
    by_kind = summarise_follow_ups([row])["by_kind"]
    rates = {by_kind[kind]["refinement_obeyed_rate"] for kind in OTHERS if kind in by_kind}
    assert rates == {0.0}


@pytest.mark.parametrize("engine", [FixedEngine(), FixedEngine(None)])
def test_no_first_grasp_is_counted_apart(engine, picker):
    row = trial().run(Bench(engine, picker))
    assert row["follow_ups"] == []
    assert rate([row], "no_first_grasp_rate") == 1.0
    assert rate([row]) is None

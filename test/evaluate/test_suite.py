import json

import pytest

from rt_grasp_ros.evaluate.commands import Phrasing
from rt_grasp_ros.evaluate.scenes import SceneKind
from rt_grasp_ros.evaluate.suite import AIMS, SimRun, evaluate_sim, evaluate_suite, summary_of
from rt_grasp_ros.evaluate.trials import Journal

pytestmark = pytest.mark.sim


def no_engine():
    return None


def test_the_truth_reaches_every_aim(tmp_path):
    progress = {}
    run = SimRun(
        1, 5, "oracle", no_engine, on_section=lambda name, *done: progress.update({name: done})
    )
    journal = Journal(tmp_path / "suite.partial", {})
    report = evaluate_suite(run, journal)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert set(report["summary"]) == set(AIMS)
    assert report["summary"].pop("part_right_rate") is None  # a single command names no part
    for name, value in report["summary"].items():
        bound, aim = AIMS[name]
        assert value >= aim if bound == "at least" else value <= aim, name
    assert progress["named"] == (1, 1)
    assert set(progress) == {key for key, value in report.items() if isinstance(value, dict)} - {
        "summary"
    }
    # All of it is in the journal: a second run has nothing to do.
    report["summary"]["part_right_rate"] = None
    run = SimRun(1, 5, "oracle", lambda: pytest.fail("there is nothing left to do"))
    assert evaluate_suite(run, Journal(tmp_path / "suite.partial", {})) == report


def test_one_run_reports_what_it_asked():
    run = SimRun(1, 5, "oracle", no_engine)
    report = evaluate_sim(run, SceneKind(1, 2), Phrasing.UNSEEN, Journal(None, {}))
    assert report["lifted_rate"] == 1.0
    assert report["objects"] == [1, 2]
    assert report["phrasing"] == "unseen"
    assert [len(row["objects"]) <= 2 for row in report["attempts_detail"]] == [True]


def test_the_loss_of_unseen_phrasings_is_that_on_the_same_commands():
    rates = dict.fromkeys(
        (
            "lifted_rate",
            "wrong_object_rate",
            "part_right_rate",
            "absent_refused_rate",
            "false_refusal_rate",
            "refinement_obeyed_rate",
        ),
        0.5,
    )
    named = [{"lifted": lifted} for lifted in (True, True, False, False)]
    sections = {
        "named": {**rates, "attempts_detail": named},
        "unseen_phrasing": {**rates, "attempts": 2},
        "unseen_objects": rates,
        "absent": rates,
        "refinement": rates,
    }
    assert summary_of(sections)["unseen_phrasing_loss"] == 0.5

import json

import pytest
from labels import FixedEngine

from rt_grasp_ros.evaluate.commands import Phrasing
from rt_grasp_ros.evaluate.scenes import SceneKind
from rt_grasp_ros.evaluate.suite import AIMS, SimRun, evaluate_sim, evaluate_suite, summary_of
from rt_grasp_ros.evaluate.trials import Journal

pytestmark = pytest.mark.sim


def no_engine():
    return None


def test_every_section_is_run_and_reported(tmp_path):
    progress = {}
    run = SimRun(
        2,
        5,
        "fixed",
        lambda: FixedEngine(None),
        on_section=lambda name, *done: progress.update({name: done}),
    )
    report = evaluate_suite(run, Journal(tmp_path / "suite.partial", {}))
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert {name: report[name] for name in AIMS} == {
        "lifted_rate": 0.0,
        "wrong_object_rate": 0.0,
        "unseen_object_lifted_rate": 0.0,
        "part_right_rate": 0.0,
        "absent_refused_rate": 1.0,
        "false_refusal_rate": 1.0,
        "unseen_phrasing_loss": 0.0,
        "refinement_obeyed_rate": None,
        "exclusion_kept_rate": 1.0,
        "prohibition_kept_rate": 1.0,
        "one_of_two_kept_rate": 1.0,
        "stated_colour_right_rate": None,
    }
    assert progress["named"] == (2, 2)
    sections = {key for key, value in report.items() if isinstance(value, dict)}
    assert set(progress) == sections - {"camera"}
    # All of it is in the journal: a second run has nothing to do.
    run = SimRun(2, 5, "fixed", lambda: pytest.fail("there is nothing left to do"))
    assert evaluate_suite(run, Journal(tmp_path / "suite.partial", {})) == report


def test_one_run_reports_what_it_asked():
    run = SimRun(1, 5, "oracle", no_engine)
    report = evaluate_sim(run, SceneKind(1, 2), Phrasing.UNSEEN, Journal(None, {}))
    assert report["lifted_rate"] == 1.0
    assert report["objects"] == [1, 2]
    assert report["phrasing"] == "unseen"
    assert [len(row["objects"]) <= 2 for row in report["attempts_detail"]] == [True]


def test_the_loss_of_unseen_phrasings_is_that_on_the_same_commands():
    rates = {
        f"{name}{ending}": 0.5
        for name in (
            "lifted_rate",
            "wrong_object_rate",
            "part_right_rate",
            "absent_refused_rate",
            "false_refusal_rate",
            "refinement_obeyed_rate",
            "exclusion_kept_rate",
            "prohibition_kept_rate",
            "one_of_two_kept_rate",
            "stated_colour_right_rate",
        )
        for ending in ("", "_se")
    }

    def attempts(*lifted):
        return {**rates, "attempts_detail": [{"lifted": one} for one in lifted]}

    summary = summary_of(
        {
            "named": attempts(True, True, True, False, False, False, False, False),
            "unseen_phrasing": attempts(True, False, False, False),
            "unseen_objects": rates,
            "absent": rates,
            "refinement": rates,
            "sentences": rates,
            "one_of_two": rates,
        }
    )
    assert summary["unseen_phrasing_loss"] == 0.5
    assert summary["unseen_phrasing_loss_se"] == 0.25
    assert set(summary) == {f"{name}{ending}" for name in AIMS for ending in ("", "_se")}

"""The evaluation on real tables, from commands to rates."""

from pathlib import Path

import pytest
from table_frames import write_tables

from rt_grasp_ros.data.tabletop import TabletopCommand, read_tabletop
from rt_grasp_ros.evaluate.tabletop_baselines import DepthAntipodal, OraclePointer, TableCentre
from rt_grasp_ros.evaluate.tabletop_page import tabletop_page
from rt_grasp_ros.evaluate.tabletop_trials import (
    TabletopAnswer,
    TabletopTrial,
    run_trials,
    summarise,
)
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.metrics.tabletop_metric import TabletopVerdict

RECTANGLE = GraspRectangle(320, 240, 0, 60, 20, 640, 480)
REFUSAL = TabletopAnswer(None, None, "There is none.")
GRASP = TabletopAnswer(RECTANGLE, None, "It lies there.")


def trial(kind, answer, verdict=None, scene="one", seconds=0.1):
    mask = None if kind == "absent" else Path("mask.png")
    command = TabletopCommand(scene, "here", "grasp it", kind, mask, mask, False, True)
    return TabletopTrial(command, answer, verdict, seconds)


def answers_of(predictor, folder):
    commands = read_tabletop(folder, "dev")
    return list(run_trials(folder, "dev", commands, predictor))


def test_the_oracle_s_grasp_closes_on_the_bar_and_what_is_absent_is_refused(tmp_path):
    write_tables(tmp_path)
    present, absent = answers_of(OraclePointer(Gripper()), tmp_path)
    assert present.verdict == TabletopVerdict(True, True, True)
    assert present.is_right and absent.is_right
    assert absent.verdict is None
    assert present.answer.grasp.opening_m < 0.05


@pytest.mark.parametrize("baseline", [DepthAntipodal, TableCentre])
def test_baselines_do_not_heed_the_words(tmp_path, baseline):
    write_tables(tmp_path)
    present, absent = answers_of(baseline(Gripper()), tmp_path)
    assert present.verdict.right_object
    assert not absent.is_refused and not absent.is_right


def test_rates_are_over_what_they_say():
    right, beside = TabletopVerdict(True, True, True), TabletopVerdict(True, True, False)
    wrong = TabletopVerdict(False, False, False)
    report = summarise(
        [
            trial("name", GRASP, right),
            trial("name", GRASP, beside, scene="two"),
            trial("colour", GRASP, wrong, scene="two"),
            trial("colour", REFUSAL, scene="three", seconds=0.5),
            trial("absent", REFUSAL),
            trial("absent", GRASP, scene="two"),
        ]
    )
    assert (report["n"], report["n_present"], report["n_absent"]) == (6, 4, 2)
    assert (report["scenes"], report["sources"]) == (3, 1)
    assert report["right_object_rate"] == 0.5
    assert report["closing_rate"] == 0.25
    assert report["present_refused_rate"] == 0.25
    assert report["absent_refused_rate"] == 0.5
    assert report["by_kind"]["name"]["right_object_rate"] == 1.0
    assert report["by_kind"]["colour"] == {
        "n": 2,
        "right_object_rate": 0.0,
        "right_object_rate_se": 0.0,
        "closing_rate": 0.0,
        "closing_rate_se": 0.0,
    }
    assert report["seconds_per_picture"] == pytest.approx(1.0 / 6)
    assert 0 < report["closing_rate_se"] < 0.5


def test_without_absent_things_their_rate_is_not_known():
    report = summarise([trial("name", REFUSAL)])
    assert report["absent_refused_rate"] is None
    assert report["closing_rate_se"] is None


def test_the_page_shows_what_was_meant_and_how_it_went(tmp_path):
    write_tables(tmp_path)
    trials = answers_of(TableCentre(Gripper()), tmp_path)
    page = tabletop_page("centre on dev", summarise(trials), trials, tmp_path, "dev")
    assert "grasp the banana" in page and "though nothing like it is there" in page
    assert page.count("<img ") == 2

import json
from dataclasses import replace
from pathlib import Path

import pytest
from recorded_pictures import SIDE_PX, LabelPredictor, bar_label

from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.evaluate.picture_report import average_over_models, summarise_trials
from rt_grasp_ros.evaluate.picture_trial import run_trials

LABEL = bar_label(60.0, 60.0, 0.4)


def picture(name: str, *, jaw_px: float = LABEL.jaw_px) -> GraspPicture:
    labels = (replace(LABEL, jaw_px=jaw_px),)
    return GraspPicture(name, name, name, Path("a.png"), None, SIDE_PX, SIDE_PX, labels)


def report_of(*names: str, **outcomes: str):
    pictures = [picture(name) for name in names]
    return summarise_trials(list(run_trials(pictures, "name", LabelPredictor(**outcomes))))


def test_refusals_and_unreadable_answers_count_as_failures():
    report = report_of("cup", "cup", "pen", "box", "bat", pen="refused", box="garbled")
    assert report["n"] == 5
    assert report["objects"] == 4
    assert report["own_width_accuracy"] == pytest.approx(3 / 5)
    assert report["parse_failure_rate"] == pytest.approx(1 / 5)
    assert report["refused_rate"] == pytest.approx(1 / 5)
    assert report["median_centre_error_px"] == 0
    assert report["reasoning_agreement_rate"] == 1
    assert report["per_category"]["cup"] == {
        "n": 2,
        "own_width_accuracy": 1.0,
        "ground_truth_width_accuracy": 1.0,
        "ground_truth_size_accuracy": 1.0,
    }
    assert report["per_category"]["pen"]["own_width_accuracy"] == 0
    json.dumps(report, allow_nan=False)


def test_text_and_numbers_are_compared_over_grasps_alone():
    report = report_of("cup", "pen", "box", pen="contradicting", box="refused")
    assert report["reasoning_agreement_rate"] == 0.5
    assert report["reasoning_contradiction_rate"] == 0.5


def test_errors_without_any_grasp_are_unknown():
    report = report_of("pen", pen="refused")
    assert report["own_width_accuracy"] == 0
    assert report["median_angle_error_deg"] is None
    assert report["reasoning_agreement_rate"] is None
    assert report["own_width_accuracy_se"] is None


def test_the_rows_of_the_metric_differ_by_what_the_label_gives():
    broad = picture("cup", jaw_px=2.5 * LABEL.opening_px)
    report = summarise_trials(list(run_trials([broad], "name", LabelPredictor())))
    assert report["own_width_accuracy"] == report["ground_truth_width_accuracy"] == 0
    assert report["ground_truth_size_accuracy"] == 1


def test_models_are_averaged_with_their_spread():
    good, bad = report_of("cup", "pen"), report_of("cup", "pen", pen="refused")
    averaged = average_over_models([good, bad])
    assert averaged["n"] == 2
    assert averaged["own_width_accuracy"] == 0.75
    assert averaged["own_width_accuracy_seed_sd"] == pytest.approx(0.5 / 2**0.5)
    assert averaged["refused_rate"] == 0.25
    assert "per_category" not in averaged


def test_nothing_can_not_be_summarised():
    with pytest.raises(ValueError, match="no trial"):
        summarise_trials([])

import json
from functools import partial

import pytest
from recorded_pictures import LabelPredictor, random_labels, write_cornell

from rt_grasp_ros.evaluate.picture_evaluation import Folds, evaluate_pictures
from rt_grasp_ros.evaluate.picture_source import cornell_source
from rt_grasp_ros.grasp.errors import DataInvalid, RequestInvalid

ASKED_FOR = {
    "n",
    "own_width_accuracy",
    "ground_truth_width_accuracy",
    "parse_failure_rate",
    "median_centre_error_px",
    "median_angle_error_deg",
    "image_centre_baseline_accuracy",
    "model",
    "split",
}


@pytest.fixture
def source(tmp_path):
    write_cornell(tmp_path, "train", random_labels(6, seed=1))
    write_cornell(tmp_path, "val", random_labels(12), first_object=10)
    return cornell_source(tmp_path, "val", "crops")


def test_a_model_and_the_baselines_on_the_same_pictures(source):
    told = []
    found = evaluate_pictures(
        source, "name", [LabelPredictor], on_trial=lambda *said: told.append(said)
    )
    report = found.report
    assert report.keys() >= ASKED_FOR
    assert report["n"] == len(found.trials) == 12
    assert report["own_width_accuracy"] == 1
    assert report["image_centre_baseline_accuracy"] < 0.5
    assert report["antipodal_baseline"] == "antipodal_colour"
    assert report["antipodal_baseline_accuracy"] > 0.8
    assert (report["model"], report["split"], report["split_by"]) == ("label", "val", "object")
    assert report["baselines_know_labels_of"] == "train"
    assert report["complete"] is True
    assert told[0] == ("label", 1, 12)
    assert told[-1] == ("antipodal_colour", 12, 12)
    json.dumps(report, allow_nan=False)


def test_a_limit_takes_pictures_from_everywhere(source):
    found = evaluate_pictures(source, "name", [LabelPredictor], limit=4)
    assert found.report["n"] == 4
    assert {trial.picture.object_id for trial in found.trials} == {"10", "11", "13", "14"}


def test_other_kinds_of_commands(source):
    found = evaluate_pictures(source, "color", [LabelPredictor])
    assert {trial.command for trial in found.trials} == {"Grasp the blue object."}
    with pytest.raises(DataInvalid, match="by purpose"):
        evaluate_pictures(source, "purpose", [LabelPredictor])


def test_several_models_are_seeds_of_one(source):
    models = [LabelPredictor, partial(LabelPredictor, "other", pen="refused")]
    report = evaluate_pictures(source, "name", models).report
    assert report["model"] == "label, other"
    assert report["own_width_accuracy"] == 0.75
    assert report["own_width_accuracy_seed_sd"] > 0
    assert report["n"] == 12


def test_one_model_by_fold(source):
    report = evaluate_pictures(source, "name", [LabelPredictor], Folds(3, "object")).report
    assert (report["folds"], report["split_by"]) == (3, "object")
    assert report["own_width_accuracy_by_fold"] == [1, 1, 1]
    assert report["own_width_accuracy_fold_sd"] == 0


def test_a_model_for_each_fold_answers_that_fold_alone(source):
    models = [LabelPredictor, partial(LabelPredictor, "bad", pen="garbled", box="garbled")]
    found = evaluate_pictures(source, "name", models, Folds(2, "image"))
    assert found.report["own_width_accuracy_by_fold"] == [1, 0]
    assert found.report["own_width_accuracy"] == 0.5
    assert len({trial.picture.image_path for trial in found.trials}) == 12
    with pytest.raises(RequestInvalid, match="3 folds"):
        evaluate_pictures(source, "name", models, Folds(3, "object"))


class Interrupted(LabelPredictor):
    """Is stopped by Ctrl-C when it has answered some."""

    def __init__(self, answers: int) -> None:
        super().__init__()
        self.left = answers

    def predict(self, picture, command):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return super().predict(picture, command)


def test_after_ctrl_c_what_was_done_is_reported(source):
    report = evaluate_pictures(source, "name", [lambda: Interrupted(5)]).report
    assert report["complete"] is False
    assert report["n"] == 5
    assert report["model"] == "label"
    assert report["antipodal_baseline_accuracy"] is not None


def stopped_while_loading() -> LabelPredictor:
    raise KeyboardInterrupt


@pytest.mark.parametrize("second", [lambda: Interrupted(5), stopped_while_loading])
def test_after_ctrl_c_the_seeds_that_finished_count(source, second):
    models = [LabelPredictor, second, LabelPredictor]
    report = evaluate_pictures(source, "name", models).report
    assert report["complete"] is False
    assert report["n"] == 12


def test_after_ctrl_c_the_folds_that_were_reached_count(source):
    models = [LabelPredictor, lambda: Interrupted(1), LabelPredictor]
    report = evaluate_pictures(source, "name", models, Folds(3, "object")).report
    assert len(report["own_width_accuracy_by_fold"]) == 2
    assert report["n"] == 5


def test_ctrl_c_before_the_first_answer_ends_it(source):
    with pytest.raises(KeyboardInterrupt):
        evaluate_pictures(source, "name", [lambda: Interrupted(0)])

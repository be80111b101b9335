import cv2
import pytest
from real_data import ROOT, needs_cornell
from recorded_pictures import LabelPredictor, bar_picture_rgb, random_labels, write_cornell

from rt_grasp_ros.evaluate.image_centre import ImageCentre
from rt_grasp_ros.evaluate.label_prior import LabelPrior
from rt_grasp_ros.evaluate.picture_report import summarise_trials
from rt_grasp_ros.evaluate.picture_source import cornell_source, folder_source, jacquard_source
from rt_grasp_ros.evaluate.picture_trial import run_trials
from rt_grasp_ros.grasp.errors import DataInvalid

CORNELL = ROOT / "cornell"


def test_a_split_is_named_after_what_it_keeps_apart(tmp_path):
    write_cornell(tmp_path, "train", random_labels(6))
    write_cornell(tmp_path, "val", random_labels(4), first_object=3)
    source = cornell_source(tmp_path, "val", "crops")
    assert (source.data_set, source.split, source.picture_set) == ("cornell", "val", "crops")
    assert source.split_by == "object"
    assert source.prior_split == "train"
    assert (len(source.pictures), len(source.prior_pictures)) == (4, 6)
    lines = (tmp_path / "crops_val.jsonl").read_text().replace('"object_id": 3', '"object_id": 1')
    (tmp_path / "crops_val.jsonl").write_text(lines)
    assert cornell_source(tmp_path, "val", "crops").split_by == "image"
    assert cornell_source(tmp_path, "train", "crops").split_by is None


def test_without_a_training_split_the_baselines_know_the_split_itself(tmp_path):
    write_cornell(tmp_path, "test", random_labels(4))
    source = cornell_source(tmp_path, "test", "crops")
    assert source.split_by is None
    assert source.prior_split == "test"
    assert source.prior_pictures == source.pictures


def test_a_broken_training_split_is_not_passed_over(tmp_path):
    write_cornell(tmp_path, "val", random_labels(2))
    (tmp_path / "crops_train.jsonl").write_text("{")
    with pytest.raises(DataInvalid, match="crops_train"):
        cornell_source(tmp_path, "val", "crops")


def test_your_own_pictures_in_the_same_layout(tmp_path):
    write_cornell(tmp_path, "val", random_labels(2))
    source = folder_source(tmp_path, "val")
    assert (source.data_set, source.split, len(source.pictures)) == ("folder", "val", 2)


def test_labels_without_a_split_are_no_training_split(tmp_path):
    label = random_labels(1)[0]
    cv2.imwrite(str(tmp_path / "a.png"), bar_picture_rgb(label))
    (tmp_path / "grasps.csv").write_text(
        "image,object,x_px,y_px,theta_deg,opening_px\na.png,pen,50,60,0,30\n"
    )
    source = folder_source(tmp_path, "val")
    assert (source.split_by, source.prior_split) == (None, "val")
    assert source.prior_pictures == source.pictures


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(DataInvalid, match="crops_val"):
        cornell_source(tmp_path, "val", "crops")
    with pytest.raises(DataInvalid, match="grasps"):
        jacquard_source(tmp_path)
    with pytest.raises(DataInvalid, match=r"grasps\.csv"):
        folder_source(tmp_path, "val")


@pytest.fixture(scope="module")
def cornell():
    return cornell_source(CORNELL, "val", "crops")


@needs_cornell
def test_the_middle_of_the_picture_is_rarely_right_on_cornell(cornell):
    baseline = ImageCentre(LabelPrior.of(cornell.prior_pictures))
    report = summarise_trials(list(run_trials(cornell.pictures, "name", baseline)))
    assert cornell.split_by == "object"
    assert 0.02 < report["own_width_accuracy"] < 0.12


@needs_cornell
def test_no_label_of_cornell_is_lost_by_the_rule_for_the_jaws(cornell):
    report = summarise_trials(list(run_trials(cornell.pictures, "name", LabelPredictor())))
    assert report["own_width_accuracy"] == 1

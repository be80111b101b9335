from pathlib import Path

import pytest
from recorded_pictures import SIDE_PX, LabelPredictor, bar_label

from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.evaluate.baselines import ANTIPODAL, IMAGE_CENTRE, baselines_for, report_baseline
from rt_grasp_ros.evaluate.picture_trial import run_trials
from rt_grasp_ros.grasp.errors import DataInvalid


def picture(depth_path: Path | None, *labels) -> GraspPicture:
    return GraspPicture("1", "1", "pen", Path("a.png"), depth_path, SIDE_PX, SIDE_PX, labels)


LABEL = bar_label(60.0, 60.0, 0.0)


def test_depth_is_used_where_every_picture_has_it():
    with_depth, without = picture(Path("d.png"), LABEL), picture(None, LABEL)
    names = {key: load().name for key, load in baselines_for([with_depth], [without]).items()}
    assert names == {IMAGE_CENTRE: "image_centre", ANTIPODAL: "antipodal_depth"}
    assert baselines_for([with_depth, without], [without])[ANTIPODAL]().name == "antipodal_colour"


def test_baselines_need_labels_to_know_usual_openings():
    with pytest.raises(DataInvalid):
        baselines_for([picture(None, LABEL)], [picture(None)])


def test_numbers_stand_under_the_baselines_name():
    trials = list(run_trials([picture(None, LABEL)], "name", LabelPredictor()))
    report = report_baseline("b", "label", trials)
    assert report == {
        "b": "label",
        "b_accuracy": 1.0,
        "b_accuracy_se": None,
        "b_ground_truth_width_accuracy": 1.0,
        "b_refused_rate": 0.0,
    }


def test_what_was_not_run_to_its_end_has_no_numbers():
    assert set(report_baseline("b", "label", []).values()) == {"label", None}

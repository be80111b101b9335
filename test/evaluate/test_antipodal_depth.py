import cv2
import numpy as np
import pytest
from recorded_pictures import SIDE_PX, paint_bar, random_labels

from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.evaluate.antipodal import OBJECT_LEVEL
from rt_grasp_ros.evaluate.antipodal_depth import AntipodalDepth, relief_of_depth
from rt_grasp_ros.evaluate.label_prior import LabelPrior
from rt_grasp_ros.grasp.errors import DataInvalid
from rt_grasp_ros.metrics.rectangle_metric import judge_rectangle

PRIOR = LabelPrior(0.0, 0.04, 0.15, 0.3)
BAR_HEIGHT_M = 0.03


def tilted_table_m() -> np.ndarray:
    rows, columns = np.mgrid[:SIDE_PX, :SIDE_PX] / SIDE_PX
    return (0.9 - 0.25 * rows + 0.1 * columns).astype(np.float32)


def bar_depth_m(label) -> np.ndarray:
    height_m = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    paint_bar(height_m, label, BAR_HEIGHT_M)
    noise_m = np.random.default_rng(0).normal(0, 0.001, height_m.shape)
    return tilted_table_m() - height_m + noise_m.astype(np.float32)


def picture_with(path, depth_m) -> GraspPicture:
    if depth_m is not None:
        cv2.imwrite(str(path), np.round(depth_m * 1000).astype(np.uint16))
    depth_path = None if depth_m is None else path
    return GraspPicture("1", "1", "", path, depth_path, SIDE_PX, SIDE_PX, ())


def test_bars_on_a_tilted_table_are_grasped(tmp_path):
    labels = random_labels(8)
    answers = [
        AntipodalDepth(PRIOR).predict(picture_with(tmp_path / "d.png", bar_depth_m(label)), "")
        for label in labels
    ]
    hits = [
        answer.rectangle is not None and judge_rectangle(answer.rectangle, [label]).own_width
        for answer, label in zip(answers, labels, strict=True)
    ]
    assert sum(hits) >= 7


def test_table_and_wall_are_taken_away():
    (label,) = random_labels(1)
    depth_m = bar_depth_m(label)
    depth_m[:30] = 0.6  # a wall, broader than any object
    depth_m[200:204, 100:104] = np.nan
    on_object = relief_of_depth(depth_m) >= OBJECT_LEVEL
    painted = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    paint_bar(painted, label, 1.0)
    inside = np.s_[40:190, 30:190]
    assert np.mean(on_object[inside][painted[inside] > 0]) > 0.9
    assert np.mean(on_object[inside][painted[inside] == 0]) < 0.05


def test_an_empty_or_blind_view_is_refused(tmp_path):
    for depth_m in (tilted_table_m(), np.zeros((SIDE_PX, SIDE_PX), np.float32)):
        picture = picture_with(tmp_path / "d.png", depth_m)
        assert AntipodalDepth(PRIOR).predict(picture, "").rectangle is None


def test_a_picture_without_depth_is_not_for_it(tmp_path):
    with pytest.raises(DataInvalid, match="no depth"):
        AntipodalDepth(PRIOR).predict(picture_with(tmp_path / "d.png", None), "")

import cv2
import numpy as np
from recorded_pictures import SIDE_PX, bar_picture_rgb, random_labels

from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.evaluate.antipodal import OBJECT_LEVEL
from rt_grasp_ros.evaluate.antipodal_colour import AntipodalColour, relief_of_colour
from rt_grasp_ros.evaluate.label_prior import LabelPrior
from rt_grasp_ros.metrics.rectangle_metric import judge_rectangle

PRIOR = LabelPrior(0.0, 0.04, 0.15, 0.3)


def picture_of(path, rgb) -> GraspPicture:
    cv2.imwrite(str(path), rgb[..., ::-1])
    return GraspPicture("1", "1", "", path, None, rgb.shape[1], rgb.shape[0], ())


def test_bars_on_a_table_are_grasped(tmp_path):
    for label in random_labels(8):
        picture = picture_of(tmp_path / "a.png", bar_picture_rgb(label))
        answer = AntipodalColour(PRIOR).predict(picture, "grasp the bar")
        assert judge_rectangle(answer.rectangle, [label]).own_width


def test_a_table_lit_from_one_side_is_still_the_table():
    (label,) = random_labels(1)
    shade = np.linspace(0.7, 1.0, SIDE_PX)[None, :, None]
    rgb = (bar_picture_rgb(label) * shade).astype(np.uint8)
    on_object = relief_of_colour(rgb) >= OBJECT_LEVEL
    painted = bar_picture_rgb(label)[..., 0] < 100
    assert np.mean(on_object[painted]) > 0.95
    assert np.mean(on_object[~painted]) < 0.05


def test_an_empty_table_is_refused(tmp_path):
    noise = np.random.default_rng(0).integers(-2, 3, (SIDE_PX, SIDE_PX, 3))
    picture = picture_of(tmp_path / "a.png", (220 + noise).astype(np.uint8))
    assert AntipodalColour(PRIOR).predict(picture, "grasp the bar").rectangle is None

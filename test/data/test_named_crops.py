"""Things cut out of pictures, with their names."""

import cv2
import numpy as np
import pytest

from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.data.named_crops import crops_of_recorded
from rt_grasp_ros.grasp.rectangle import GraspRectangle


def picture(tmp_path, name="mug"):
    rgb = np.zeros((224, 224, 3), np.uint8)
    rgb[90:130, 60:140] = (250, 0, 0)
    path = tmp_path / "picture.png"
    cv2.imwrite(str(path), rgb[..., ::-1])
    rectangles = tuple(GraspRectangle(x, 110.0, np.pi / 2, 40, 20, 224, 224) for x in (70.0, 130.0))
    return GraspPicture("p1", "o1", name, path, None, 224, 224, rectangles)


def test_a_recorded_thing_is_cut_out_at_the_extent_of_its_grasps(tmp_path):
    (crop,) = crops_of_recorded([picture(tmp_path)], 64)
    assert crop.names == ("mug",)
    assert crop.object_id == "recorded/o1"
    assert crop.rgb.shape == (64, 64, 3)
    shown = (crop.rgb[..., 0] > 125).mean()
    assert shown == pytest.approx(0.32, abs=0.06)
    assert crop.rgb[32, 32].tolist() == [250, 0, 0]


def test_what_has_no_name_is_left_out(tmp_path):
    assert list(crops_of_recorded([picture(tmp_path, name="")], 64)) == []

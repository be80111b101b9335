import math

import cv2
import numpy as np
import pytest
from real_data import ROOT, needs_jacquard

from rt_grasp_ros.data.jacquard import read_jacquard
from rt_grasp_ros.grasp.errors import DataInvalid


def write(folder, text, picture="0_abc_RGB.jpg"):
    place = folder / "Jacquard_Dataset_0" / "abc"
    place.mkdir(parents=True)
    (place / "0_abc_grasps.txt").write_text(text)
    (place / picture).write_bytes(b"")


def test_the_sign_of_the_angle_is_turned_and_jaw_sizes_become_one(tmp_path):
    write(tmp_path, "100;200;30;50;10\n100;200;30;50;20\n100;200;30;50;90\n7;8;-45;9;3\n")
    (picture,) = read_jacquard(tmp_path)
    first, second = picture.rectangles
    assert (first.x_px, first.y_px, first.opening_px, first.jaw_px) == (100, 200, 50, 20)
    assert math.isclose(first.theta_rad, math.radians(-30))
    assert math.isclose(second.theta_rad, math.radians(45))
    assert (picture.object_id, picture.object_name, picture.picture_id) == ("abc", "", "0_abc")


@pytest.mark.parametrize("line", ["1;2;3;4", "a;2;3;4;5", "1,2,3,4,5"])
def test_a_line_that_cannot_be_read_is_named(tmp_path, line):
    write(tmp_path, f"1;2;3;4;5\n{line}\n")
    with pytest.raises(DataInvalid, match="Line 2"):
        read_jacquard(tmp_path)


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(DataInvalid, match="_grasps"):
        read_jacquard(tmp_path)
    write(tmp_path, "1;2;3;4;5\n", picture="other.jpg")
    with pytest.raises(DataInvalid, match="picture"):
        read_jacquard(tmp_path)


@needs_jacquard
def test_jaws_stand_beside_the_object_and_close_on_it():
    """Over all grasps, a jaw stands in the object's mask less often than with the angle unturned.

    Between the jaws lies the object, whichever way they are turned about their middle.
    """
    on_object = {"as read": [], "unturned": []}
    for picture in read_jacquard(ROOT / "jacquard"):
        mask = cv2.imread(str(picture.image_path).replace("RGB.jpg", "mask.png"), 0) > 0
        for rectangle in picture.rectangles:
            unturned = rectangle.rotated_by(-2 * rectangle.theta_rad)
            for name, one in (("as read", rectangle), ("unturned", unturned)):
                x_px, y_px = np.clip(one.jaw_centres().astype(int), 0, 1023).T
                on_object[name].append(mask[y_px, x_px].mean())
    assert np.mean(on_object["as read"]) < 0.7 * np.mean(on_object["unturned"])

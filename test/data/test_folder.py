import json
import math

import cv2
import numpy as np
import pytest

from rt_grasp_ros.data.folder import read_folder
from rt_grasp_ros.grasp.errors import DataInvalid, NoImage

HEADER = "image,object,x_px,y_px,theta_deg,opening_px,jaw_px,part,object_id,split\n"


@pytest.fixture
def folder(tmp_path):
    cv2.imwrite(str(tmp_path / "desk.png"), np.zeros((120, 160, 3), np.uint8))
    return tmp_path


def test_lines_of_one_picture_and_object_belong_together(folder):
    (folder / "grasps.csv").write_text(
        HEADER
        + "desk.png,red mug,60,50,90,40,12,handle,m1,train\n"
        + "desk.png,red mug,70,50,0,40,,,m1,train\n"
        + "desk.png,pen,20,30,45,12,,,,train\n"
        + "desk.png,pen,20,30,45,12,,,,val\n"
    )
    mug, pen = read_folder(folder, "train")
    assert (mug.object_name, mug.object_id, mug.width_px, mug.height_px) == (
        "red mug",
        "m1",
        160,
        120,
    )
    assert math.isclose(mug.rectangles[0].theta_rad, math.pi / 2)
    assert [rectangle.jaw_px for rectangle in mug.rectangles] == [12, 20]
    assert mug.part_instructions == ("Grasp the handle of the red mug.", "")
    assert (pen.object_id, pen.part_instructions) == ("pen", ())


def test_the_shortest_file_will_do(folder):
    (folder / "grasps.csv").write_text(
        "image,object,x_px,y_px,theta_deg,opening_px\ndesk.png,pen,20,30,45,12\n"
    )
    (pen,) = read_folder(folder, "train")
    assert pen.rectangles[0].opening_px == 12


def test_json_lines_may_name_pictures_of_any_size(folder):
    row = {"image": "desk.png", "pcd_id": "1", "object_id": 1, "obj_name": "pen"}
    row["grasps"] = [[[10, 10], [30, 10], [30, 20], [10, 20]]]
    (folder / "mine_train.jsonl").write_text(json.dumps(row) + "\n")
    (pen,) = read_folder(folder, "train")
    assert (pen.width_px, pen.rectangles[0].x_px) == (160, 20)


@pytest.mark.parametrize("line", ["desk.png,pen,x,30,45,12", "desk.png,pen,1,30,45,0", "desk.png"])
def test_a_line_that_cannot_be_read_is_named(folder, line):
    (folder / "grasps.csv").write_text(
        f"image,object,x_px,y_px,theta_deg,opening_px\ndesk.png,pen,20,30,45,12\n{line}\n"
    )
    with pytest.raises(DataInvalid, match="Line 3"):
        read_folder(folder, "train")


def test_what_is_missing_is_named(folder):
    with pytest.raises(DataInvalid, match=r"grasps\.csv"):
        read_folder(folder, "train")
    (folder / "grasps.csv").write_text("image,object\nother.png,pen\n")
    with pytest.raises(NoImage, match=r"other\.png"):
        read_folder(folder, "train")

import json
import math

import pytest

from rt_grasp_ros.data.cornell import read_cornell
from rt_grasp_ros.grasp.errors import DataInvalid

ROW = {
    "image": "crops/val/a.jpg",
    "pcd_id": "0100",
    "object_id": 3,
    "obj_name": "banana",
    "instruction_name": "Grasp the banana.",
    "grasps": [[[40, 60], [80, 60], [80, 80], [40, 80]]],
}


def write(folder, *rows):
    (folder / "crops_val.jsonl").write_text("\n".join(map(json.dumps, rows)))


def test_the_jaws_open_along_the_first_edge(tmp_path):
    write(tmp_path, ROW)
    (picture,) = read_cornell(tmp_path, "val")
    (rectangle,) = picture.rectangles
    assert (rectangle.x_px, rectangle.y_px) == (60, 70)
    assert math.isclose(rectangle.theta_rad, 0)
    assert (rectangle.opening_px, rectangle.jaw_px) == (40, 20)
    assert picture.instructions == {"name": "Grasp the banana."}
    assert picture.depth_path is None


def test_a_row_that_cannot_be_read_is_named(tmp_path):
    write(tmp_path, ROW, ROW | {"grasps": [[[1, 2]]]})
    with pytest.raises(DataInvalid, match="Line 2"):
        read_cornell(tmp_path, "val")


def test_a_missing_split_is_named(tmp_path):
    with pytest.raises(DataInvalid, match="crops_test"):
        read_cornell(tmp_path, "test")

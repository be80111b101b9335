import math

import pytest

from rt_grasp_ros.data.cornell_download import read_cornell_download
from rt_grasp_ros.grasp.errors import DataInvalid

RECTANGLE = "253 319.7\n309 324\n307 350\n251 345.7\n"


def test_files_belong_together_by_number_wherever_they_lie(tmp_path):
    for name, text in {
        "01/pcd0101r.png": "",
        "01/pcd0100r.png": "",
        "pos_label/pcd0100cpos.txt": RECTANGLE + "NaN NaN\n" * 4 + RECTANGLE,
        "neg_label/pcd0100cneg.txt": RECTANGLE,
        "objects.csv": "pcd_id,object_id,object_name\n0100,7,remote control\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    first, second = read_cornell_download(tmp_path)
    assert (first.picture_id, first.object_id, first.object_name) == ("0100", "7", "remote control")
    assert (second.picture_id, second.object_id, second.object_name) == ("0101", "0101", "")
    assert len(first.rectangles) == 2 and len(first.bad_rectangles) == 1
    assert second.rectangles == ()
    assert math.isclose(first.rectangles[0].x_px, 280)
    assert math.isclose(first.rectangles[0].theta_rad, -math.atan2(4.3, 56), rel_tol=1e-6)


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "pcd0100r.png").write_bytes(b"")
    (tmp_path / "pcd0100cpos.txt").write_text("1 2\n3 4\n")
    with pytest.raises(DataInvalid, match="pcd0100cpos"):
        read_cornell_download(tmp_path)


def test_an_objects_file_without_its_columns_is_named(tmp_path):
    (tmp_path / "pcd0100r.png").write_bytes(b"")
    (tmp_path / "objects.csv").write_text("id,name\n0100,cup\n")
    with pytest.raises(DataInvalid, match="objects"):
        read_cornell_download(tmp_path)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(DataInvalid, match="pcd"):
        read_cornell_download(tmp_path)

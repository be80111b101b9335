"""Frames of real tables with commands and masks."""

import json

import cv2
import numpy as np
import pytest
from table_frames import write_tables

from rt_grasp_ros.data.tabletop import read_mask, read_scene, read_tabletop
from rt_grasp_ros.grasp.errors import DataInvalid


def test_a_row_is_read_with_the_paths_of_its_masks(tmp_path):
    write_tables(tmp_path)
    present, absent = read_tabletop(tmp_path, "dev")
    assert (present.scene, present.source, present.kind) == ("one", "here", "name")
    assert read_mask(present.mask_path).sum() == 72 * 24
    assert present.object_mask_path == present.mask_path
    assert present.is_graspable is True and not present.is_hollow and not present.is_absent
    assert absent.is_absent and absent.mask_path is None and absent.is_graspable is None


def test_a_scene_is_colour_depth_and_intrinsics(tmp_path):
    write_tables(tmp_path)
    frame = read_scene(tmp_path, "dev", "one")
    assert frame.rgb.shape == (480, 640, 3)
    assert frame.depth_m[0, 0] == pytest.approx(0.7)
    assert np.isnan(frame.depth_m[10, 10])
    assert frame.intrinsics.fx_px == 600


@pytest.mark.parametrize(
    "change",
    [
        {"mask": None},
        {"kind": "absent"},
        {"command": ...},
    ],
)
def test_a_row_that_contradicts_itself_is_named(tmp_path, change):
    write_tables(tmp_path)
    path = tmp_path / "dev/scenes.jsonl"
    row = json.loads(path.read_text().splitlines()[0])
    row |= {key: value for key, value in change.items() if value is not ...}
    for key in [key for key, value in change.items() if value is ...]:
        del row[key]
    path.write_text(json.dumps(row))
    with pytest.raises(DataInvalid, match="Line 1 of"):
        read_tabletop(tmp_path, "dev")


def test_what_is_missing_is_said(tmp_path):
    with pytest.raises(DataInvalid, match="--data"):
        read_tabletop(tmp_path, "dev")
    write_tables(tmp_path)
    with pytest.raises(DataInvalid, match=r"intrinsics\.json"):
        read_scene(tmp_path, "dev", "two")
    with pytest.raises(DataInvalid, match="mask"):
        read_mask(tmp_path / "no.png")
    (tmp_path / "dev/scenes.jsonl").write_text("\n")
    with pytest.raises(DataInvalid, match="no command"):
        read_tabletop(tmp_path, "dev")


def test_a_mask_is_what_is_bright(tmp_path):
    cv2.imwrite(str(tmp_path / "m.png"), np.array([[0, 127, 128, 255]], np.uint8))
    assert read_mask(tmp_path / "m.png").tolist() == [[False, False, True, True]]

"""The thing under a point, as the shipped network sees it."""

import json
import shutil

import numpy as np
import pytest
from boxed_table import TABLE, middle_of, table_with_box

from rt_grasp_ros.grasp.errors import CheckpointInvalid
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.model.point_eye.point_eye import PointEye, load_point_eye
from rt_grasp_ros.model.point_eye.shipped import DEFAULT_POINT_EYE, shipped_point_eye
from rt_grasp_ros.resources import share_path


class OneBlob:
    """A graph that finds a disc about a place of the window, and notes how wide it looked."""

    def __init__(self, row, column, radius_px):
        rows, columns = np.mgrid[:96, :96]
        self.logits = np.where(np.hypot(rows - row, columns - column) < radius_px, 3.0, -3.0)
        self.shown = []

    def get_inputs(self):
        return [type("Input", (), {"name": "windows"})]

    def run(self, _, given):
        self.shown.append(given["windows"])
        return [self.logits[None, None].astype(np.float32)]


@pytest.mark.parametrize("half_m", [0.015, 0.03, 0.06])
@pytest.mark.parametrize("aside", [0.0, 0.6])
def test_a_box_is_found_from_its_middle_and_from_beside_it(half_m, aside):
    frame, box = table_with_box(half_m=half_m)
    x_px, y_px = middle_of(box)
    mask = shipped_point_eye().mask(frame, TABLE, x_px + aside * half_m * 600 / 0.75, y_px)
    assert np.count_nonzero(mask & box) > 0.8 * np.count_nonzero(mask | box)


def test_nothing_is_found_where_nothing_was_measured():
    frame, _ = table_with_box()
    blind = RgbdFrame(frame.rgb, np.full_like(frame.depth_m, np.nan), frame.intrinsics, "camera", 0)
    mask = shipped_point_eye().mask(blind, TABLE, 320.0, 240.0)
    assert mask.shape == (480, 640)
    assert not mask.any()


def test_what_is_small_is_looked_at_again_from_nearer():
    frame, box = table_with_box()
    graph = OneBlob(48, 48, 8)
    PointEye(graph).mask(frame, TABLE, *middle_of(box))
    wide, near = graph.shown
    # 6 cm of a window of 40 cm are 14 pixels, of one of 16 cm 36.
    assert abs((wide[0, 3] > 0.3).any(axis=0).sum() - 14) <= 1
    assert abs((near[0, 3] > 0.3).any(axis=0).sum() - 36) <= 1


def test_what_fills_the_window_well_is_looked_at_once():
    frame, box = table_with_box()
    graph = OneBlob(48, 48, 38)
    PointEye(graph).mask(frame, TABLE, *middle_of(box))
    assert len(graph.shown) == 1


def test_what_is_far_from_the_point_is_not_meant():
    frame, box = table_with_box()
    near = PointEye(OneBlob(48, 66, 8)).mask(frame, TABLE, *middle_of(box))
    far = PointEye(OneBlob(48, 74, 8)).mask(frame, TABLE, *middle_of(box))
    assert near.any()
    assert not far.any()


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(share_path(DEFAULT_POINT_EYE), tmp_path / "eye")


def test_another_graph_than_the_one_described_is_refused(folder):
    (folder / "config.json").write_text(json.dumps({"sha256": "0" * 64}))
    with pytest.raises(CheckpointInvalid, match="is not the one"):
        load_point_eye(folder)


@pytest.mark.parametrize("name", ["config.json", "point_eye.onnx"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(CheckpointInvalid, match="can't be read"):
        load_point_eye(folder)


def test_a_config_that_is_no_object_is_refused(folder):
    (folder / "config.json").write_text("[]")
    with pytest.raises(CheckpointInvalid):
        load_point_eye(folder)

"""Points on drawn things."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.learn.points.drawn_pictures import DrawnPicture, draw_pictures, draw_tables
from rt_grasp_ros.learn.points.drawn_points import draw_points, overlap, point_on, shares
from rt_grasp_ros.sim.mesh_pictures import Crowd
from rt_grasp_ros.sim.meshes.mesh_entry import shipped_meshes

pytestmark = pytest.mark.sim


@pytest.fixture(scope="module")
def pictures():
    return list(draw_pictures(shipped_meshes(), 5, Crowd(3, 5, 0.15, packages=4), 2))


@given(st.integers(0, 10_000))
def test_a_point_means_the_thing_it_was_drawn_for(seed):
    mask = np.zeros((120, 160), bool)
    mask[40:70, 50:90] = True
    other = np.zeros_like(mask)
    other[40:70, 100:140] = True
    drawn = point_on(mask, mask | other, np.random.default_rng(seed))
    if drawn is None:
        return
    column, row = int(drawn[0]), int(drawn[1])
    assert not other[row, column]
    if not mask[row, column]:
        beside = np.hypot(*(np.argwhere(mask) - (drawn[1], drawn[0])).T).min()
        another = np.hypot(*(np.argwhere(other) - (drawn[1], drawn[0])).T).min()
        assert beside <= 20
        assert beside <= another


def test_most_points_are_on_the_thing():
    mask = np.zeros((120, 160), bool)
    mask[50:60, 50:60] = True
    rng = np.random.default_rng(0)
    drawn = [point_on(mask, mask, rng) for _ in range(300)]
    on = [mask[int(one[1]), int(one[0])] for one in drawn if one is not None]
    assert 0.8 < np.mean(on) < 0.99


def test_batches_have_the_windows_and_the_truth(pictures):
    batch = draw_points(pictures, 12, np.random.default_rng(1))
    assert batch.windows.shape == (12, 7, 96, 96)
    assert batch.truth.shape == (12, 1, 96, 96)
    assert set(np.unique(batch.truth)) == {0.0, 1.0}
    assert np.isfinite(batch.windows).all()
    again = draw_points(pictures, 12, np.random.default_rng(1))
    np.testing.assert_array_equal(batch.windows, again.windows)


def test_the_truth_is_about_the_middle(pictures):
    batch = draw_points(pictures, 40, np.random.default_rng(2))
    on = batch.truth[:, 0, 46:50, 46:50].max(axis=(1, 2))
    assert on.mean() > 0.75


def test_a_picture_that_shows_nothing_is_passed_over(pictures):
    empty = replace(pictures[0], thing_ids=np.zeros_like(pictures[0].thing_ids))
    batch = draw_points([empty, pictures[0]], 3, np.random.default_rng(3))
    assert len(batch.windows) == 3


def test_tables_are_kept_and_not_drawn_again(tmp_path):
    told = []
    meshes = shipped_meshes()
    kept = draw_tables(meshes, 1, tmp_path, 1, lambda *one: told.append(one))
    assert told == [("tables drawn", 1, 1)]
    again = draw_tables(meshes, 1, tmp_path, 1, lambda *one: told.append(one))
    assert len(told) == 1
    assert 1 <= len(again) <= 3
    one, other = kept[0], again[0]
    assert isinstance(one, DrawnPicture)
    np.testing.assert_array_equal(one.frame.rgb, other.frame.rgb)
    assert np.isnan(one.frame.depth_m).any()
    assert np.nanmax(one.frame.depth_m) < 10
    # The plane is the table's: what is drawn on it stands above it.
    heights_m = one.plane.height_m(one.frame.points_m)[one.thing_ids > 0]
    assert np.nanmedian(heights_m) > 0.003


def test_overlap_and_shares():
    first, second = np.zeros((4, 4), bool), np.zeros((4, 4), bool)
    assert overlap(first, second) == 0.0
    first[:, :2], second[:, 1:3] = True, True
    assert overlap(first, second) == pytest.approx(1 / 3)
    assert shares([0.2, 0.6, 0.8, 1.0]) == pytest.approx(
        {"half": 0.75, "three_quarters": 0.5, "mean": 0.65}
    )

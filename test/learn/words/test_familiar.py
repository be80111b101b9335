"""What tells the cell's things from others: cut out as depth has them."""

import numpy as np
import pytest

from rt_grasp_ros.data.sim_data import FIRST_TRAINING_SEED
from rt_grasp_ros.learn.words.familiar import (
    crops_of_cell,
    crops_of_meshes_in_cell,
    fit_familiar,
)
from rt_grasp_ros.sim.meshes.mesh_entry import shipped_meshes


@pytest.mark.sim
def test_the_cell_is_cut_up_as_a_depth_camera_shows_it():
    crops = list(crops_of_cell([FIRST_TRAINING_SEED + 1], 32))
    assert 1 <= len(crops) <= 16
    for crop in crops:
        assert crop.rgb.shape == (32, 32, 3)
        assert crop.rgb.std() > 0
    again = list(crops_of_cell([FIRST_TRAINING_SEED + 1], 32))
    assert all(np.array_equal(one.rgb, other.rgb) for one, other in zip(crops, again, strict=True))


@pytest.mark.sim
def test_meshes_stand_on_the_same_table():
    crops = list(crops_of_meshes_in_cell(shipped_meshes(), [9_000_000], 32))
    assert crops
    assert all(crop.rgb.shape == (32, 32, 3) for crop in crops)


def test_the_weights_tell_two_kinds_apart_and_root_the_features():
    rng = np.random.default_rng(0)
    cells = rng.uniform(0, 1, (60, 4)).astype(np.float32) + np.float32([4, 0, 0, 0])
    others = rng.uniform(0, 1, (60, 4)).astype(np.float32) + np.float32([0, 4, 0, 0])
    weights = fit_familiar(cells, others)
    assert weights.shape == (5,)
    assert weights.dtype == np.float32

    def logits(features):
        return np.sqrt(features) @ weights[:-1] + weights[-1]

    assert (logits(cells) > 0).all()
    assert (logits(others) < 0).all()

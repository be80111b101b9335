import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rt_grasp_ros.motion.boxes import boxes_around

POINTS = arrays(
    np.float64, st.tuples(st.integers(1, 40), st.just(3)), elements=st.floats(-0.5, 0.5)
)


def inside(points, centres, sizes):
    """Whether points (N, 3) are in boxes (K, 3), shape (N, K)."""
    distance = np.abs(points[:, None] - centres[None])
    return (distance <= sizes[None] / 2 + 1e-9).all(axis=2)


@settings(deadline=None)
@given(POINTS)
def test_every_point_is_in_a_box_and_every_box_holds_only_filled_cells(points):
    centres, sizes = boxes_around(points)
    assert inside(points, centres, sizes).any(axis=1).all()
    cells = np.unique(np.floor(points / 0.01), axis=0)
    assert np.prod(sizes, axis=1).sum() == pytest.approx(len(cells) * 0.01**3)


def test_a_solid_block_is_one_box():
    grid = np.stack(np.meshgrid(*[np.arange(0.005, 0.05, 0.01)] * 3), axis=-1).reshape(-1, 3)
    centres, sizes = boxes_around(grid)
    assert np.allclose(centres, [[0.025] * 3])
    assert np.allclose(sizes, [[0.05] * 3])


def test_no_points_are_no_boxes():
    centres, sizes = boxes_around(np.empty((0, 3)))
    assert centres.shape == sizes.shape == (0, 3)

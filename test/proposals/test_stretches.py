"""Stretches of strips that are high: their ends, the gaps that count as noise, their tops."""

import numpy as np

from rt_grasp_ros.proposals.stretches import stretches_above


def strip(*heights_m):
    return np.array([heights_m], np.float32)


def test_a_stretch_ends_before_the_first_low_cell():
    found = stretches_above(strip(0.0, 0.03, 0.05, 0.03, 0.0, 0.0), np.array([[0.02]]))
    assert (found.starts.tolist(), found.ends.tolist()) == ([1], [4])
    np.testing.assert_allclose(found.tops_m, [0.05])


def test_a_gap_of_two_cells_is_noise_and_one_of_three_is_none():
    noisy = stretches_above(strip(1, 0, 0, 1, 0, 0, 1), np.array([[0.5]]))
    assert (noisy.starts.tolist(), noisy.ends.tolist()) == ([0], [7])
    apart = stretches_above(strip(1, 1, 0, 0, 0, 1), np.array([[0.5]]))
    assert (apart.starts.tolist(), apart.ends.tolist()) == ([0, 5], [2, 6])


def test_each_strip_has_levels_of_its_own():
    strips_m = np.array([[0.03, 0.01, 0.0], [0.0, 0.02, 0.04]], np.float32)
    found = stretches_above(strips_m, np.array([[0.02, 0.005], [0.03, 0.01]]))
    assert found.strips.tolist() == [0, 0, 1, 1]
    assert found.starts.tolist() == [0, 0, 2, 1]
    assert found.ends.tolist() == [1, 2, 3, 3]
    np.testing.assert_allclose(found.tips_m, [0.02, 0.005, 0.03, 0.01])
    np.testing.assert_allclose(found.tops_m, [0.03, 0.03, 0.04, 0.04], rtol=1e-6)


def test_low_strips_have_none():
    found = stretches_above(np.zeros((3, 5), np.float32), np.full((3, 2), 0.01))
    assert len(found.starts) == len(found.tops_m) == 0
    assert len(stretches_above(np.zeros((0, 5), np.float32), np.zeros((0, 2))).starts) == 0

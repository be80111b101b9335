"""Crops as the graph takes them."""

import numpy as np

from rt_grasp_ros.model.word_eye.image_encoder import as_input


def test_channels_come_first_each_less_its_mean_over_its_spread():
    crops = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), np.uint8)
    values = as_input(list(crops), (10.0, 20.0, 30.0), (2.0, 4.0, 8.0))
    assert values.shape == (3, 3, 8, 8) and values.dtype == np.float32
    assert values.flags.c_contiguous
    expected = (crops.astype(np.float32) - (10, 20, 30)) / (2, 4, 8)
    np.testing.assert_allclose(values, expected.transpose(0, 3, 1, 2), atol=1e-6)

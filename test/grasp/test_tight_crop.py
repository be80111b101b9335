"""Square crops around things, drawn on beyond the picture's edge."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.tight_crop import tight_crop


@pytest.fixture
def picture():
    rgb = np.zeros((100, 120, 3), np.uint8)
    rgb[40:60, 30:70] = (200, 100, 50)
    return rgb


def test_the_thing_fills_most_of_the_crop(picture):
    crop = tight_crop(picture, (30, 40, 40, 20), 224)
    assert crop.shape == (224, 224, 3)
    shown = (crop[..., 0] > 100).mean()
    assert shown == pytest.approx(20 * 40 / 50**2, abs=0.03)
    assert crop[112, 112].tolist() == [200, 100, 50]


def test_beyond_the_edge_the_edge_goes_on(picture):
    picture[:, -1] = (7, 8, 9)
    crop = tight_crop(picture, (100, 40, 20, 20), 60)
    assert crop.shape == (60, 60, 3)
    assert crop[30, -1].tolist() == [7, 8, 9]

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


def test_the_square_has_the_thing_in_its_middle_and_a_margin_around():
    """A square of 44 pixels: 36 times 1.15, and 4, whose middle is that of the box."""
    rows, columns = np.mgrid[:100, :120].astype(np.uint8)
    picture = np.stack([columns, rows, rows], axis=-1)
    crop = tight_crop(picture, (50, 30, 20, 36), 44)
    np.testing.assert_array_equal(crop[..., 0], np.tile(np.arange(38, 82), (44, 1)))
    np.testing.assert_array_equal(crop[..., 1].T, np.tile(np.arange(26, 70), (44, 1)))


def test_what_is_made_smaller_is_averaged_and_what_is_enlarged_is_not_in_blocks():
    fine = np.zeros((100, 100, 3), np.uint8)
    fine[:, ::2] = 200
    assert set(tight_crop(fine, (20, 20, 50, 50), 30).ravel().tolist()) <= set(range(60, 141))
    edge = np.zeros((100, 100, 3), np.uint8)
    edge[:, 50:] = 200
    assert len(np.unique(tight_crop(edge, (45, 45, 10, 10), 150))) > 5


def test_beyond_the_first_row_and_column_these_go_on_and_not_the_last(picture):
    picture[0], picture[:, 0] = (1, 2, 3), (4, 5, 6)
    picture[-1], picture[:, -1] = (7, 8, 9), (7, 8, 9)
    crop = tight_crop(picture, (0, 0, 20, 20), 26)
    assert crop[0, -1].tolist() == [1, 2, 3]
    assert crop[-1, 0].tolist() == [4, 5, 6]
    assert not (crop == 9).any()


def test_the_last_row_and_column_belong_to_the_picture(picture):
    picture[-1], picture[:, -1] = (7, 8, 9), (4, 5, 6)
    crop = tight_crop(picture, (100, 80, 20, 20), 26)  # from row 77 and column 97 on
    assert crop[99 - 77, 0].tolist() == crop[-1, 0].tolist() == [7, 8, 9]
    assert crop[0, 119 - 97].tolist() == crop[0, -1].tolist() == [4, 5, 6]
    assert crop[98 - 77, 0].tolist() == [0, 0, 0]

"""What the light does to colours is taken back in part."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.colour_names import colour_shares
from rt_grasp_ros.grasp.white_balance import balance_gains, balanced


def picture(*colours, light=(1.0, 1.0, 1.0)):
    """Return stripes of colours in a light, uint8, shape (120, 40 a stripe, 3)."""
    stripes = np.repeat(np.array(colours, float), 40, axis=0) * light
    return np.tile(np.clip(stripes, 0, 255).astype(np.uint8), (120, 1, 1))


def test_grey_in_even_light_stays_as_it_is():
    np.testing.assert_allclose(balance_gains(picture((90, 90, 90), (180, 180, 180))), 1.0)


def test_warm_light_is_taken_back_in_part():
    warm = picture((160, 160, 160), (200, 200, 200), light=(1.1, 1.0, 0.85))
    gains = balance_gains(warm)
    assert gains[0] < 1.0 < gains[2]
    before, after = (np.ptp(one[0, 0].astype(int)) for one in (warm, balanced(warm, gains)))
    assert 0.5 * before < after < 0.75 * before


def test_what_warm_light_made_brown_is_called_gray_again():
    warm = picture((120, 120, 120), (200, 200, 200), light=(1.08, 1.0, 0.86))
    shown = warm[:, 20]
    assert colour_shares(shown) == {"brown": 1.0}
    assert colour_shares(balanced(shown, balance_gains(warm))) == {"gray": 1.0}


def test_a_table_of_one_colour_is_not_taken_for_light_beyond_a_bound():
    gains = balance_gains(picture((15, 50, 240)))
    assert gains == pytest.approx([1.2, 1.2, 1 / 1.2], abs=1e-6)


def test_a_picture_that_tells_nothing_is_left():
    assert balance_gains(np.zeros((40, 40, 3), np.uint8)).tolist() == [1.0, 1.0, 1.0]
    assert balance_gains(np.full((40, 40, 3), 255, np.uint8)).tolist() == [1.0, 1.0, 1.0]

"""How high low things stand, by what their pixels say together."""

import numpy as np

from rt_grasp_ros.proposals.low_height import smoothed_height_m


def noisy_table(seed=3):
    return np.random.default_rng(seed).normal(0.0, 0.002, (240, 320))


def test_a_card_that_noise_hides_stands_out_and_the_table_does_not():
    height_m = noisy_table()
    height_m[100:140, 100:160] += 0.005
    smooth_m = smoothed_height_m(height_m)
    assert (height_m[100:140, 100:160] > 0.008).mean() < 0.1
    assert (smooth_m[103:137, 103:157] > 0.0035).mean() > 0.9
    assert (smooth_m[:90] > 0.0035).mean() < 0.001


def test_a_bent_table_is_level():
    bent_m = 0.006 * np.cos(np.linspace(0, 2, 320))[None] + noisy_table()
    assert np.abs(smoothed_height_m(bent_m)).mean() < 0.001


def test_the_edge_of_a_tall_thing_stays_where_it_is():
    height_m = noisy_table()
    height_m[60:120, 60:120] += 0.08
    stands = smoothed_height_m(height_m) > 0.0035
    assert abs(np.count_nonzero(stands[50:130, 50:130]) - 3600) < 150


def test_small_holes_take_the_height_around_them_large_ones_none():
    height_m = noisy_table()
    height_m[60:120, 60:120] += 0.03
    height_m[85:90, 85:90] = np.nan
    height_m[150:200, 150:200] = np.nan
    smooth_m = smoothed_height_m(height_m)
    assert smooth_m[87, 87] > 0.02
    assert np.isnan(smooth_m[175, 175])

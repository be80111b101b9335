import math

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.sim.cameras.depth_noise import in_metres, mismeasured, with_colour_noise
from rt_grasp_ros.sim.cameras.profiles import camera_profile

INTRINSICS = Intrinsics(460.0, 460.0, 319.5, 179.5, 640, 360)
SHAPE = (360, 640)
GREY = np.full((*SHAPE, 3), 120, np.uint8)
DULL = np.zeros(SHAPE, np.float32)
STEREO, FLIGHT = camera_profile("d435").depth, camera_profile("azure_kinect").depth


def measure(depth_m, sensor=STEREO, rgb=GREY, shininess=DULL, seed=0):
    rng = np.random.default_rng(seed)
    return mismeasured(depth_m, rgb, shininess, INTRINSICS, sensor, rng)


def flat(distance_m):
    return np.full(SHAPE, distance_m, np.float32)


def with_a_box():
    depth_m = flat(1.0)
    depth_m[120:240, 250:390] = 0.8
    return depth_m


def test_the_same_seed_gives_the_same_errors():
    assert np.array_equal(measure(flat(0.8)), measure(flat(0.8)))
    assert not np.array_equal(measure(flat(0.8)), measure(flat(0.8), seed=1))


def spread_m(distance_m, sensor):
    depth_m = in_metres(measure(flat(distance_m), sensor))
    return np.nanstd(depth_m), np.nanmedian(depth_m)


def test_errors_of_stereo_grow_with_the_distance_squared_and_stay_centred():
    near, far = spread_m(0.7, STEREO), spread_m(1.4, STEREO)
    # z^2 / (f b) * 0.08 px with f = 446.8 px and b = 50 mm: 1.8 mm at 0.7 m
    assert near[0] == pytest.approx(0.00175, rel=0.35)
    assert far[0] / near[0] == pytest.approx(4.0, rel=0.2)
    assert near[1] == pytest.approx(0.7, abs=0.002)
    assert far[1] == pytest.approx(1.4, abs=0.006)


def test_stereo_comes_in_steps_that_grow_with_the_distance():
    def step_mm(distance_m):
        counts = np.unique(measure(flat(distance_m)))
        return np.median(np.diff(counts[counts > 0]))

    assert step_mm(2.0) == pytest.approx(2.0**2 / 22.34 / 32 * 1000, abs=1.0)
    assert step_mm(4.0) > 3.5 * step_mm(2.0)


def test_time_of_flight_is_good_to_some_millimetres():
    error_m, middle_m = spread_m(0.8, FLIGHT)
    assert 0.0008 < error_m < 0.003
    assert middle_m == pytest.approx(0.8, abs=0.001)


def test_nothing_is_measured_too_near_or_too_far():
    assert (measure(flat(0.45), FLIGHT) == 0).all()
    assert (measure(flat(0.15)) == 0).all()
    assert (measure(flat(12.0)) == 0).mean() > 0.9
    assert (measure(flat(0.6)) > 0).mean() > 0.97


def test_beside_an_edge_is_a_shadow_on_the_left_and_frayed_pixels_elsewhere():
    counts = measure(with_a_box())
    # b f (1/0.8 - 1/1.0) = 5.75 columns that only one eye sees
    left, right = counts[140:220, 244:250] == 0, counts[140:220, 392:398] == 0
    assert left.mean() > 0.8
    assert right.mean() < 0.5
    assert (counts[140:220, 300:340] > 0).all()


def test_flying_pixels_hang_between_near_and_far():
    depth_m = in_metres(measure(with_a_box(), FLIGHT))
    between = (depth_m > 0.83) & (depth_m < 0.97)
    assert 50 < between.sum() < 5000
    rows, columns = np.nonzero(between)
    assert (
        (np.abs(rows - 120) < 4)
        | (np.abs(rows - 240) < 4)
        | (np.abs(columns - 250) < 4)
        | (np.abs(columns - 390) < 4)
    ).all()
    assert not ((in_metres(measure(with_a_box())) > 0.85)[150:210, 270:370]).any()


def test_shiny_and_dark_things_have_holes():
    shiny = np.zeros(SHAPE, np.float32)
    shiny[:, :320] = 0.9
    counts = measure(flat(0.8), shininess=shiny)
    assert 0.2 < (counts[:, 10:310] == 0).mean() < 0.8
    assert (counts[:, 330:] == 0).mean() < 0.02
    black = GREY.copy()
    black[100:260, 300:400] = 8
    assert (measure(flat(0.8), FLIGHT, black)[100:260, 300:400] == 0).mean() > 0.2
    assert (measure(flat(0.8), FLIGHT)[100:260, 300:400] == 0).mean() < 0.02


def test_glare_is_told_by_the_largest_count_and_is_no_depth():
    glaring = GREY.copy()
    glaring[100:110, 300:310] = 255
    counts = measure(flat(0.8), rgb=glaring, shininess=np.full(SHAPE, 0.1, np.float32))
    assert (counts[100:110, 300:310] == 65535).all()
    assert np.isnan(in_metres(counts)[100:110, 300:310]).all()
    assert (counts == 65535).sum() == 100


def test_the_hexagon_of_time_of_flight_leaves_the_sides_of_a_wide_picture_dark():
    wide = Intrinsics(320.0, 320.0, 319.5, 179.5, 640, 360)
    rng = np.random.default_rng(0)
    counts = mismeasured(flat(0.8), GREY, DULL, wide, FLIGHT, rng)
    reach_px = 320 * math.tan(math.radians(37.5))
    assert (counts[180, : int(320 - reach_px) - 2] == 0).all()
    assert (counts[180, int(320 - reach_px) + 8 : 320] > 0).mean() > 0.97
    assert counts[5, 320 - int(0.7 * reach_px)] == 0
    assert (counts[5, 310:330] > 0).any()


def test_a_picture_without_anything_stays_empty():
    nothing = np.full(SHAPE, np.nan, np.float32)
    for sensor in (STEREO, FLIGHT):
        assert (measure(nothing, sensor) == 0).all()


def test_colour_grain_is_small_and_more_in_the_light():
    rng = np.random.default_rng(0)
    dark, light = (
        with_colour_noise(np.full((100, 100, 3), value, np.uint8), rng) for value in (20, 200)
    )
    assert dark.mean() == pytest.approx(20, abs=0.3)
    assert 1.5 < dark.std() < 2.1 < light.std() < 4.5

"""What depth hardly shows is told from the plane by its colour."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.grasp.support import Support
from rt_grasp_ros.proposals.colour_cuts import coarse_colours, stands_out
from rt_grasp_ros.proposals.segments import find_segments

INTRINSICS = Intrinsics(600.0, 600.0, 319.5, 239.5, 640, 480)
TABLE = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)
WHITE, BLACK, RED = (225, 222, 215), (30, 28, 32), (180, 40, 40)
PEN = np.s_[200:220, 300:400]


def picture(colour=WHITE, size=(480, 640)):
    noise = np.random.default_rng(0).normal(0, 2.0, (*size, 3))
    return np.clip(np.array(colour) + noise, 0, 255)


def flat(size=(480, 640)):
    return np.full(size, 0.7, np.float32)


def cut(rgb, depth_m, plane=TABLE):
    """Return the pieces' masks, the largest first."""
    rgb = rgb.astype(np.uint8)
    labels = stands_out(coarse_colours(rgb), INTRINSICS.back_project_all(depth_m), plane)
    assert labels.shape == depth_m.shape
    masks = [labels == label for label in range(1, labels.max() + 1)]
    return sorted((m for m in masks if m.any()), key=lambda m: -np.count_nonzero(m))


def shows(mask, place):
    there = np.zeros(mask.shape, bool)
    there[place] = True
    return (mask & there).sum() / (mask | there).sum() > 0.8


def test_what_is_flat_and_of_another_colour_is_a_piece():
    rgb = picture()
    rgb[PEN] = BLACK
    (found,) = cut(rgb, flat())
    assert shows(found, PEN)


def test_a_segment_of_it_is_found_where_everything_is_cut_and_not_by_depth_alone():
    rgb = picture()
    rgb[PEN] = BLACK
    frame = RgbdFrame(rgb.astype(np.uint8), flat(), INTRINSICS, "camera", 0)
    (found,) = find_segments(frame, Support((TABLE,)))
    assert shows(found.mask, PEN)
    assert found.plane is TABLE
    assert find_segments(frame, Support((TABLE,)), fold_limits=(None,)) == []


def test_what_has_no_depth_within_it_is_a_piece_too():
    rgb, depth_m = picture(), flat()
    rgb[PEN] = RED
    depth_m[205:215, 310:390] = np.nan
    (found,) = cut(rgb, depth_m)
    assert shows(found, PEN)


def test_light_that_falls_off_and_soft_shadows_are_none():
    rgb = picture() * np.linspace(1.0, 0.6, 640)[:, None]
    rgb[300:340, 100:180] *= 0.95
    assert cut(rgb, flat()) == []


@pytest.mark.parametrize("spacing_px", [8, 24])
def test_a_pattern_is_none_and_what_lies_on_it_is(spacing_px):
    rgb = picture()
    rgb[(np.arange(480) // spacing_px) % 2 == 0] -= 45.0
    assert cut(rgb, flat()) == []
    rgb[PEN] = RED
    assert shows(cut(rgb, flat())[0], PEN)


def test_the_floor_beside_the_table_and_a_step_of_what_stands_there_are_none():
    rgb, depth_m = picture(), flat()
    rgb[:, 500:], depth_m[:, 500:] = BLACK, 1.4
    rgb[100:200, 480:500] = RED  # at the table's edge, over the floor for most of its outline
    depth_m[100:200, 480:500] = np.nan
    assert cut(rgb, depth_m) == []


def test_a_speck_is_none():
    rgb = picture()
    rgb[200:206, 300:306] = BLACK
    assert cut(rgb, flat()) == []


def test_a_picture_of_odd_sides_without_any_plane_shows_nothing():
    size = (241, 321)
    assert cut(picture(size=size), flat(size)) == []
    assert cut(picture(size=size), np.full(size, 2.0, np.float32)) == []


def test_what_stands_high_is_left_to_depth_and_what_mostly_lacks_it_is_not():
    rgb, depth_m = picture(), flat()
    rgb[PEN] = RED
    depth_m[PEN] = 0.66
    assert cut(rgb, depth_m) == []
    depth_m[200:220, 300:380] = np.nan
    assert shows(cut(rgb, depth_m)[0], PEN)

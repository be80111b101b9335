"""What depth does not show is not grasped; what it shows is, however flat."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tabletop import VGA, Box, look_at_table, rectangle_of, render_depth

from rt_grasp_ros.grasp.errors import DepthShowsNothing
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.grasp.shown import require_shown

CAMERA = look_at_table(0.7, math.radians(15), 0.4)
OTHERS = [Box(-0.05, 0.17, 0.3, 0.1, 0.05, 0.06)]
MUG = Box(0.0, 0.0, 0.2, 0.06, 0.06, 0.1)


def plane_of(camera, noise_m=0.0003):
    return Plane(camera[2, :3], camera[2, 3], noise_m)


def shown(box, depth_m, camera=CAMERA, noise_m=0.0003, slack_m=0.02):
    half_m = (box.width_m + slack_m) / 2
    ends_m = np.array([[0, -half_m, box.height_m / 2], [0, half_m, box.height_m / 2]])
    T = box.T_table_box
    rectangle = rectangle_of(VGA, camera, ends_m @ T[:3, :3].T + T[:3, 3])
    require_shown(rectangle, depth_m, VGA, plane_of(camera, noise_m), Gripper())


def where(box, camera=CAMERA):
    """Return which pixels show a box, shape (H, W)."""
    return render_depth(VGA, camera, [box]) < render_depth(VGA, camera, []) - 1e-6


@settings(max_examples=30, deadline=None)
@given(
    holes=st.floats(0.0, 1.0),
    noise_m=st.floats(0.0, 0.003),
    tilt_rad=st.floats(0.0, math.radians(45)),
    seed=st.integers(0, 999),
)
def test_glass_shows_the_table_or_holes(holes, noise_m, tilt_rad, seed):
    camera = look_at_table(0.7, tilt_rad, 0.4)
    rng = np.random.default_rng(seed)
    depth_m = render_depth(VGA, camera, OTHERS)
    depth_m += rng.normal(0, noise_m, depth_m.shape).astype(np.float32)
    depth_m[where(MUG, camera) & (rng.random(depth_m.shape) < holes)] = np.nan
    with pytest.raises(DepthShowsNothing, match="may be transparent, shiny or black"):
        shown(MUG, depth_m, camera, noise_m=max(noise_m, 0.0003))


def test_a_black_thing_without_depth_is_not_shown():
    depth_m = render_depth(VGA, CAMERA, [*OTHERS, MUG])
    depth_m[where(MUG)] = np.nan
    with pytest.raises(DepthShowsNothing, match=r"\(\d+% of it was measured\)"):
        shown(MUG, depth_m)


def test_a_mirror_shows_what_is_below_the_table():
    depth_m = render_depth(VGA, CAMERA, OTHERS)
    depth_m[where(MUG)] += 0.2
    with pytest.raises(DepthShowsNothing):
        shown(MUG, depth_m)


def test_bumps_of_a_table_seen_through_glass_are_no_thing():
    rng = np.random.default_rng(1)
    depth_m = render_depth(VGA, CAMERA, OTHERS)
    glass = where(MUG)
    depth_m[glass] -= 0.01
    depth_m[glass & (rng.random(depth_m.shape) < 0.65)] = np.nan
    with pytest.raises(DepthShowsNothing):
        shown(MUG, depth_m)


def test_the_edge_of_a_neighbour_is_not_the_thing():
    neighbour = Box(0.0, 0.048, 0.2, 0.06, 0.02, 0.06)
    with pytest.raises(DepthShowsNothing):
        shown(MUG, render_depth(VGA, CAMERA, [neighbour]))


@pytest.mark.parametrize(
    "box",
    [
        Box(0.0, 0.0, 0.2, 0.15, 0.02, 0.005),
        Box(0.0, 0.0, 0.2, 0.085, 0.054, 0.006),
        Box(0.0, 0.0, 0.2, 0.14, 0.008, 0.008),
        MUG,
    ],
    ids=["spoon", "card", "pen", "mug"],
)
@pytest.mark.parametrize("distance_m", [0.45, 0.7, 1.1])
def test_what_depth_shows_passes(box, distance_m):
    camera = look_at_table(distance_m, math.radians(15), 0.4)
    rng = np.random.default_rng(1)
    depth_m = render_depth(VGA, camera, [*OTHERS, box])
    depth_m += rng.normal(0, 0.001, depth_m.shape).astype(np.float32)
    depth_m[rng.random(depth_m.shape) < 0.3] = np.nan
    shown(box, depth_m, camera, noise_m=0.001)


def test_a_rim_alone_is_enough():
    """Of a glass often only the rim is measured; it says how high the glass is."""
    depth_m = render_depth(VGA, CAMERA, OTHERS)
    wall = Box(0.0, 0.0, 0.2, 0.06, 0.003, 0.1)
    rim = Box(0.0, 0.0, 0.2, 0.06, 0.003, 0.004, 0.096)
    glass = where(wall)
    depth_m[glass] = np.nan
    top = where(rim)
    depth_m[top] = render_depth(VGA, CAMERA, [rim])[top]
    shown(wall, depth_m)


CARD = Box(0.0, 0.0, 0.2, 0.06, 0.06, 0.008)


def beside(along_m, across_m, side_m):
    """Return a low thing beside the middle of the card's jaw line, in the card's directions."""
    place_m = CARD.T_table_box[:3, :3] @ [across_m, along_m, 0.0]
    return Box(place_m[0], place_m[1], 0.2, side_m, side_m, 0.008)


@pytest.mark.parametrize(
    ("along_m", "across_m"),
    [(0.0, 0.02), (0.0, -0.02), (0.037, 0.0), (-0.037, 0.0), (0.034, 0.018), (-0.034, -0.018)],
)
def test_what_lies_beside_the_jaw_line_or_beyond_seven_tenths_of_it_is_not_the_thing(
    along_m, across_m
):
    """The opening is 80 mm, a finger 20 mm broad."""
    with pytest.raises(DepthShowsNothing):
        shown(CARD, render_depth(VGA, CAMERA, [beside(along_m, across_m, 0.012)]))


@pytest.mark.parametrize("along_m", [0.021, -0.021])
@pytest.mark.parametrize("across_m", [0.003, -0.003])
def test_what_lies_in_any_corner_of_that_is_the_thing(along_m, across_m):
    shown(CARD, render_depth(VGA, CAMERA, [beside(along_m, across_m, 0.01)]))


@pytest.mark.parametrize("across_m", [0.0065, -0.0065])
def test_a_strip_along_either_edge_of_that_is_the_thing(across_m):
    """4 mm beside the line and less than 9: a finger is 20 mm broad."""
    place_m = CARD.T_table_box[:3, :3] @ [across_m, 0.0, 0.0]
    strip = Box(place_m[0], place_m[1], 0.2, 0.005, 0.04, 0.008)
    shown(CARD, render_depth(VGA, CAMERA, [strip]))

"""The way down of the fingers and the hand is free, or the reason says what is not."""

import math

import numpy as np
import pytest
from tabletop import VGA, Box, look_at_table, rectangle_of, render_depth

from rt_grasp_ros.grasp import clearance
from rt_grasp_ros.grasp.clearance import Obstacles, blockage, obstacles_around
from rt_grasp_ros.grasp.grasp import Grasp, Gripper
from rt_grasp_ros.grasp.lift import lift
from rt_grasp_ros.grasp.support import fit_support_plane

GRIPPER = Gripper()
CAMERA = look_at_table(0.6, math.radians(15), 0.3)
BLOCK = Box(0.0, 0.0, 0.0, 0.1, 0.03, 0.04)


def blockage_beside(*neighbours: Box, opening_m: float | None = None) -> str | None:
    """Lift the grasp across the block's width (along y); return what blocks its way down."""
    depth_m = render_depth(VGA, CAMERA, [BLOCK, *neighbours])
    plane = fit_support_plane(depth_m, VGA)
    jaw_ends_m = np.array([[0.0, -0.022, 0.04], [0.0, 0.022, 0.04]])
    grasp = lift(rectangle_of(VGA, CAMERA, jaw_ends_m), depth_m, VGA, GRIPPER, plane=plane)
    obstacles = obstacles_around(grasp, depth_m, VGA, GRIPPER, plane)
    return blockage(opening_m or grasp.opening_m, obstacles, GRIPPER)


def wall(distance_m: float, height_m: float = 0.04) -> Box:
    """Return a wall whose near face is that far from the block's side at +y."""
    thickness_m = 0.02
    y_m = BLOCK.width_m / 2 + distance_m + thickness_m / 2
    return Box(0.0, y_m, 0.0, 0.1, thickness_m, height_m)


def test_an_object_alone_is_free():
    assert blockage_beside() is None


def test_a_wall_where_a_finger_comes_down_blocks():
    assert "finger would hit" in blockage_beside(wall(0.012))


def test_a_wall_beyond_the_finger_does_not_block():
    beyond_m = GRIPPER.clearance_m / 2 + GRIPPER.finger_thickness_m + 0.004
    assert blockage_beside(wall(beyond_m)) is None


def test_a_wall_in_front_of_the_fingers_does_not_block():
    in_front = Box(GRIPPER.finger_breadth_m / 2 + 0.02, 0.035, 0.0, 0.02, 0.02, 0.04)
    assert blockage_beside(in_front) is None


def test_a_tower_beside_the_fingers_blocks_the_hand():
    assert "the hand would hit" in blockage_beside(wall(0.05, height_m=0.12))


def test_jaws_narrower_than_the_object_come_down_on_it():
    assert "finger would hit" in blockage_beside(opening_m=0.02)


def obstacles(*points_m: tuple[float, float, float], area_m2: float = 1e-4) -> Obstacles:
    return Obstacles(np.repeat(np.array(points_m), 3, axis=0), area_m2)


@pytest.mark.parametrize(
    ("point_m", "part"),
    [
        ((-0.036, 0.0, 0.0), "one finger"),
        ((0.036, 0.0, 0.0), "the other finger"),
        ((0.036, 0.009, -0.2), "the other finger"),
        ((0.095, 0.03, -0.05), "the hand"),
        ((0.0, 0.0, -0.05), "the hand"),
        ((0.0, 0.0, -0.0395), "the hand"),
    ],
)
def test_says_what_hits(point_m, part):
    assert f"way down {part} would hit" in blockage(0.06, obstacles(point_m), GRIPPER)


@pytest.mark.parametrize(
    "point_m",
    [
        (0.0, 0.0, 0.0),  # between the fingers
        (0.036, 0.0, 0.01),  # deeper than the fingers reach
        (0.036, 0.011, 0.0),  # beside a finger
        (0.0, 0.0, -0.0385),  # under the hand, but for the noise of depth
        (0.06, 0.0, 0.0),  # outside a finger, below the hand
        (0.12, 0.0, -0.1),  # outside the hand
    ],
)
def test_lets_pass_what_is_not_in_the_way(point_m):
    assert blockage(0.06, obstacles(point_m), GRIPPER) is None


def test_a_stray_pixel_does_not_block():
    assert blockage(0.06, obstacles((0.036, 0.0, 0.0), area_m2=1e-6), GRIPPER) is None


def test_message_says_how_high_above_the_fingers():
    blocked = blockage(0.06, obstacles((0.036, 0.0, -0.03)), GRIPPER)
    assert "something 39 mm above the lowest point" in blocked


def test_ending_the_way_earlier_passes_over_what_is_low():
    low = obstacles((0.036, 0.0, 0.0))
    assert blockage(0.06, low, GRIPPER, back_m=0.005) is not None
    assert blockage(0.06, low, GRIPPER, back_m=0.008) is None


def test_hold_is_how_far_the_fingers_reach_below_the_top_between_them():
    between, beside = (0.01, 0.0, -0.02), (0.05, 0.0, -0.08)
    held_m = obstacles(between, beside).hold_m(0.06, GRIPPER)
    assert held_m == pytest.approx(0.02 + GRIPPER.finger_overhang_m)
    assert obstacles(beside).hold_m(0.06, GRIPPER) == 0.0


@pytest.mark.parametrize("shape", [(0, 3), (4, 0, 3)])
def test_where_nothing_stands_clear_of_the_table_nothing_is_held_or_in_the_way(shape) -> None:
    nothing = Obstacles(np.zeros(shape), 1e-4)
    assert nothing.hold_m(0.06, GRIPPER) == 0.0
    assert blockage(0.06, nothing, GRIPPER) is None


def test_obstacles_are_in_the_grasp_frame_and_off_the_table():
    depth_m = render_depth(VGA, CAMERA, [BLOCK])
    plane = fit_support_plane(depth_m, VGA)
    T_table_grasp = np.diag([1.0, -1.0, -1.0, 1.0])
    T_table_grasp[:3, 3] = [0.0, 0.0, 0.02]
    grasp = Grasp(
        rectangle_of(VGA, CAMERA, np.array([[0.0, -0.02, 0.04], [0.0, 0.02, 0.04]])),
        np.linalg.inv(CAMERA) @ T_table_grasp,
        opening_m=0.05,
    )
    points_m = obstacles_around(grasp, depth_m, VGA, GRIPPER, plane).points_m
    low, high = points_m.min(axis=0), points_m.max(axis=0)
    np.testing.assert_allclose(low[:2], [-0.05, -0.015], atol=0.002)
    np.testing.assert_allclose(high[:2], [0.05, 0.015], atol=0.002)
    assert low[2] == pytest.approx(-0.02, abs=0.001)
    assert high[2] < 0.02 - plane.object_height_m + 0.001


def test_fewer_than_three_points_do_not_block():
    points_m = np.array([(0.036, 0.0, 0.0)] * 3)
    assert blockage(0.06, Obstacles(points_m[:2], 1e-3), GRIPPER) is None
    assert blockage(0.06, Obstacles(points_m, 1e-3), GRIPPER) is not None


@pytest.mark.parametrize("distance_m", [0.35, 0.6, 1.2])
def test_points_stand_for_the_area_that_they_cover(distance_m):
    camera = look_at_table(distance_m, 0.0, 0.3)
    depth_m = render_depth(VGA, camera, [BLOCK])
    plane = fit_support_plane(depth_m, VGA)
    jaw_ends_m = np.array([[0.0, -0.022, 0.04], [0.0, 0.022, 0.04]])
    grasp = lift(rectangle_of(VGA, camera, jaw_ends_m), depth_m, VGA, GRIPPER, plane=plane)
    seen = obstacles_around(grasp, depth_m, VGA, GRIPPER, plane)
    spacing_m = math.sqrt(seen.area_per_point_m2)
    assert spacing_m < 0.0025
    top = seen.points_m[:, 2] < seen.points_m[:, 2].min() + 0.002
    area_m2 = GRIPPER.palm_breadth_m * 0.03  # the block is longer than the hand is broad
    assert top.sum() * seen.area_per_point_m2 == pytest.approx(area_m2, rel=0.2)


def test_a_tower_at_the_edge_of_the_hand_is_seen_from_near():
    camera = look_at_table(0.35, 0.0, 0.3)
    tower = Box(0.0, 0.095, 0.0, 0.06, 0.01, 0.08)
    depth_m = render_depth(VGA, camera, [BLOCK, tower])
    plane = fit_support_plane(depth_m, VGA)
    jaw_ends_m = np.array([[0.0, -0.022, 0.04], [0.0, 0.022, 0.04]])
    grasp = lift(rectangle_of(VGA, camera, jaw_ends_m), depth_m, VGA, GRIPPER, plane=plane)
    seen = obstacles_around(grasp, depth_m, VGA, GRIPPER, plane)
    assert "the hand would hit" in blockage(grasp.opening_m, seen, GRIPPER)


@pytest.mark.parametrize("lean_rad", [0.0, 0.4, -0.6])
@pytest.mark.parametrize("seed", range(2))
def test_what_is_left_out_since_no_hand_reaches_it_changes_no_verdict(seed, lean_rad, monkeypatch):
    rng = np.random.default_rng(seed)
    crowd = [
        Box(*rng.uniform(-0.25, 0.25, 2), 0.0, *rng.uniform(0.01, 0.05, 2), rng.uniform(0.02, 0.2))
        for _ in range(12)
    ]
    depth_m = render_depth(VGA, CAMERA, [BLOCK, *crowd])
    plane = fit_support_plane(depth_m, VGA)
    T_table_grasp = np.diag([1.0, -1.0, -1.0, 1.0])
    T_table_grasp[:3, 3] = [*rng.uniform(-0.1, 0.1, 2), 0.02]
    lean = np.eye(4)
    lean[1:3, 1:3] = [
        [math.cos(lean_rad), -math.sin(lean_rad)],
        [math.sin(lean_rad), math.cos(lean_rad)],
    ]
    grasp = Grasp(
        rectangle_of(VGA, CAMERA, np.array([[0.0, -0.02, 0.04], [0.0, 0.02, 0.04]])),
        np.linalg.inv(CAMERA) @ T_table_grasp @ lean,
        opening_m=0.05,
    )
    near = obstacles_around(grasp, depth_m, VGA, GRIPPER, plane)
    monkeypatch.setattr(clearance, "_may_be_met", lambda above_m, *_: np.ones(len(above_m), bool))
    all_of_it = obstacles_around(grasp, depth_m, VGA, GRIPPER, plane)
    assert near.points_m.shape[-2] < 0.7 * all_of_it.points_m.shape[-2]
    for opening_m in (0.02, 0.05, 0.08):
        for back_m in (0.0, 0.02):
            said = blockage(opening_m, near, GRIPPER, back_m)
            assert said == blockage(opening_m, all_of_it, GRIPPER, back_m)
        assert near.hold_m(opening_m, GRIPPER) == all_of_it.hold_m(opening_m, GRIPPER)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("low_m", "high_m"),
    [
        ((-0.04, -0.009, -0.03), (-0.02, 0.009, 0.0)),  # one finger's column at half the openings
        ((0.02, -0.009, -0.03), (0.04, 0.009, 0.0)),
        ((0.06, -0.03, -0.07), (0.1, 0.03, -0.045)),  # the hand's, at the end of the way alone
    ],
)
def test_what_the_seen_points_block_is_blocked_by_all_that_is_below_them_too(low_m, high_m, seed):
    rng = np.random.default_rng(seed)
    seen_m = rng.uniform(low_m, high_m, (6, 3))
    below_m = np.stack([seen_m, rng.uniform(-0.1, 0.1, seen_m.shape)])
    tops, solid = Obstacles(seen_m, 1e-4), Obstacles(below_m, 1e-4)
    ways = [
        (opening_m, back_m) for opening_m in np.linspace(0.0, 0.08, 9) for back_m in (0.0, 0.04)
    ]
    blocked = [way for way in ways if blockage(way[0], tops, GRIPPER, way[1]) is not None]
    assert 0 < len(blocked) < len(ways)
    for opening_m, back_m in blocked:
        assert blockage(opening_m, solid, GRIPPER, back_m) is not None


def test_tops_alone_are_the_seen_points_of_what_is_solid_below_them():
    depth_m = render_depth(VGA, CAMERA, [BLOCK])
    plane = fit_support_plane(depth_m, VGA)
    T_table_grasp = np.diag([1.0, -1.0, -1.0, 1.0])
    T_table_grasp[:3, 3] = [0.0, 0.0, 0.02]
    lean = np.eye(4)
    lean[1:3, 1:3] = [[math.cos(0.4), -math.sin(0.4)], [math.sin(0.4), math.cos(0.4)]]
    grasp = Grasp(
        rectangle_of(VGA, CAMERA, np.array([[0.0, -0.02, 0.04], [0.0, 0.02, 0.04]])),
        np.linalg.inv(CAMERA) @ T_table_grasp @ lean,
        opening_m=0.05,
    )
    solid = obstacles_around(grasp, depth_m, VGA, GRIPPER, plane)
    tops = obstacles_around(grasp, depth_m, VGA, GRIPPER, plane, tops_alone=True)
    assert solid.points_m.ndim == 3
    np.testing.assert_allclose(tops.points_m, solid.points_m[0])

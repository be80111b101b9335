"""A known grasp, seen by a random camera, is read back."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tabletop import VGA, Box, look_at_table, rectangle_of, render_depth

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.errors import (
    DepthInvalidAtGrasp,
    DepthShowsNothing,
    GraspOutsideImage,
    OpeningTooWide,
    RequestInvalid,
    SizeMismatch,
)
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.lift import lift

GRIPPER = Gripper()

cameras = st.builds(
    look_at_table,
    distance_m=st.floats(0.45, 0.8),
    tilt_rad=st.floats(0.0, math.radians(45)),
    heading_rad=st.floats(-math.pi, math.pi),
)
boxes = st.builds(
    Box,
    x_m=st.floats(-0.06, 0.06),
    y_m=st.floats(-0.06, 0.06),
    yaw_rad=st.floats(-math.pi, math.pi),
    length_m=st.floats(0.03, 0.15),
    width_m=st.floats(0.012, 0.06),
    height_m=st.floats(0.012, 0.12),
)


def grasp_across(box: Box, opening_m: float) -> np.ndarray:
    """Return the jaw ends on the top of a box, across its width, shape (2, 3), table frame."""
    local = np.array([[0, -opening_m / 2, box.height_m / 2], [0, opening_m / 2, box.height_m / 2]])
    return local @ box.T_table_box[:3, :3].T + box.T_table_box[:3, 3]


def in_table_frame(grasp, T_table_camera: np.ndarray) -> np.ndarray:
    return T_table_camera @ grasp.T_camera_grasp


def expected_origin(box: Box, gripper: Gripper) -> np.ndarray:
    lowest = gripper.finger_overhang_m + gripper.table_clearance_m
    height = max(box.height_m - gripper.finger_depth_m, lowest)
    return np.array([box.x_m, box.y_m, height])


def angle_between_lines(first: np.ndarray, second: np.ndarray) -> float:
    return math.degrees(math.acos(min(1.0, abs(float(first @ second)))))


@settings(max_examples=60, deadline=None)
@given(camera=cameras, box=boxes, slack_m=st.floats(0.005, 0.03), recentre=st.booleans())
def test_reads_back_a_known_grasp(camera, box, slack_m, recentre):
    jaw_ends_m = grasp_across(box, box.width_m + slack_m)
    depth_m = render_depth(VGA, camera, [box])
    rectangle = rectangle_of(VGA, camera, jaw_ends_m)

    grasp = lift(rectangle, depth_m, VGA, GRIPPER, recentre=recentre)

    T_table_grasp = in_table_frame(grasp, camera)
    error_m = np.linalg.norm(T_table_grasp[:3, 3] - expected_origin(box, GRIPPER))
    assert error_m < 0.001
    assert angle_between_lines(T_table_grasp[:3, 0], box.T_table_box[:3, 1]) < 0.5
    assert angle_between_lines(T_table_grasp[:3, 2], np.array([0.0, 0.0, 1.0])) < 0.5
    assert T_table_grasp[2, 2] < 0
    np.testing.assert_allclose(
        grasp.T_camera_grasp[:3, :3] @ grasp.T_camera_grasp[:3, :3].T, np.eye(3), atol=1e-9
    )
    assert np.linalg.det(grasp.T_camera_grasp[:3, :3]) > 0


def lifted(box, camera, *, boxes=(), depth=None, offset_m=0.0, opening_m=None, **options):
    """Lift the grasp across a box; `offset_m` moves the rectangle along the closing axis."""
    jaw_ends_m = grasp_across(box, opening_m or box.width_m + 0.02)
    jaw_ends_m = jaw_ends_m + offset_m * box.T_table_box[:3, 1]
    depth_m = render_depth(VGA, camera, [box, *boxes]) if depth is None else depth
    return lift(rectangle_of(VGA, camera, jaw_ends_m), depth_m, VGA, GRIPPER, **options)


OBLIQUE = look_at_table(0.6, math.radians(35), 0.7)
BLOCK = Box(0.01, -0.02, 0.5, 0.12, 0.04, 0.06)


def test_opening_is_the_object_and_the_clearance():
    grasp = lifted(BLOCK, OBLIQUE, opening_m=0.075)
    assert grasp.object_width_m == pytest.approx(0.04, abs=0.0015)
    assert grasp.opening_m == pytest.approx(0.04 + GRIPPER.clearance_m, abs=0.0015)


def test_clearance_shrinks_where_the_gripper_opens_no_wider():
    wide = Box(0.0, 0.0, 0.2, 0.1, 0.07, 0.05)
    assert lifted(wide, OBLIQUE).opening_m == GRIPPER.max_opening_m


@pytest.mark.parametrize("offset_m", [-0.012, 0.01])
def test_recentres_on_the_object_between_the_jaws(offset_m):
    aside = lifted(BLOCK, OBLIQUE, offset_m=offset_m)
    position_m = in_table_frame(aside, OBLIQUE)[:3, 3]
    assert np.linalg.norm(position_m - expected_origin(BLOCK, GRIPPER)) < 0.0015


def test_stays_where_the_rectangle_is_when_told_so():
    aside = lifted(BLOCK, OBLIQUE, offset_m=0.008, recentre=False)
    shift_m = in_table_frame(aside, OBLIQUE)[:3, 3] - expected_origin(BLOCK, GRIPPER)
    assert shift_m @ BLOCK.T_table_box[:3, 1] == pytest.approx(0.008, abs=0.0005)


def test_fingers_go_down_to_just_above_the_table_for_a_marker():
    marker = Box(0.0, 0.03, 1.1, 0.13, 0.012, 0.012)
    height_m = in_table_frame(lifted(marker, OBLIQUE), OBLIQUE)[2, 3]
    ends_m = height_m - GRIPPER.finger_overhang_m
    assert ends_m == pytest.approx(GRIPPER.table_clearance_m, abs=0.0005)


def test_tall_things_are_held_near_their_top():
    can = Box(0.0, 0.0, 0.0, 0.06, 0.06, 0.1)
    height_m = in_table_frame(lifted(can, OBLIQUE), OBLIQUE)[2, 3]
    assert height_m == pytest.approx(0.1 - GRIPPER.finger_depth_m, abs=0.001)


def cup_walls(thickness_m=0.005, across_m=0.08, height_m=0.09):
    """Return the four walls of a square cup; the first faces +y."""
    away_m = (across_m - thickness_m) / 2
    return [
        Box(0.0, away_m, 0.0, across_m, thickness_m, height_m),
        Box(0.0, -away_m, 0.0, across_m, thickness_m, height_m),
        Box(away_m, 0.0, 0.0, thickness_m, across_m, height_m),
        Box(-away_m, 0.0, 0.0, thickness_m, across_m, height_m),
    ]


def test_one_wall_of_a_cup_between_the_fingers():
    wall, *others = cup_walls()
    camera = look_at_table(0.6, math.radians(10), 0.4)
    grasp = lifted(wall, camera, boxes=others, opening_m=0.04, offset_m=0.006)
    position_m = in_table_frame(grasp, camera)[:3, 3]
    np.testing.assert_allclose(position_m[:2], [wall.x_m, wall.y_m], atol=0.0015)
    assert grasp.object_width_m < 0.009


def test_a_whole_cup_is_too_wide():
    wall, *others = cup_walls()
    middle = Box(0.0, 0.0, 0.0, 0.08, 0.08, 0.09)
    camera = look_at_table(0.6, math.radians(10), 0.4)
    depth_m = render_depth(VGA, camera, [wall, *others])
    with pytest.raises(OpeningTooWide):
        lifted(middle, camera, depth=depth_m, opening_m=0.095)


def test_an_object_wider_than_the_jaws_is_refused_with_its_measure():
    wide = Box(0.0, 0.0, 0.2, 0.12, 0.11, 0.05)
    with pytest.raises(OpeningTooWide) as refusal:
        lifted(wide, OBLIQUE, opening_m=0.07)
    assert refusal.value.opening_m == pytest.approx(0.11 + GRIPPER.min_clearance_m, abs=0.004)
    assert refusal.value.max_opening_m == GRIPPER.max_opening_m


def test_holes_in_the_depth_do_not_matter():
    rng = np.random.default_rng(3)
    depth_m = render_depth(VGA, OBLIQUE, [BLOCK])
    depth_m[rng.random(depth_m.shape) < 0.5] = np.nan
    position_m = in_table_frame(lifted(BLOCK, OBLIQUE, depth=depth_m), OBLIQUE)[:3, 3]
    assert np.linalg.norm(position_m - expected_origin(BLOCK, GRIPPER)) < 0.002


def test_a_black_stripe_without_depth_across_the_object_does_not_split_it():
    rectangle = rectangle_of(VGA, OBLIQUE, grasp_across(BLOCK, 0.06))
    depth_m = render_depth(VGA, OBLIQUE, [BLOCK])
    depth_m[int(rectangle.y_px) - 6 : int(rectangle.y_px) + 6] = np.nan
    position_m = in_table_frame(lifted(BLOCK, OBLIQUE, depth=depth_m), OBLIQUE)[:3, 3]
    assert np.linalg.norm(position_m - expected_origin(BLOCK, GRIPPER)) < 0.002


@settings(max_examples=20, deadline=None)
@given(camera=cameras, seed=st.integers(0, 2**32 - 1))
def test_noise_of_a_depth_camera_moves_the_grasp_a_few_millimetres(camera, seed):
    depth_m = render_depth(VGA, camera, [BLOCK])
    noise_m = np.random.default_rng(seed).normal(0, 0.0015, depth_m.shape)
    noisy = np.round((depth_m + noise_m) * 1000) / 1000
    grasp = lifted(BLOCK, camera, depth=noisy.astype(np.float32))
    T_table_grasp = in_table_frame(grasp, camera)
    assert np.linalg.norm(T_table_grasp[:3, 3] - expected_origin(BLOCK, GRIPPER)) < 0.006
    assert angle_between_lines(T_table_grasp[:3, 0], BLOCK.T_table_box[:3, 1]) < 1.5


def test_approach_along_the_camera_axis():
    grasp = lifted(BLOCK, OBLIQUE, approach="camera")
    np.testing.assert_allclose(grasp.approach, [0, 0, 1], atol=1e-12)
    assert abs(grasp.T_camera_grasp[2, 0]) < 1e-12, "the jaws close across the approach"


def test_approach_along_a_given_direction_is_that_of_the_plane_when_it_is_gravity():
    gravity = OBLIQUE[:3, :3].T @ [0.0, 0.0, -9.81]
    given_direction = lifted(BLOCK, OBLIQUE, approach=tuple(gravity))
    fitted = lifted(BLOCK, OBLIQUE, approach="plane")
    np.testing.assert_allclose(given_direction.T_camera_grasp, fitted.T_camera_grasp, atol=0.0005)


@pytest.mark.parametrize(
    "approach", ["sideways", (0.0, 0.0, -1.0), (1.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 1.0)]
)
def test_refuses_an_approach_that_leads_nowhere(approach):
    with pytest.raises(RequestInvalid):
        lifted(BLOCK, look_at_table(0.6, 0.2, 0.0), approach=approach)


def test_refuses_a_rectangle_without_depth():
    depth_m = render_depth(VGA, OBLIQUE, [BLOCK])
    rectangle = rectangle_of(VGA, OBLIQUE, grasp_across(BLOCK, 0.06))
    x, y = int(rectangle.x_px), int(rectangle.y_px)
    depth_m[y - 60 : y + 60, x - 60 : x + 60] = np.nan
    with pytest.raises(DepthInvalidAtGrasp, match="0%"):
        lifted(BLOCK, OBLIQUE, depth=depth_m)


def test_refuses_a_centre_outside_the_picture():
    far = Box(3.0, 3.0, 0.0, 0.1, 0.03, 0.03)
    with pytest.raises(GraspOutsideImage, match="outside the 640x480 picture"):
        lifted(far, OBLIQUE, depth=render_depth(VGA, OBLIQUE, [BLOCK]))


def test_refuses_sizes_that_differ():
    depth_m = render_depth(VGA, OBLIQUE, [BLOCK])
    with pytest.raises(SizeMismatch, match="The depth image is 320x240"):
        lifted(BLOCK, OBLIQUE, depth=depth_m[::2, ::2])
    rectangle = rectangle_of(VGA, OBLIQUE, grasp_across(BLOCK, 0.06))
    other = Intrinsics(900.0, 900.0, 640.0, 360.0, 1280, 720)
    with pytest.raises(SizeMismatch, match="camera matrix is for 1280x720"):
        lift(rectangle, depth_m, other, GRIPPER)


def test_bare_table_is_refused():
    camera = look_at_table(0.6, math.radians(20), 0.0)
    sheet = Box(0.0, 0.0, 0.3, 0.1, 0.04, 0.0005)
    with pytest.raises(DepthShowsNothing):
        lifted(sheet, camera)


def test_a_narrow_post_is_held_near_its_own_top():
    """The rectangle shows mostly what is low; where the jaws are depends on what is high."""
    camera = look_at_table(0.6, math.radians(35), 0.8)
    post = Box(0.0, 0.0, 0.0, 0.012, 0.012, 0.06)
    foot = Box(0.0, 0.0, 0.0, 0.14, 0.05, 0.015)
    rectangle = rectangle_of(VGA, camera, grasp_across(post, 0.06), jaw_px=100)
    grasp = lift(rectangle, render_depth(VGA, camera, [post, foot]), VGA, GRIPPER)
    np.testing.assert_allclose(in_table_frame(grasp, camera)[:3, 3], [0, 0, 0.03], atol=0.001)


@pytest.mark.parametrize("tilt_deg", [20, 40])
def test_slanted_fingers_end_3_mm_above_the_table(tilt_deg):
    camera = look_at_table(0.6, math.radians(tilt_deg), 0.4)
    marker = Box(0.0, 0.0, 1.1, 0.13, 0.012, 0.012)
    grasp = lifted(marker, camera, approach="camera")
    T_table_grasp = in_table_frame(grasp, camera)
    half_m = grasp.opening_m / 2
    ends_m = [
        T_table_grasp @ [side * half_m, 0.0, GRIPPER.finger_overhang_m, 1.0] for side in (-1, 1)
    ]
    assert min(end[2] for end in ends_m) == pytest.approx(0.003, abs=0.0003)


@pytest.mark.parametrize("along_m", [0.023, 0.035])
def test_something_taller_beside_the_fingers_does_not_move_the_grasp(along_m):
    """It is beyond the fingers' breadth, and inside the rectangle."""
    post = Box(
        BLOCK.x_m + along_m * math.cos(BLOCK.yaw_rad),
        BLOCK.y_m + along_m * math.sin(BLOCK.yaw_rad),
        BLOCK.yaw_rad,
        length_m=0.02,
        width_m=0.04,
        height_m=0.1,
    )
    depth_m = render_depth(VGA, OBLIQUE, [BLOCK, post])
    rectangle = rectangle_of(VGA, OBLIQUE, grasp_across(BLOCK, 0.06), jaw_px=70.0)
    position_m = in_table_frame(lift(rectangle, depth_m, VGA, GRIPPER), OBLIQUE)[:3, 3]
    assert np.linalg.norm(position_m - expected_origin(BLOCK, GRIPPER)) < 0.001

"""Where the geometry says that a gripper could close."""

import math

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.grasp.rectangle import jaw_angle_difference
from rt_grasp_ros.proposals.antipodal_search import AntipodalSearch, points_near

INTRINSICS = Intrinsics(600.0, 600.0, 319.5, 239.5, 640, 480)
TABLE = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)
X_M, Y_M = np.meshgrid((np.arange(640) - 319.5) / 600 * 0.7, (np.arange(480) - 239.5) / 600 * 0.7)


def frame_of(height_m):
    depth_m = (0.7 - height_m).astype(np.float32)
    return RgbdFrame(np.zeros((480, 640, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)


def bar(angle_rad=0.0, width_m=0.03, length_m=0.12, height_m=0.04, at=(0.0, 0.0)):
    x_m, y_m = X_M - at[0], Y_M - at[1]
    along_m = x_m * math.cos(angle_rad) + y_m * math.sin(angle_rad)
    across_m = -x_m * math.sin(angle_rad) + y_m * math.cos(angle_rad)
    inside = (np.abs(along_m) < length_m / 2) & (np.abs(across_m) < width_m / 2)
    return np.where(inside, height_m, 0.0)


def propose(height_m, region=None):
    region = height_m > 0 if region is None else region
    return AntipodalSearch(Gripper()).propose(frame_of(height_m), TABLE, region)


@pytest.mark.parametrize("angle_deg", [0, 30, 77, 135])
def test_a_bar_is_taken_across_its_narrow_side_in_the_middle(angle_deg):
    best = propose(bar(math.radians(angle_deg), at=(0.05, -0.03)))[0]
    closing = best.T_camera_grasp[:3, 0]
    across_rad = math.radians(angle_deg) + math.pi / 2
    assert jaw_angle_difference(math.atan2(closing[1], closing[0]), across_rad) < math.radians(9)
    assert best.T_camera_grasp[:2, 3] == pytest.approx([0.05, -0.03], abs=0.008)
    assert best.object_width_m == pytest.approx(0.03, abs=0.0085)
    assert best.object_width_m + 0.006 <= best.opening_m <= best.object_width_m + 0.0161
    assert best.T_camera_grasp[:3, 2] == pytest.approx([0, 0, 1])
    assert np.linalg.det(best.T_camera_grasp[:3, :3]) == pytest.approx(1.0)


def test_the_fingers_go_at_most_two_centimetres_down_and_never_into_the_table():
    high, low = propose(bar(height_m=0.06))[0], propose(bar(height_m=0.012))[0]
    assert high.height_m == pytest.approx(0.040, abs=0.001)
    assert low.height_m == pytest.approx(0.006, abs=0.0005)
    assert high.T_camera_grasp[2, 3] == pytest.approx(0.7 - high.height_m, abs=1e-6)


def test_what_is_wider_than_the_gripper_opens_is_taken_nowhere():
    assert propose(bar(width_m=0.10, length_m=0.12)) == []


def test_a_neighbour_turns_the_grasp_or_moves_it():
    alone = bar(width_m=0.05, length_m=0.05)
    beside = np.maximum(alone, bar(width_m=0.02, length_m=0.05, height_m=0.05, at=(0.0, 0.04)))
    best = propose(beside, region=alone > 0)[0]
    closing = best.T_camera_grasp[:3, 0]
    assert abs(closing[0]) > 0.9  # not towards the neighbour, which stands at +y


def test_the_wall_of_a_bowl_is_taken_with_one_finger_inside():
    radius_m = np.hypot(X_M, Y_M)
    height_m = np.where(radius_m < 0.07, 0.008, 0.0)
    height_m = np.where((radius_m > 0.063) & (radius_m < 0.07), 0.06, height_m)
    best = propose(height_m)[0]
    assert np.hypot(*best.T_camera_grasp[:2, 3]) == pytest.approx(0.066, abs=0.006)
    assert best.object_width_m < 0.02


def test_a_few_stray_points_are_not_taken():
    height_m = bar(width_m=0.004, length_m=0.004)
    assert propose(height_m) == []


def test_proposals_differ_in_place_or_direction():
    proposals = propose(bar())
    assert 2 <= len(proposals) <= 16
    for i, one in enumerate(proposals):
        for other in proposals[:i]:
            apart_m = np.linalg.norm(one.T_camera_grasp[:3, 3] - other.T_camera_grasp[:3, 3])
            cosine = abs(one.T_camera_grasp[:3, 0] @ other.T_camera_grasp[:3, 0])
            assert apart_m > 0.011 or cosine < math.cos(math.radians(29))
    assert [p.quality for p in proposals] == sorted((p.quality for p in proposals), reverse=True)
    assert all(0 < p.quality <= 1 for p in proposals)


def test_the_rectangle_in_the_picture_is_the_grasp():
    best = propose(bar(math.radians(30)))[0]
    rectangle = best.to_grasp(INTRINSICS, jaw_breadth_m=0.02).rectangle
    assert best.surface_m == pytest.approx(0.02, abs=1e-4)
    seen_m = best.T_camera_grasp[:3, 3] - [0.0, 0.0, 0.02]
    assert rectangle.centre == pytest.approx(INTRINSICS.project(seen_m), abs=0.01)
    scale = 600 / seen_m[2]
    assert rectangle.opening_px == pytest.approx(best.opening_m * scale, rel=0.01)
    assert rectangle.jaw_px == pytest.approx(0.02 * scale, rel=0.01)
    closing = best.T_camera_grasp[:2, 0]
    assert abs(rectangle.opening_direction @ closing) == pytest.approx(1.0, abs=1e-3)


def test_from_aslant_the_picture_shows_the_grasp_on_what_is_held():
    """A thin plate that floats 30 mm above the plane, as the handle of a mug does."""
    slant_rad = math.radians(50)
    normal = np.array([0.0, -math.sin(slant_rad), -math.cos(slant_rad)])
    plane = Plane(normal, 0.45, 0.001)
    rays = np.stack([X_M / 0.7, Y_M / 0.7, np.ones_like(X_M)], axis=-1)
    on_plane_m, on_plate_m = (-(0.45 - up_m) / (rays @ normal) for up_m in (0.0, 0.03))
    at_m = on_plate_m[..., None] * rays
    middle_m = at_m[240, 320]
    slope = np.cross(normal, [1.0, 0.0, 0.0])
    mask = (np.abs((at_m - middle_m)[..., 0]) < 0.006) & (np.abs((at_m - middle_m) @ slope) < 0.02)
    depth_m = np.where(mask, on_plate_m, on_plane_m).astype(np.float32)
    frame = RgbdFrame(np.zeros((480, 640, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)
    best = AntipodalSearch(Gripper()).propose(frame, plane, mask)[0]
    rectangle = best.to_grasp(INTRINSICS, jaw_breadth_m=0.02).rectangle
    assert mask[round(rectangle.y_px), round(rectangle.x_px)]
    column, row = INTRINSICS.project(best.T_camera_grasp[:3, 3])
    assert not mask[round(row), round(column)], "its tips are under it, where the table is seen"


def test_where_little_was_measured_is_taken_last():
    """A bar of whose middle only a few points were measured."""
    height_m = bar(width_m=0.012)
    row, column = np.indices(height_m.shape)
    is_lost = (np.abs(X_M) < 0.02) & (height_m > 0) & ((row % 5 > 0) | (column % 5 > 0))
    frame = frame_of(height_m)
    frame.depth_m[is_lost] = np.nan
    proposals = AntipodalSearch(Gripper()).propose(frame, TABLE, height_m > 0)
    assert 0.015 < abs(proposals[0].T_camera_grasp[0, 3]) < 0.05


@pytest.mark.parametrize("at", [(0.0, 0.0), (0.2, -0.15), (-0.33, 0.25)])
@pytest.mark.parametrize("distance_m", [0.2, 0.5, 2.0])
def test_what_may_be_in_the_way_is_all_within_reach_along_each_axis(at, distance_m):
    rng = np.random.default_rng(1)
    near = distance_m + rng.uniform(-0.19, 0.4, (480, 640))
    depth_m = np.where(rng.random(near.shape) < 0.1, np.nan, near).astype(np.float32)
    frame = RgbdFrame(np.zeros((480, 640, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)
    middle_m = np.array([*at, distance_m])
    all_m = frame.points_m.reshape(-1, 3)
    expected = all_m[(np.abs(all_m - middle_m) < 0.25).all(axis=1)]
    np.testing.assert_array_equal(points_near(frame, middle_m), expected)


def test_what_depth_hardly_shows_is_taken_across_its_narrow_side_above_the_table():
    pen = bar(math.radians(30), width_m=0.012, at=(0.05, -0.03)) > 0
    noise_m = np.random.default_rng(0).normal(0.0, 0.001, pen.shape)
    best = propose(noise_m, pen)[0]
    closing = best.T_camera_grasp[:3, 0]
    assert jaw_angle_difference(math.atan2(closing[1], closing[0]), math.radians(120)) < 0.16
    off_m = best.T_camera_grasp[:2, 3] - [0.05, -0.03]
    assert abs(off_m @ [-math.sin(math.radians(30)), math.cos(math.radians(30))]) < 0.004
    assert np.linalg.norm(off_m) < 0.03
    assert best.object_width_m == pytest.approx(0.012, abs=0.0085)
    assert best.height_m == pytest.approx(0.006)


@pytest.mark.parametrize("measured_m", [0.0, -0.015])
def test_what_depth_hardly_shows_is_taken_where_it_is_seen_from_aslant(measured_m):
    """A pen, 12 mm wide and 10 mm high, that a camera at 45 degrees measures at the table."""
    slant = math.radians(45)
    normal = np.array([0.0, -math.sin(slant), -math.cos(slant)])
    plane = Plane(normal, 0.7 * math.cos(slant), 0.001)
    rays = INTRINSICS.back_project_all(np.ones((480, 640)))

    def depth_at(height_m):
        return (height_m - plane.offset_m) / (rays @ normal)

    top_m = rays * depth_at(0.01)[..., None] - np.array([0.0, 0.0, depth_at(0.01)[240, 320]])
    away = np.cross(np.array([1.0, 0.0, 0.0]), normal)
    pen = (np.abs(top_m[..., 0]) < 0.06) & (np.abs(top_m @ away) < 0.006)
    depth_m = np.where(pen, depth_at(measured_m), depth_at(0.0)).astype(np.float32)
    frame = RgbdFrame(np.zeros((480, 640, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)
    best = AntipodalSearch(Gripper()).propose(frame, plane, pen)[0]
    off_m = best.T_camera_grasp[:3, 3] - np.array([0.0, 0.0, depth_at(0.01)[240, 320]])
    assert abs(best.T_camera_grasp[:3, 0] @ away) > 0.97
    assert abs(off_m @ away) < 0.006


def test_a_thing_that_depth_shows_is_not_raised_beside_its_top():
    """A plate's rim is to be gripped by the rim, not by the plate's breadth."""
    step = bar(width_m=0.12, length_m=0.06, height_m=0.008)
    ridge = bar(width_m=0.02, length_m=0.06, height_m=0.03)
    best = propose(np.maximum(step, ridge))[0]
    assert best.object_width_m == pytest.approx(0.02, abs=0.008)

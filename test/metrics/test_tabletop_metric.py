"""Whether a grasp on a table is called right for the reason it is right."""

import importlib.util
import json
import math

import numpy as np
import pytest
from real_data import ROOT, needs_tabletop

from rt_grasp_ros.data.tabletop import read_mask, read_scene, read_tabletop
from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.grasp import Grasp
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.metrics.tabletop_metric import closes_on, judge_grasp, scene_points

INTRINSICS = Intrinsics(600.0, 600.0, 319.5, 239.5, 640, 480)


def box_on_table(width_m=0.04, neighbour_m=None):
    """A box 5 cm high and 8 cm long under the camera, 0.7 m over the table; perhaps another."""
    depth_m = np.full((480, 640), 0.70, np.float32)
    x_m = (np.arange(640) - 319.5) / 600 * 0.65
    y_m = (np.arange(480) - 239.5) / 600 * 0.65
    mask = (np.abs(x_m)[None] < width_m / 2) & (np.abs(y_m)[:, None] < 0.04)
    depth_m[mask] = 0.65
    if neighbour_m is not None:
        beside = (np.abs(x_m - neighbour_m) < 0.005)[None] & (np.abs(y_m)[:, None] < 0.04)
        depth_m[beside] = 0.65
    return depth_m, mask


def above(x_m=0.0, depth_m=0.67, turned_rad=0.0):
    cosine, sine = math.cos(turned_rad), math.sin(turned_rad)
    T = np.eye(4)
    T[:2, :2] = [[cosine, -sine], [sine, cosine]]
    T[:3, 3] = [x_m, 0.0, depth_m]
    return T


def closes(T, opening_m, depth_m, mask):
    return closes_on(T, opening_m, scene_points(depth_m, INTRINSICS), mask)


def test_jaws_around_a_free_box_close_on_it():
    assert closes(above(), 0.06, *box_on_table())


@pytest.mark.parametrize(
    ("T", "opening_m"),
    [
        (above(), 0.085),  # wider than the gripper opens
        (above(), 0.030),  # the fingers come down on it
        (above(x_m=0.02), 0.06),  # one of them does
        (above(x_m=0.1), 0.06),  # beside it
        (above(depth_m=0.64), 0.06),  # over it
        (above(depth_m=0.69), 0.06),  # the top is farther up than the pads reach
        (above(turned_rad=math.pi / 2), 0.06),  # along it
        (above(), 0.0),
    ],
)
def test_what_does_not_close_on_it_is_wrong(T, opening_m):
    assert not closes(T, opening_m, *box_on_table())


def test_a_neighbour_where_a_finger_comes_down_is_in_the_way():
    assert not closes(above(), 0.06, *box_on_table(neighbour_m=0.037))
    assert closes(above(), 0.06, *box_on_table(neighbour_m=0.06))


def test_what_is_between_the_jaws_must_be_what_is_meant():
    depth_m, mask = box_on_table()
    assert not closes(above(), 0.06, depth_m, np.zeros_like(mask))


def test_the_centre_may_be_four_pixels_beside_the_mask():
    depth_m, mask = box_on_table()
    edge_px = float(np.nonzero(mask[240])[0].max())

    def judged(x_px, grasp=None):
        rectangle = GraspRectangle(x_px, 240.5, 0, 60, 20, 640, 480)
        return judge_grasp(rectangle, grasp, mask, mask, depth_m, INTRINSICS)

    assert judged(edge_px + 4.5).right_object
    assert not judged(edge_px + 5.5).right_object
    assert not judged(edge_px).closing
    rectangle = GraspRectangle(320, 240.5, 0, 60, 20, 640, 480)
    verdict = judged(320.0, Grasp(rectangle, above(), 0.06))
    assert verdict.right_object and verdict.right_part and verdict.closing


@needs_tabletop
def test_it_judges_as_the_score_that_comes_with_the_data():
    place = ROOT / "tabletop"
    spec = importlib.util.spec_from_file_location("score", place / "score.py")
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    rng = np.random.default_rng(0)
    rows = {
        (row["scene"], row["command"]): row
        for row in map(json.loads, (place / "dev/scenes.jsonl").read_text().splitlines())
    }
    agreed, right = 0, 0
    commands = [c for c in read_tabletop(place, "dev") if c.mask_path is not None][::4]
    for command in commands:
        frame = read_scene(place, "dev", command.scene)
        mask = read_mask(command.mask_path)
        # Half a pixel apart: the score counts pixels from their corner, cameras from the middle.
        points = scene_points(frame.depth_m, frame.intrinsics)
        half_m = 0.5 / np.array([frame.intrinsics.fx_px, frame.intrinsics.fy_px])
        seen = points.points_m[mask[points.pixels[:, 0], points.pixels[:, 1]]]
        for _ in range(6):
            T = above(turned_rad=rng.uniform(0, math.pi))
            T[:3, 3] = seen[rng.integers(len(seen))] + [0, 0, rng.uniform(0, 0.02)]
            opening_m = rng.uniform(0.01, 0.082)
            ours = closes_on(T, opening_m, points, mask)
            moved_m = T[:3, 3] + [*(half_m * T[2, 3]), 0.0]
            theirs = score.closes_in_space(
                rows[command.scene, command.command],
                {
                    "position_m": moved_m,
                    "closing_axis": T[:3, 0],
                    "approach_axis": T[:3, 2],
                    "opening_m": opening_m,
                },
                place / "dev",
            )
            agreed += ours == theirs
            right += theirs
    count = 6 * len(commands)
    assert 5 <= right <= count - 5
    assert agreed >= 0.97 * count

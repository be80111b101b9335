from itertools import pairwise

import numpy as np
import pytest
from tiny_meshes import box_mesh

from rt_grasp_ros.sim.mesh import lathe
from rt_grasp_ros.sim.meshes.grasp_search import MAX_WIDTH_M, search_grasps


def test_a_bar_is_taken_across_near_its_middle():
    (best, *_) = search_grasps(box_mesh(0.08, 0.012, 0.025), 3)
    assert abs(best.closing[1]) == pytest.approx(1.0, abs=0.04)
    assert best.width_m == pytest.approx(0.024, abs=0.002)
    assert abs(best.top_m[0]) < 0.03
    assert best.top_m[2] == pytest.approx(0.025, abs=1e-6)


def test_what_is_wider_than_the_gripper_opens_is_not_taken():
    assert search_grasps(box_mesh(0.06, 0.06, 0.05)) == []
    for grasp in search_grasps(box_mesh(0.06, 0.03, 0.05)):
        assert grasp.width_m < MAX_WIDTH_M
        assert abs(grasp.closing[1]) > 0.9


def test_a_wide_cup_is_taken_by_its_wall():
    cup = lathe(
        [(0.0, 0.0), (0.05, 0.0), (0.05, 0.08), (0.046, 0.08), (0.046, 0.004), (0.0, 0.004)]
    )
    grasps = search_grasps(cup)
    assert grasps
    for grasp in grasps:
        assert grasp.width_m < 0.008
        assert np.linalg.norm(grasp.top_m[:2]) == pytest.approx(0.048, abs=0.004)
        outwards = grasp.top_m[:2] / np.linalg.norm(grasp.top_m[:2])
        assert abs(outwards @ grasp.closing[:2]) > 0.85


def test_the_same_mesh_gives_the_same_grasps_unlike_each_other():
    mesh = box_mesh(0.03, 0.025, 0.05)
    first, again = search_grasps(mesh), search_grasps(mesh)
    assert [g.top_m.tolist() for g in first] == [g.top_m.tolist() for g in again]
    for one, other in pairwise(first):
        is_elsewhere = np.linalg.norm(one.top_m - other.top_m) > 0.015
        assert is_elsewhere or abs(one.closing @ other.closing) < 0.91

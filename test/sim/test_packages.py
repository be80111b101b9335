"""Printed packages: where they stand, and that they are seen."""

import math

import numpy as np
import pytest

from rt_grasp_ros.sim.mesh_pictures import Crowd, draw_mesh_pictures
from rt_grasp_ros.sim.meshes.mesh_entry import shipped_meshes
from rt_grasp_ros.sim.packages import draw_packages


def drawn(seed, count=6, taken=()):
    return draw_packages(count, taken, 0.25, np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(8))
def test_each_stands_on_the_table_or_on_another(seed):
    packages = drawn(seed)
    assert len(packages) == 6
    for one in packages:
        height_m = one.half_m[0] if one.is_lying else one.half_m[2]
        bottom_m = one.place_m[2] - height_m
        tops_m = [2 * other.half_m[2] for other in packages if other is not one]
        assert min(abs(bottom_m - level_m) for level_m in (0.0, *tops_m)) < 0.003
        assert min(one.half_m) >= 0.005
        assert max(one.half_m) <= 0.12


def test_some_touch_their_neighbours():
    gaps_m = []
    for seed in range(20):
        boxes = [one for one in drawn(seed) if not one.is_round]
        for index, one in enumerate(boxes):
            for other in boxes[index + 1 :]:
                away_m = math.dist(one.place_m[:2], other.place_m[:2])
                gaps_m.append(away_m - one.half_m[0] - other.half_m[0])
    assert min(map(abs, gaps_m)) < 0.004


def test_the_same_seed_draws_the_same():
    for one, other in zip(drawn(3), drawn(3), strict=True):
        assert one.place_m == other.place_m
        np.testing.assert_array_equal(one.faces, other.faces)


@pytest.mark.sim
def test_packages_are_counted_after_the_things_and_without_them_nothing_changes():
    meshes = shipped_meshes()
    (plain,) = draw_mesh_pictures(meshes, 11, 1, Crowd(2, 3))
    (full,) = draw_mesh_pictures(meshes, 11, 1, Crowd(2, 3, packages=9))
    assert [one.name for one in plain.things] == [one.name for one in full.things]
    assert plain.thing_ids.max() <= len(plain.things)
    assert full.thing_ids.max() > len(full.things)

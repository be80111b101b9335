"""What lies between the pads tells which stretches hold, and only where it may matter."""

import math
from dataclasses import replace

import numpy as np
import pytest

from rt_grasp_ros.grasp.rectangle import jaw_angle_difference
from rt_grasp_ros.proposals.pads import Pads, Stretch, best_apart

BREADTH_M = 0.02


def stretch(score=-0.1, angle_rad=0.0, along_m=0.0, across_m=0.0, slant=0.0):
    return Stretch(score, angle_rad, along_m, across_m, 0.03, 0.05, 0.02, slant)


def points(count=1000, seed=0):
    """Return points of a thing of 6 by 6 cm, from 10 to 50 mm high."""
    rng = np.random.default_rng(seed)
    return rng.uniform([-0.03, -0.03, 0.01], [0.03, 0.03, 0.05], (count, 3))


def test_all_between_the_pads_costs_nothing():
    assert Pads(points(), BREADTH_M).score(stretch()) == -0.1


@pytest.mark.parametrize(("slant", "score"), [(0.2, -0.3), (0.75, -0.85), (0.76, -math.inf)])
def test_slanted_flanks_cost_until_the_pads_slip_off(slant, score):
    assert Pads(points(), BREADTH_M).score(stretch(slant=slant)) == pytest.approx(score)


@pytest.mark.parametrize(("measured", "score"), [(0, -1.6), (7, -0.85), (14, -0.1), (20, -0.1)])
def test_fewer_than_fourteen_measured_points_cost(measured, score):
    there = np.tile([0.0, 0.0, 0.03], (measured, 1))
    elsewhere = np.tile([0.1, 0.1, 0.03], (5, 1))
    pads = Pads(np.concatenate([there, elsewhere]), BREADTH_M)
    assert pads.score(stretch()) == pytest.approx(score)


@pytest.mark.parametrize(
    ("point_m", "is_between"),
    [
        ((0.024, 0.0, 0.03), True),
        ((0.026, 0.0, 0.03), False),
        ((0.0, 0.009, 0.03), True),
        ((0.0, 0.011, 0.03), False),
        ((0.0, 0.0, 0.044), True),
        ((0.0, 0.0, 0.046), False),
        ((0.0, 0.0, 0.016), True),
        ((0.0, 0.0, 0.014), False),
    ],
)
@pytest.mark.parametrize("angle_rad", [0.0, 0.7, 2.5])
def test_between_the_pads_is_what_they_cover_in_the_turned_frame(point_m, is_between, angle_rad):
    x_m, y_m, z_m = point_m
    cosine, sine = math.cos(angle_rad), math.sin(angle_rad)
    turned_m = (x_m * cosine - y_m * sine, x_m * sine + y_m * cosine, z_m)
    pads = Pads(np.tile(turned_m, (30, 1)), BREADTH_M)
    found = pads.score(stretch(angle_rad=angle_rad))
    assert found == pytest.approx(-0.1 if is_between else -1.6)
    assert pads.surface_m(stretch(angle_rad=angle_rad)) == pytest.approx(
        max(0.0, z_m - 0.02) if is_between else 0.0
    )


def best_of_all(likely, pads):
    """Return what `best_apart` does, with all stretches scored beforehand."""
    scored = [replace(one, score=pads.score(one)) for one in likely]
    kept = []
    for one in sorted(scored, key=lambda one: -one.score):
        is_near = any(
            math.dist(one.place_m, other.place_m) <= 0.012
            and jaw_angle_difference(one.angle_rad, other.angle_rad) <= math.radians(30)
            for other in kept
        )
        if math.isfinite(one.score) and not is_near:
            kept.append(one)
    return kept[:16]


@pytest.mark.parametrize("seed", range(5))
def test_the_best_are_those_that_all_of_them_scored_would_give(seed):
    rng = np.random.default_rng(seed)
    pads = Pads(points(60, seed), BREADTH_M)
    likely = sorted(
        (
            stretch(
                -rng.uniform(0, 2),
                float(rng.integers(16)) * math.pi / 16,
                *rng.uniform(-0.03, 0.03, 2),
                float(rng.uniform(0, 1)),
            )
            for _ in range(200)
        ),
        key=lambda one: -one.score,
    )
    found, expected = best_apart(likely, pads), best_of_all(likely, pads)
    assert len(found) == 16
    assert [(one.score, one.place_m) for one in found] == [
        (one.score, one.place_m) for one in expected
    ]

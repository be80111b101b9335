"""A change as numbers of a picture, and in words."""

import math

import pytest

from rt_grasp_ros.language.change import Change
from rt_grasp_ros.language.refinement import load_follow_ups


def test_lengths_are_measured_at_the_grasp():
    change = Change(right_m=-0.02, up_m=0.01, wider_m=0.03)
    refinement = change.in_picture(side_px=640, opening_px=60, metre_px=1000)
    assert refinement.right == pytest.approx(-20 / 640)
    assert refinement.up == pytest.approx(10 / 640)
    assert refinement.opening_factor == pytest.approx(1.5)


def test_an_opening_is_never_turned_inside_out():
    assert Change(wider_m=-0.5).in_picture(640, 60, 1000).opening_factor == 0.0


@pytest.mark.parametrize("name", sorted(load_follow_ups().refinements))
def test_a_taught_change_is_told_as_it_was_taught(name):
    refinement = load_follow_ups().refinements[name]
    change = Change.of(refinement)
    assert change.does == refinement.does
    again = change.in_picture(640, 60, 1.0)
    assert (again.right, again.up) == (refinement.right, refinement.up)
    assert (again.turn_rad, again.opening_factor) == (
        refinement.turn_rad,
        refinement.opening_factor,
    )


@pytest.mark.parametrize(
    ("change", "does"),
    [
        (Change(right_m=0.02), "move the grasp 20 mm to the right"),
        (Change(right=-0.03, up=0.015), "move the grasp to the left and a bit up"),
        (Change(turn_rad=-math.radians(45)), "turn the grasp by 45 degrees clockwise"),
        (Change(wider_m=-0.01), "open the fingers 10 mm less wide"),
    ],
)
def test_other_changes_are_told_in_words(change, does):
    assert change.does == does

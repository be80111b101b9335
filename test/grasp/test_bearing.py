"""What stands on a plane is told from what merely is in front of it."""

import math

from tabletop import VGA, Box, look_at_table, render_depth

from rt_grasp_ros.grasp.bearing import FEWEST_THINGS, standing_on
from rt_grasp_ros.grasp.plane_search import find_planes, grid_points


def votes(boxes, camera):
    """Return height above z = 0 and points that stand on it, of each plane."""
    grid = grid_points(render_depth(VGA, camera, boxes), VGA)
    patches = find_planes(grid)
    return {
        round(camera[2, 3] - patch.plane.offset_m, 2): standing
        for patch, standing in zip(patches, standing_on(grid, patches), strict=True)
    }


CAMERA = look_at_table(1.3, math.radians(20), 0.3)
STAND = Box(0.0, 0.0, 0.3, 0.4, 0.4, 0.2)
MUG = Box(0.05, 0.05, 0.3, 0.08, 0.08, 0.09, 0.2)


def test_things_stand_on_the_plane_right_below_them():
    found = votes([STAND, MUG], CAMERA)
    assert found[0.2] > 20
    assert found[0.0] < 8, "neither the mug nor the stand's sides stand on the floor"


def test_an_empty_box_is_a_thing_itself():
    found = votes([Box(0.0, 0.0, 0.3, 0.4, 0.3, 0.2)], CAMERA)
    assert found[0.2] == 0
    assert found[0.0] > 100


def test_what_is_far_above_a_plane_does_not_stand_on_it():
    found = votes([Box(0.0, 0.0, 0.3, 0.3, 0.3, 0.4)], CAMERA)
    assert found[0.0] < 8


def test_eight_points_are_enough_for_something_that_stands_there():
    """A marble on a stand, a dozen points of the grid: the stand bears it, and is no thing."""
    assert FEWEST_THINGS == 8
    found = votes([STAND, Box(0.02, 0.0, 0.3, 0.05, 0.05, 0.03, 0.2)], CAMERA)
    assert 8 <= found[0.2] < 32
    assert found[0.0] < 8, "so the stand's top is not taken for that of a thing on the floor"

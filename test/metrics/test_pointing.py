import math

import numpy as np
import pytest

from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.metrics.pointing import pointed_part


def picture():
    part_ids = np.zeros((480, 640), np.uint8)
    part_ids[200:210, 100:300] = 3  # a shaft, lying along x
    part_ids[190:220, 300:350] = 5  # its head
    return part_ids


def grasp(x_px, y_px=205.0, theta_rad=math.pi / 2, opening_px=60.0):
    return GraspRectangle(x_px, y_px, theta_rad, opening_px, 20.0, 640, 480)


@pytest.mark.parametrize(("x_px", "part_id"), [(150, 3), (325, 5), (50, 0)])
def test_it_is_the_part_between_the_jaws(x_px, part_id):
    assert pointed_part(picture(), grasp(x_px)) == part_id


def test_of_two_parts_it_is_the_one_that_fills_more_of_the_jaws():
    assert pointed_part(picture(), grasp(290, theta_rad=0.0)) == 3
    assert pointed_part(picture(), grasp(310, theta_rad=0.0)) == 5


def test_a_grasp_beyond_the_picture_points_at_nothing():
    outside = GraspRectangle(-300.0, -300.0, 0.3, 40.0, 20.0, 640, 480)
    assert pointed_part(picture(), outside) == 0

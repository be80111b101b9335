"""A thing painted over takes the colour around it, that of no other thing."""

import numpy as np

from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.pipeline.painted_over import painted_over
from rt_grasp_ros.proposals.segments import Segment

PLANE = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)
NONE = np.zeros((100, 100), bool)


def thing(left, top, right, bottom):
    mask = np.zeros((100, 100), bool)
    mask[top:bottom, left:right] = True
    box = (left, top, right - left, bottom - top)
    return Segment(mask, box, np.array([0.0, 0.0, 0.7]), 0.05, 0.05, PLANE)


def picture(*things):
    rgb = np.full((100, 100, 3), 128, np.uint8)
    for one in things:
        rgb[one.mask] = (200, 0, 0)
    return rgb


def test_a_thing_and_six_pixels_around_it_take_the_colour_around_them():
    one = thing(40, 40, 60, 60)
    rgb = picture(one)
    rgb[34:66, 34:66][~one.mask[34:66, 34:66]] = (90, 20, 20)  # its blurred edge, six pixels broad
    shown = painted_over(rgb, [one], [one], NONE)
    assert (shown == 128).all()
    assert (rgb[one.mask] == (200, 0, 0)).all()  # the picture itself stays


def test_what_is_further_away_stays_as_it_is():
    one = thing(40, 40, 60, 60)
    rgb = picture(one)
    rgb[50, 67] = (1, 2, 3)
    assert (painted_over(rgb, [one], [one], NONE)[50, 67] == (1, 2, 3)).all()


def test_the_colour_of_another_thing_is_not_taken():
    one, other = thing(40, 40, 60, 60), thing(66, 30, 80, 70)
    shown = painted_over(picture(one, other), [one], [one, other], NONE)
    assert (shown[one.mask] == 128).all()
    assert (shown[other.mask] == (200, 0, 0)).all()


def test_what_is_kept_stays_in_front():
    one, kept = thing(40, 40, 60, 60), thing(58, 40, 64, 60)
    shown = painted_over(picture(one, kept), [one], [one, kept], kept.mask)
    assert (shown[kept.mask] == (200, 0, 0)).all()
    assert (shown[50, 50] == 128).all()


def test_without_anything_around_it_nothing_is_changed():
    everything = thing(0, 0, 100, 100)
    rgb = picture(everything)
    assert (painted_over(rgb, [everything], [everything], NONE) == rgb).all()

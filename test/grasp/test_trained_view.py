"""Whether a camera sees a table as a model was trained to."""

import json
import math

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.grasp.trained_view import TrainedView, slant_rad
from rt_grasp_ros.resources import given_or_shipped

VIEW = TrainedView(640, 480, 659.4, 0.7, scale_within=0.12, slant_within_deg=13.0)


def table(distance_m, slant_deg=0.0):
    slant = math.radians(slant_deg)
    normal = np.array([0.0, -math.sin(slant), -math.cos(slant)])
    return Plane(normal, distance_m * math.cos(slant), noise_m=0.0)


def lens(width_px, height_px, fovy_deg):
    focal_px = height_px / 2 / math.tan(math.radians(fovy_deg) / 2)
    return Intrinsics(focal_px, focal_px, width_px / 2, height_px / 2, width_px, height_px)


def test_shows_68_by_51_cm():
    assert VIEW.width_m == pytest.approx(0.679, abs=0.001)
    assert VIEW.height_m == pytest.approx(0.510, abs=0.001)


@pytest.mark.parametrize(
    ("camera", "plane", "is_that"),
    [
        (lens(640, 480, 40), table(0.7), True),
        (lens(640, 480, 38), table(0.67, 10), True),
        (lens(640, 480, 42), table(0.73, 10), True),
        (lens(1920, 1440, 40), table(0.7), True),
        (lens(640, 480, 40), table(0.85), False),
        (lens(640, 480, 40), table(0.55), False),
        (lens(640, 480, 40), table(0.7, 20), False),
        (lens(1280, 720, 42.5), table(0.7), False),
        (lens(960, 540, 31), table(0.7), False),
    ],
)
def test_within_what_the_cell_draws(camera, plane, is_that):
    assert VIEW.is_that_of(camera, plane) is is_that


@pytest.mark.parametrize(
    ("camera", "plane", "is_that"),
    [
        (lens(640, 480, 40), table(0.7 * 1.11), True),
        (lens(640, 480, 40), table(0.7 * 1.13), False),
        (lens(640, 480, 40), table(0.7 * 0.89), True),
        (lens(640, 480, 40), table(0.7 * 0.87), False),
        (lens(640, 480, 40), table(0.7, 12.9), True),
        (lens(640, 480, 40), table(0.7, 13.1), False),
        (lens(648, 480, 40), table(0.7), True),
        (lens(656, 480, 40), table(0.7), False),
        (lens(632, 480, 40), table(0.7), True),
        (lens(624, 480, 40), table(0.7), False),
    ],
)
def test_the_bounds_are_12_per_cent_of_size_13_degrees_and_2_per_cent_of_shape(
    camera, plane, is_that
):
    assert VIEW.is_that_of(camera, plane) is is_that


def test_the_camera_looks_through_the_middle_of_the_picture():
    assert VIEW.intrinsics == Intrinsics(659.4, 659.4, 319.5, 239.5, 640, 480)


def test_slant_is_from_straight_down():
    assert slant_rad(table(0.7)) == pytest.approx(0.0, abs=1e-6)
    assert slant_rad(table(0.7, 30)) == pytest.approx(math.radians(30))


def test_the_shipped_model_says_how_it_was_trained():
    config = json.loads((given_or_shipped("models/rt-grasp-tiny") / "config.json").read_text())
    assert TrainedView.from_config(config) == VIEW
    assert TrainedView.from_config({"model_type": "llava"}) is None

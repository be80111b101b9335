import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.grasp.rectangle import GraspRectangle, jaw_angle_difference
from rt_grasp_ros.language.codec import GraspNumbers

sizes = st.sampled_from([(640, 480), (480, 640), (1280, 720), (224, 224)])


@given(sizes, st.floats(0, 0.998), st.floats(0, 0.998), st.floats(-4, 4), st.floats(0.01, 0.9))
def test_a_rectangle_survives_the_text(size, x, y, theta_rad, opening):
    width, height = size
    side = max(size)
    rectangle = GraspRectangle(
        x * width, y * height, theta_rad, opening * side, 10.0, width, height
    )
    text = "The mug lies on the left. " + GraspNumbers.from_rectangle(rectangle).to_text()
    reasoning, numbers = GraspNumbers.find_in(text)
    read = numbers.to_rectangle(width, height)
    assert reasoning == "The mug lies on the left."
    half_step_px = side / 2000 + 1e-6
    assert abs(read.x_px - rectangle.x_px) <= half_step_px
    assert abs(read.y_px - rectangle.y_px) <= half_step_px
    assert abs(read.opening_px - rectangle.opening_px) <= half_step_px
    assert jaw_angle_difference(read.theta_rad, theta_rad) <= math.pi / 2000 + 1e-6


@given(st.text(max_size=200))
def test_any_text_parses_or_is_none(text):
    found = GraspNumbers.find_in(text)
    assert found is None or text.rstrip().endswith(f"0.{found[1].w:03d}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x 0.5 y 0.417 theta 0.834 w 0.093",
        "x 0.532 y 0.417 theta 0.834",
        "x 0.532 y 0.417 theta 0.834 w 0.093 and then some",
        "x 1.532 y 0.417 theta 0.834 w 0.093",
    ],
)
def test_broken_tails_are_not_read(text):
    assert GraspNumbers.find_in(text) is None


def test_a_zero_opening_is_no_rectangle():
    with pytest.raises(ValueError):
        GraspNumbers(500, 500, 0, 0).to_rectangle(640, 480)


@pytest.mark.parametrize(
    ("x_px", "y_px", "opening_px", "text"),
    [
        (0.0, 240.0, 0.1, "x 0.000 y 0.375 theta 0.000 w 0.001"),
        (-20.0, 700.0, 64.0, "x 0.000 y 0.999 theta 0.000 w 0.100"),
        (639.9, 479.0, 900.0, "x 0.999 y 0.748 theta 0.000 w 0.999"),
    ],
)
def test_numbers_are_thousandths_of_the_longer_side_and_stay_in_the_picture(
    x_px, y_px, opening_px, text
):
    rectangle = GraspRectangle(x_px, y_px, 0.0, opening_px, 20.0, 640, 480)
    assert GraspNumbers.from_rectangle(rectangle).to_text() == text

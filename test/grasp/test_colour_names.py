"""What people call the colours of pixels."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.colour_names import colour_fit, colour_shares, part_colour_fit


def pixels(*rgb, count=10):
    return np.tile(np.array(rgb, np.uint8), (count, 1))


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((200, 25, 20), "red"),
        ((237, 115, 15), "orange"),
        ((240, 205, 30), "yellow"),
        ((35, 140, 50), "green"),
        ((25, 70, 190), "blue"),
        ((115, 40, 150), "purple"),
        ((237, 115, 158), "pink"),
        ((240, 170, 165), "pink"),
        ((150, 230, 160), "green"),
        ((140, 180, 235), "blue"),
        ((115, 69, 33), "brown"),
        ((215, 155, 93), "brown"),
        ((42, 24, 12), "brown"),
        ((14, 18, 44), "blue"),
        ((18, 18, 20), "black"),
        ((44, 36, 30), "black"),
        ((25, 12, 8), "black"),
        ((128, 130, 135), "gray"),
        ((235, 235, 230), "white"),
    ],
)
def test_each_colour_has_its_name(rgb, name):
    assert colour_shares(pixels(*rgb)) == {name: 1.0}


def test_shares_are_of_all_pixels():
    shares = colour_shares(np.vstack([pixels(200, 25, 20, count=3), pixels(25, 70, 190)]))
    assert shares == {"red": pytest.approx(3 / 13), "blue": pytest.approx(10 / 13)}
    assert colour_shares(np.empty((0, 3), np.uint8)) == {}


def test_of_many_pixels_some_are_looked_at_from_all_over():
    many = np.vstack([pixels(200, 25, 20, count=30_001), pixels(25, 70, 190, count=10_000)])
    shares = colour_shares(many)
    assert shares == {"red": pytest.approx(0.75, abs=0.01), "blue": pytest.approx(0.25, abs=0.01)}


def test_shade_counts_for_less_than_the_colour_itself():
    assert colour_fit({"orange": 1.0}, "orange") == 1.0
    assert 0 < colour_fit({"brown": 1.0}, "orange") < 1.0
    assert colour_fit({"blue": 1.0}, "orange") == 0.0


def test_wood_is_no_second_orange_thing_beside_a_carrot():
    carrot = colour_shares(
        np.vstack([pixels(240, 120, 15, count=66), pixels(40, 140, 50, count=34)])
    )
    spoon = colour_shares(pixels(215, 155, 93))
    assert colour_fit(carrot, "orange") > 1.5 * colour_fit(spoon, "orange")


@pytest.mark.parametrize(
    ("seen", "wanted", "fit"),
    [("brown", "yellow", 0.3), ("pink", "red", 0.4), ("gray", "white", 0.6), ("red", "blue", 0.0)],
)
def test_what_shade_makes_of_a_colour_counts_in_part(seen, wanted, fit):
    assert colour_fit({seen: 1.0}, wanted) == pytest.approx(fit)


def test_a_part_has_a_colour_that_little_of_the_thing_has():
    shares = colour_shares(
        np.concatenate([pixels(25, 70, 190, count=94), pixels(200, 25, 20, count=6)])
    )
    assert part_colour_fit(shares, "red") == 1.0
    assert part_colour_fit(shares, "blue") == 1.0
    assert part_colour_fit(shares, "green") == 0.0
    assert 0.4 < part_colour_fit({"red": 0.03}, "red") < 0.6


@pytest.mark.parametrize(
    ("own", "said"), [("red", "orange"), ("blue", "purple"), ("pink", "red"), ("white", "gray")]
)
def test_a_whole_thing_of_a_colour_alike_is_surpassed_by_a_part_of_the_said_one(own, said):
    alike = part_colour_fit({own: 1.0}, said)
    assert 0.0 < alike <= 0.4
    assert part_colour_fit({own: 0.94, said: 0.06}, said) == 1.0

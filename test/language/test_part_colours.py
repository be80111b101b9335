"""A colour may be that of a part alone."""

import pytest

from rt_grasp_ros.language.part_colours import part_colours_of


@pytest.mark.parametrize(
    ("phrase", "colours", "left"),
    [
        ("the bottle with the red cap", ("red",), "the bottle with the cap"),
        ("the blue bottle with the red cap", ("red",), "the blue bottle with the cap"),
        ("the mug with a dark green handle", ("green",), "the mug with a handle"),
        ("the box with red and white stripes", ("red", "white"), "the box with stripes"),
        ("the can that has a silver label", ("gray",), "the can that has a label"),
        ("the red-handled screwdriver", ("red",), "the screwdriver"),
        ("the cup with some blue on it", ("blue",), "the cup with some on it"),
        ("the red bottle", (), "the red bottle"),
        ("the bottle with the cap", (), "the bottle with the cap"),
        ("the thing with the red colour", (), "the thing with the red colour"),
        ("the red box with the lid", (), "the red box with the lid"),
    ],
)
def test_only_the_colour_of_a_part_is_taken_out(phrase, colours, left):
    assert part_colours_of(phrase) == (colours, left)

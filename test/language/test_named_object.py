"""An answer is about what was asked for where it names that."""

import pytest

from rt_grasp_ros.language.named_object import names_another

APPLE = "There is the red apple, at the lower left; it is round. I take it around the middle."
SPOON = "I see the spoon. It is long and thin with a hollow bowl, so I take the thin handle."
MARKER = "The marker lies on the left. It is straight and thin. I take its middle."


@pytest.mark.parametrize(
    ("noun", "reasoning"),
    [
        ("pineapple", APPLE),
        ("mug", APPLE),
        ("apple tree", APPLE),
        ("bowl", SPOON),
        ("marker holder", MARKER),
    ],
)
def test_another_object_is_another_one(noun, reasoning):
    assert names_another(noun, reasoning)


@pytest.mark.parametrize(
    ("noun", "reasoning"),
    [
        ("apple", APPLE),
        ("green apple", APPLE),
        ("aple", APPLE),
        ("apples", APPLE),
        ("tablespoon", SPOON),
        ("felt pen", MARKER),
        ("pen of my sister", MARKER),
        ("long one", SPOON),
        ("", APPLE),
        ("lemon", "That word is new to me, and so is a thing on the left. It is round."),
        ("screw", "I see the screw on the left. I take it where it fits between the fingers."),
    ],
)
def test_the_same_object_is_called_by_all_its_names_misspelt_and_more_closely(noun, reasoning):
    assert not names_another(noun, reasoning)

"""Objects are known by what they are for, however that is put."""

import pytest

from rt_grasp_ros.language.known_uses import objects_for


@pytest.mark.parametrize(
    ("purpose", "objects"),
    [
        ("see in the dark", ("flashlight",)),
        ("drive in a screw", ("screwdriver",)),
        ("hitting nails", ("hammer",)),
        ("drive nails", ("hammer",)),
        ("cutting paper", ("scissors",)),
        ("write a letter", ("marker",)),
        ("drinking tea", ("mug",)),
        ("brush my teeth", ("toothbrush",)),
        ("switching channels", ("remote",)),
        ("hit a ball", ()),
        ("hang a picture", ()),
        ("", ()),
    ],
)
def test_all_that_matters_of_a_use_is_said(purpose, objects):
    assert objects_for(purpose) == objects

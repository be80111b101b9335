"""Whether a model that was asked a question answers yes, no, or neither."""

import pytest

from rt_grasp_ros.language.yes_no import says_yes


@pytest.mark.parametrize(
    ("text", "is_yes"),
    [
        ("Yes", True),
        ("yes, the mug is in the gripper", True),
        ("**Yes.**", True),
        ("No", False),
        ("no, the gripper is empty", False),
        ("Not that I can see: yes", False),
        ("Wrong.", False),
        ("The mug is held, so the answer is yes.", True),
        ("The mug still stands there: NO", False),
        ("The mug lies on the table.", None),
        ("Nothing yesterday", None),
        ("", None),
    ],
)
def test_how_it_begins_counts_and_then_how_it_ends(text, is_yes):
    assert says_yes(text) is is_yes

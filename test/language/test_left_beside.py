"""What a clause still names beside what it excludes."""

import pytest

from rt_grasp_ros.language.left_beside import left_beside, torn_phrase
from rt_grasp_ros.language.request import Exclusion, Intent, Request


@pytest.mark.parametrize(
    ("rest", "left"),
    [
        ("i would rather", ""),
        ("be careful", ""),
        ("just by anything", ""),
        ("when you take the mug", "take the mug"),
        ("take the mug anywhere you like", "take the mug"),
        ("lift the mug by any other part", "lift the mug"),
        ("take anything", "take anything"),
        ("the ladle", "the ladle"),
    ],
)
def test_lead_ins_name_nothing(rest, left):
    assert left_beside(rest) == left


def test_phrases_that_were_cut_at_the_wrong_place_are_torn():
    cut = Request(Intent.GRASP, noun="mug", excluded=(Exclusion("dish by the rim", False),))
    assert torn_phrase(cut) == "dish by the rim"
    assert torn_phrase(Request(Intent.GRASP, noun="mug under")) == "mug under"
    assert torn_phrase(Request(Intent.GRASP, noun="mug", plain="grasp the mug")) == ""

"""Who says something of a part warns of touching it, unless it may mean where to hold."""

import pytest

from rt_grasp_ros.language.part_warning import warned_of


@pytest.mark.parametrize(
    ("clause", "part"),
    [
        ("the blades are sharp", "the blades"),
        ("the banana is mine", "the banana"),
        ("its head is full of germs", "its head"),
        ("the rim stays clean after all", "the rim"),
        ("the bowl being taboo", "the bowl"),
        ("the long handle of the pan burns", "the long handle of the pan"),
    ],
)
def test_a_part_is_warned_of(clause, part):
    if "clean" in clause:
        assert warned_of(clause, is_forbidding=False) == ""
        assert warned_of(clause, is_forbidding=True) == part
    else:
        assert warned_of(clause, is_forbidding=False) == part


@pytest.mark.parametrize(
    "clause", ["the handle is best", "its handle is where you hold it", "take the mug", "the mug"]
)
def test_where_to_hold_is_no_warning(clause):
    assert warned_of(clause, is_forbidding=False) == ""


def test_what_nobody_may_hold_is_warned_of_where_something_forbids():
    assert warned_of("the bowl you must not hold", is_forbidding=True) == "the bowl"
    assert warned_of("the bowl you may hold", is_forbidding=False) == ""

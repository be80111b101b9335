"""What tells which of several is meant, and what a request says where nothing is said."""

from dataclasses import replace

import pytest

from rt_grasp_ros.language.request import (
    Earlier,
    ExcludedOne,
    Intent,
    NearBy,
    Relation,
    Request,
    Side,
    Size,
)

MUG = Request(Intent.GRASP, noun="mug")


def test_a_name_alone_tells_nothing_more():
    assert not (MUG.is_ranked or MUG.tells_which or MUG.is_repeated or MUG.leaves_out)
    assert (MUG.rank, MUG.is_another, MUG.change, MUG.near) == (1, False, None, None)
    assert MUG.is_called


@pytest.mark.parametrize(
    ("said", "is_ranked"),
    [
        ({"side": Side.LEFT}, True),
        ({"row": Side.FRONT}, True),
        ({"rank": 2}, True),
        ({"excluded_ones": (ExcludedOne(Side.LEFT),)}, True),
        ({"size": Size.LARGEST}, False),
        ({"near": NearBy(Relation.BESIDE, "bowl")}, False),
        ({"colours": ("red",)}, False),
        ({"excluded_colours": ("red",)}, False),
    ],
)
def test_each_alone_tells_which(said, is_ranked):
    request = replace(MUG, **said)
    assert request.tells_which
    assert request.is_ranked is is_ranked


@pytest.mark.parametrize("intent", list(Intent))
def test_only_a_grasp_and_a_change_of_one_may_move(intent):
    assert Request(intent).may_move is (intent.value in ("grasp", "follow-up"))


def test_a_thing_is_called_by_its_name_or_its_use():
    assert Request(Intent.GRASP, purpose="drive nails").is_called
    assert not Request(Intent.GRASP, side=Side.LEFT).is_called
    assert Request(Intent.FOLLOW_UP, repeats=Earlier.FIRST).is_repeated

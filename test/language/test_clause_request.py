"""What a further clause adds to a request, and what it may not change."""

from dataclasses import replace

import pytest

from rt_grasp_ros.language.clause_request import with_clause
from rt_grasp_ros.language.request import Intent, NearBy, Relation, Request, Side

MUG = Request(Intent.GRASP, plain="grasp the mug", noun="mug")
BY_RIM = replace(MUG, part="rim", plain="grasp the mug by its rim")
BESIDE_BOWL = NearBy(Relation.BESIDE, "bowl")


@pytest.mark.parametrize(
    ("clause", "part"),
    [
        ("by its handle", "handle"),
        ("use the handle", "handle"),
        ("hold the handle firmly", "handle"),
        ("best at the rim", "rim"),
    ],
)
def test_the_part_may_be_said_in_a_clause_of_its_own(clause, part):
    assert with_clause(MUG, clause) == replace(MUG, part=part, plain=f"grasp the mug by its {part}")


@pytest.mark.parametrize(
    ("clause", "intent"),
    [
        ("use the handle", Intent.SEVERAL),
        ("hold the handle firmly", Intent.SEVERAL),
        ("best at the handle", Intent.UNCLEAR),
        ("put it into the box", Intent.OTHER_ACTION),
    ],
)
def test_a_second_part_or_deed_is_not_done_in_place_of_the_first(clause, intent):
    assert with_clause(BY_RIM, clause).intent is intent


def test_a_second_part_does_not_replace_the_first():
    assert with_clause(BY_RIM, "by its handle").part == "rim"


@pytest.mark.parametrize("clause", ["it is next to the bowl", "the one next to the bowl"])
def test_where_it_lies_is_no_part(clause):
    assert with_clause(MUG, clause) == replace(MUG, near=BESIDE_BOWL)
    assert with_clause(BY_RIM, clause) == replace(BY_RIM, near=BESIDE_BOWL)


@pytest.mark.parametrize("clause", ["the red one", "the left one"])
def test_what_was_said_before_is_kept(clause):
    before = replace(MUG, near=BESIDE_BOWL, rank=2, row=Side.FRONT)
    after = with_clause(before, clause)
    assert (after.near, after.rank, after.row) == (BESIDE_BOWL, 2, Side.FRONT)
    assert after.colours == ("red",) or after.side is Side.LEFT


def test_nothing_is_added_to_what_is_no_command():
    forbidden = Request(Intent.PROHIBITION)
    assert with_clause(forbidden, "by its handle") is forbidden

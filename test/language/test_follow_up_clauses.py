"""The clauses of a follow-up."""

import pytest

from rt_grasp_ros.language.clauses import written_out
from rt_grasp_ros.language.follow_up_clauses import Clauses, Kind, may_forbid, wordings


def test_clauses_are_sorted_and_freed_of_what_is_said_around_them():
    said = Clauses.of("no, not that one, please take the mug, thanks")
    assert said.kinds == [Kind.NO, Kind.OTHER_ONE, Kind.REST, Kind.REMARK]
    assert said.rest == ["take the mug"]


def test_a_number_is_no_end_of_a_clause():
    assert Clauses.of("1,5 cm left, 2.5 cm up.").rest == ["1.5 cm left", "2.5 cm up"]


def test_another_one_has_a_name_or_none():
    assert Clauses.of("the other mug").name == "mug"
    assert Clauses.of("the other one").name == ""
    assert Clauses.of("the other handle").kinds == [Kind.REST]


def test_what_is_taken_back_is_kept_apart():
    said = Clauses.of("never mind the mug, take the banana")
    assert (said.called_off, said.rest) == (["never mind the mug"], ["take the banana"])


def test_a_sentence_is_known_with_and_without_its_ends():
    assert wordings("please go left now.") == ("please go left now", "go left")


def test_a_free_model_is_asked_only_where_nothing_forbids_or_asks():
    assert not may_forbid(written_out("grip it more like a pencil"))


@pytest.mark.parametrize(
    "sentence", ["don't grip it so", "why?", "what is it", "forget the pencil grip", "no", "wrong"]
)
def test_what_may_forbid_or_ask_is_heard(sentence):
    assert may_forbid(written_out(sentence))

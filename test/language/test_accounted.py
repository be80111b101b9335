"""Nothing that a sentence says is left over; a sentence that is not understood moves nothing."""

import pytest

from benchmarks.strangers.said import EXCLUSIONS_OPEN, PLAIN, PROHIBITED, is_kept_from, is_meant
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.language.request import Intent


@pytest.mark.parametrize(
    "sentence",
    [
        "take the mug; and there is the rim",
        "take the mug, the banana is ripe",
        "grasp the mug on the side opposite the handle",
        "reach past the mug",
        "grab the ladle, but not the limits of it all",
    ],
)
def test_what_is_left_over_makes_it_unclear(sentence):
    assert not parse_request(sentence).may_move or parse_request(sentence).excluded


@pytest.mark.parametrize(
    "sentence",
    [
        "the mug stays put",
        "the mug belongs to someone else",
        "give the mug some peace",
        "grab the mug and you are fired",
        "take the mug once i say so",
        "save the mug",
        "the mug fell off the table",
        "mug mug mug",
        "take the",
        "lorem ipsum dolor sit",
        "bottle 3 from the left",
        "have a look at the mug",
        "take a photo of the mug",
        "the mug with the handle of no use to you",
    ],
)
def test_a_statement_is_never_taken_for_a_name(sentence):
    assert parse_request(sentence).intent is not Intent.GRASP


def test_the_words_that_are_left_over_are_said():
    said = parse_request("the mug belongs to grandma").unclear
    assert said == "'belongs' in 'the mug belongs to grandma'"


def test_prohibitions_that_no_rule_was_written_for_move_nothing():
    assert len(PROHIBITED) >= 100
    assert [one for one in PROHIBITED if parse_request(one).may_move] == []


def test_exclusions_that_no_rule_was_written_for_are_kept_or_refused():
    assert len(EXCLUSIONS_OPEN) >= 80
    missed = [one for part, one in EXCLUSIONS_OPEN if not is_kept_from(part, one)]
    assert missed == []


def test_plain_commands_are_not_refused():
    assert len(PLAIN) >= 100
    lost = [one for noun, one in PLAIN if not is_meant(noun, one)]
    assert lost == []

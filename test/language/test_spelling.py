"""Slips of the pen are put right where they can mean one word alone."""

import pytest

from rt_grasp_ros.language.spelling import spelt


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("teh cup behnid the botle", "the cup behind the bottle"),
        ("the smalest of the bananna", "the smallest of the banana"),
        ("gimme the lfet scredriver", "give me the left screwdriver"),
        ("the leftmsot hanlde", "the leftmost handle"),
        ("nxt to it", "next to it"),
        ("pleas", "please"),
        ("thikest", "thickest"),
        ("cn u grasp", "can you grasp"),
        ("will u?", "will you?"),
        ("what u want", "what you want"),
    ],
)
def test_slips_are_put_right(said, meant):
    assert spelt(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "form garb gary forth father closet closes close cartoon bleu",
        "maker trail ball bal light night fight than then there",
        "the o'teh mug-teh",
        "a larger large long longer centre center",
        "lager loner longe corer coner orang volet objet sliver lats pease",  # of short words
        "sorter shorer ticker thicket thickset tinner taler closets larges handel woden",
        "the u bolt and a u lock, the can u bolt; the nxt brick, the cn tower",
    ],
)
def test_what_may_be_another_word_is_left(said):
    assert spelt(said) == said

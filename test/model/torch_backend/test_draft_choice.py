import pytest

from rt_grasp_ros.model.torch_backend.draft_choice import (
    DraftChoice,
    choose_drafts,
    expected_tokens,
)


def test_a_pass_writes_the_right_beginning_and_one_token_more():
    assert expected_tokens(4, 0.8) == pytest.approx(3.3616)
    assert expected_tokens(0) == pytest.approx(1)
    by_hand = sum(0.5**n * 0.5 * (n + 1) for n in range(3)) + 0.5**3 * 4
    assert expected_tokens(3, 0.5) == pytest.approx(by_hand)


@pytest.mark.parametrize(
    "what, pass_s, chosen",
    [
        ("int4: five rows cost 1.45 times one", {4: 1.45, 7: 1.6}, DraftChoice(7, 1)),
        ("bf16: nothing", {4: 1.0, 7: 1.02}, DraftChoice(7, 1)),
        ("nf4 by bitsandbytes: 2.7 and more", {4: 2.7, 7: 4.2}, DraftChoice(4, 3)),
        ("not even the gain of 5 %", {4: 3.3, 7: 4.2}, DraftChoice(0)),
        ("nothing was tried", {}, DraftChoice(0)),
    ],
)
def test_the_length_that_writes_most_is_taken(what, pass_s, chosen):
    assert choose_drafts(1.0, pass_s) == chosen


def test_it_is_the_ratio_that_counts():
    assert choose_drafts(0.003, {4: 0.003 * 2.7}) == choose_drafts(1.0, {4: 2.7})

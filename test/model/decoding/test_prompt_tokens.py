import pytest
from tokenizers import Tokenizer

from rt_grasp_ros.grasp.errors import CommandTooLong
from rt_grasp_ros.language.prompt import IMAGE_TOKEN, Turn, build_prompt
from rt_grasp_ros.model.decoding.prompt_tokens import PromptBudget, PromptTokens
from rt_grasp_ros.resources import share_path

TOKENIZER = Tokenizer.from_file(str(share_path("models/rt-grasp-tiny/tokenizer.json")))


def test_the_picture_stands_where_the_prompt_has_it():
    history = [Turn("grasp the mug", "The mug lies on the left. No grasp.")]
    tokens = PromptTokens.encode(TOKENIZER, "the other end", history)
    before, after = build_prompt("the other end", history).split(IMAGE_TOKEN)
    assert TOKENIZER.decode(list(tokens.before), skip_special_tokens=False) == before
    assert TOKENIZER.decode(list(tokens.after), skip_special_tokens=False) == after


def test_a_dialogue_goes_on_from_the_tokens_of_its_first_turn():
    first = PromptTokens.encode(TOKENIZER, "grasp the mug")
    history = [Turn("grasp the mug", "The mug lies on the left. x 0.100 y 0.200")]
    second = PromptTokens.encode(TOKENIZER, "more to the left", history)
    assert second.before == first.before
    assert second.after[: len(first.after)] == first.after


def test_the_oldest_turns_make_room():
    turns = [Turn(f"grasp the mug {n}", "The mug lies on the left.") for n in range(20)]
    everything = PromptTokens.encode(TOKENIZER, "turn it", turns)
    some = PromptTokens.encode(TOKENIZER, "turn it", turns, room=100)
    assert len(some.after) <= 100 < len(everything.after)
    assert everything.after[-60:] == some.after[-60:]


def test_a_command_without_room_is_refused():
    with pytest.raises(CommandTooLong, match="shorter"):
        PromptTokens.encode(TOKENIZER, "\N{BANANA}" * 500, room=600)


def test_a_budget_counts_what_stands_before_and_what_comes_behind():
    turns = [Turn(f"grasp the mug {n}", "The mug lies on the left.") for n in range(20)]
    whole = len(PromptTokens.encode(TOKENIZER, "turn it", turns).after)
    budget = PromptBudget(TOKENIZER, 300 + whole)
    assert len(budget.encode(300, "turn it", turns).after) == whole
    assert len(budget.encode(301, "turn it", turns).after) < whole
    with pytest.raises(CommandTooLong):
        budget.encode(300 + whole - 3, "turn it")

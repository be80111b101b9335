"""Whatever a model's logits are, what the grammar lets through can be read."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from rt_grasp_ros.language.answer import parse_answer
from rt_grasp_ros.language.prompt import END_TOKEN
from rt_grasp_ros.model.decoding.grammar import NOT_ALLOWED, START, AnswerGrammar
from rt_grasp_ros.resources import share_path

TINY = Tokenizer.from_file(str(share_path("models/rt-grasp-tiny/tokenizer.json")))
END_ID = TINY.token_to_id(END_TOKEN)
SIZE = TINY.get_vocab_size()


def digit_tokenizer():
    """Return a tokenizer that writes each digit as a token, as LLaMA's does."""
    words = [END_TOKEN, "<unk>", "a", *(str(n) for n in range(10)), ".", "x", "y", "w", "theta"]
    words += ["\u2581", "\u2581x", "\u2581y", "\u2581w", "\u2581theta", "\u2581No", "\u2581grasp"]
    vocabulary = {word: index for index, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(prepend_scheme="never"),
            pre_tokenizers.Split("\u2581(?=[0-9])", "isolated"),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Split(".", "isolated"),
        ]
    )
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="never")
    tokenizer.add_special_tokens([END_TOKEN, "<unk>"])
    return tokenizer


DIGITS = digit_tokenizer()
CASES = {
    "whole": (TINY, AnswerGrammar.of(TINY, SIZE, END_ID), END_ID),
    "digits": (DIGITS, AnswerGrammar.of(DIGITS, DIGITS.get_vocab_size() + 3, 0), 0),
}


def write(grammar, end_id, rng, budget, fondness_of_words=0.0):
    """Return the token ids of a model whose logits are noise."""
    state, ids = START, []
    while len(ids) <= budget:
        logits = rng.normal(size=grammar.next_state.shape[1])
        logits[grammar.next_state[state] == START] += fondness_of_words
        token_id = int((logits + grammar.blocked_within(state, budget - len(ids))).argmax())
        if token_id == end_id:
            return ids
        ids.append(token_id)
        state = grammar.advance(state, token_id)
        assert state != NOT_ALLOWED
    raise AssertionError("it did not end in time")


@pytest.mark.parametrize("case", CASES)
@given(
    seed=st.integers(0, 2**32 - 1),
    spare=st.integers(0, 40),
    fondness_of_words=st.sampled_from([0.0, 100.0]),
)
@settings(max_examples=60, deadline=None)
def test_noise_is_always_readable_and_never_too_long(case, seed, spare, fondness_of_words):
    tokenizer, grammar, end_id = CASES[case]
    budget = int(grammar.tokens_needed[START]) + spare
    ids = write(grammar, end_id, np.random.default_rng(seed), budget, fondness_of_words)
    answer = parse_answer(tokenizer.decode(ids), 640, 480)
    assert len(ids) <= budget
    if answer.rectangle is not None:
        assert answer.rectangle.opening_px > 0


def test_noise_at_the_limit_ends_both_ways():
    _, grammar, end_id = CASES["whole"]
    rng = np.random.default_rng(0)
    budget = int(grammar.tokens_needed[START]) + 5
    ends = {len(write(grammar, end_id, rng, budget, 100.0)) == budget for _ in range(40)}
    assert ends == {True, False}


@pytest.mark.parametrize(
    "answer",
    [
        " The mug lies on the left. x 0.123 y 0.456 theta 0.789 w 0.012",
        " x 0.000 y 0.999 theta 0.000 w 0.001",
        " Take the x-ray tube, box x of two. x 0.100 y 0.200 theta 0.300 w 0.400",
        " I do not see a giraffe here. No grasp.",
    ],
)
def test_what_the_model_learns_to_write_is_allowed(answer):
    grammar = CASES["whole"][1]
    state = grammar.state_after(TINY.encode(answer).ids)
    assert grammar.only_token[state] == END_ID


@pytest.mark.parametrize(
    "answer",
    [
        " The mug. x 0.123 y 0.456 theta 0.789 w 0.000",
        " The mug. x 0.123 y 0.456 w 0.100",
        " No grasp. The mug",
        " The mug.</s>",
        " x 0.12",
    ],
)
def test_what_could_not_be_read_is_not(answer):
    grammar = CASES["whole"][1]
    state = grammar.state_after(TINY.encode(answer).ids)
    assert state == NOT_ALLOWED or grammar.only_token[state] != END_ID


def test_between_the_numbers_there_is_no_choice():
    grammar = CASES["whole"][1]
    state = grammar.state_after(TINY.encode(" x 0.123").ids)
    forced = []
    while grammar.only_token[state] != NOT_ALLOWED:
        forced.append(grammar.only_token[state])
        state = grammar.advance(state, forced[-1])
    assert TINY.decode(forced) == " y 0."
    assert state in grammar.number_states


def test_another_way_to_write_numbers_is_refused():
    tokenizer = Tokenizer(models.WordLevel({"a": 0, "x": 1}, unk_token="a"))
    with pytest.raises(ValueError, match="digit"):
        AnswerGrammar.of(tokenizer, 2, 0)

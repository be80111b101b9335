"""Static tensors, drafts and running ahead change the time, never a token."""

import pytest
import torch
from tiny_llava import llama_tokenizer, tiny_llava

from rt_grasp_ros.grasp.errors import ModelNotFinite
from rt_grasp_ros.language.answer import parse_answer
from rt_grasp_ros.language.prompt import END_TOKEN
from rt_grasp_ros.model.decoding.grammar import START, AnswerGrammar
from rt_grasp_ros.model.torch_backend.static_decoding import StaticDecoder

pytestmark = pytest.mark.torch

TOKENIZER = llama_tokenizer()
SIZE = TOKENIZER.get_vocab_size()
GRAMMAR = AnswerGrammar.of(TOKENIZER, SIZE, TOKENIZER.token_to_id(END_TOKEN))
PROMPT = TOKENIZER.encode("USER: grasp the mug ASSISTANT:").ids
BUDGET = 70
DRAFT = 4
SEEDS = (0, 1)


@pytest.fixture(scope="module", params=SEEDS)
def llava(request):
    return tiny_llava(SIZE, seed=request.param)


@pytest.fixture(scope="module")
def expected(llava):
    """What whole passes over prompt and answer say, one a token."""
    ids, state = [], START
    while not GRAMMAR.is_closed(state):
        with torch.no_grad():
            logits = llava(input_ids=torch.tensor([PROMPT + ids])).logits[0, -1]
        allowed = logits + torch.from_numpy(GRAMMAR.blocked_within(state, BUDGET - len(ids)))
        ids.append(int(allowed.argmax()))
        state = GRAMMAR.advance(state, ids[-1])
    return ids


def start(llava, **options):
    decoder = StaticDecoder(llava, GRAMMAR, capacity=160, **options)
    embeddings = llava.get_input_embeddings()(torch.tensor([PROMPT]))
    return decoder, list(decoder.prefill(embeddings, 0, BUDGET).token_ids)


@pytest.mark.parametrize("go_on", [False, True])
def test_steps_write_what_whole_passes_write(llava, expected, go_on):
    decoder, ids = start(llava)
    while len(ids) < len(expected):
        ids += decoder.step(go_on).token_ids
        assert decoder.is_under_way == go_on
    assert ids == expected


def test_answers_end_within_their_budget_and_can_be_read(expected):
    assert len(expected) <= BUDGET
    assert parse_answer(TOKENIZER.decode(expected), 640, 480)


@pytest.mark.parametrize("wrong_at", [(), (0,), (1, 7), tuple(range(0, BUDGET, 3))])
def test_drafts_right_or_wrong_change_no_token(llava, expected, wrong_at):
    decoder, ids = start(llava, draft_tokens=DRAFT)
    passes = 0
    while len(ids) < len(expected):
        place = len(ids)
        draft = expected[place : place + DRAFT]
        guess = [
            (token + 1) % SIZE if place + offset in wrong_at else token
            for offset, token in enumerate(draft)
        ]
        ids += decoder.verify(guess).token_ids
        passes += 1
    assert ids[: len(expected)] == expected
    if not wrong_at:
        assert passes == -(-(len(expected) - 1) // (DRAFT + 1))


def test_a_short_draft_and_none_at_all_give_one_token_at_least(llava, expected):
    decoder, ids = start(llava, draft_tokens=DRAFT)
    ids += decoder.verify([]).token_ids
    assert ids == expected[:2]
    ids += decoder.verify(expected[2:4]).token_ids
    assert ids[:5] == expected[:5]


def test_steps_and_drafts_mix(llava, expected):
    decoder, ids = start(llava, draft_tokens=DRAFT)
    while len(ids) < len(expected):
        if len(ids) % 2:
            ids += decoder.step().token_ids
        else:
            ids += decoder.verify(expected[len(ids) : len(ids) + 2]).token_ids
    assert ids[: len(expected)] == expected


def test_a_prompt_whose_beginning_is_held_needs_its_end_only(llava, expected):
    decoder, _ = start(llava)
    for _ in range(5):
        decoder.step()
    rest = llava.get_input_embeddings()(torch.tensor([PROMPT[3:]]))
    ids = list(decoder.prefill(rest, 3, BUDGET).token_ids)
    while len(ids) < len(expected):
        ids += decoder.step().token_ids
    assert ids == expected


def test_probabilities_are_those_of_the_model(llava, expected):
    decoder, ids = start(llava)
    chosen = decoder.step()
    with torch.no_grad():
        logits = llava(input_ids=torch.tensor([PROMPT + ids])).logits[0, -1]
    assert chosen.log_probs[0] == pytest.approx(
        float(logits.log_softmax(-1)[expected[1]]), abs=1e-4
    )


def test_both_steps_are_one_graph_without_a_break(llava):
    decoder, _ = start(llava, draft_tokens=2)
    with torch.no_grad():
        for step in (decoder._step, decoder._verify._verify):
            torch.compile(step, fullgraph=True, backend="eager")()


def test_numbers_that_are_not_finite_are_noticed(llava):
    broken = tiny_llava(SIZE)
    broken.lm_head.weight.data[5] = torch.nan
    with pytest.raises(ModelNotFinite, match="damaged"):
        start(broken)

import pytest
import torch
from test_static_decoding import BUDGET, GRAMMAR, PROMPT, SEEDS, SIZE, TOKENIZER, start
from tiny_llava import tiny_llava

from rt_grasp_ros.language.answer import parse_answer
from rt_grasp_ros.model.torch_backend.candidate_sampler import CandidateSampler

pytestmark = pytest.mark.torch

WORDS = TOKENIZER.encode("The mug. x 0.", add_special_tokens=False).ids


@pytest.fixture(scope="module", params=SEEDS)
def llava(request):
    return tiny_llava(SIZE, seed=request.param)


def sample(llava, seed=0):
    decoder, _ = start(llava)
    sampler = CandidateSampler(llava, GRAMMAR, 160, batch=3, seed=seed)
    prompt = llava.get_input_embeddings()(torch.tensor([PROMPT + WORDS]))
    decoder.prefill(prompt, 0, BUDGET)
    place = len(PROMPT) + len(WORDS) - 1
    state = GRAMMAR.state_after(WORDS)
    return sampler.sample(decoder.cache, place, WORDS[-1], state, BUDGET)


def test_every_row_can_be_read(llava):
    for row in sample(llava):
        text = TOKENIZER.decode([*WORDS, *row.token_ids])
        assert parse_answer(text, 640, 480).rectangle is not None


def test_losses_are_relative_to_the_likeliest_token(llava):
    for row in sample(llava):
        ids, state = list(WORDS), GRAMMAR.state_after(WORDS)
        for token, lost in zip(row.token_ids, row.log_probs, strict=True):
            with torch.no_grad():
                logits = llava(input_ids=torch.tensor([PROMPT + ids])).logits[0, -1]
            allowed = (logits + torch.from_numpy(GRAMMAR.logit_mask[state])).log_softmax(-1)
            assert lost == pytest.approx(float(allowed[token] - allowed.max()), abs=1e-3)
            if state not in GRAMMAR.number_states:
                assert lost == 0
            ids.append(token)
            state = GRAMMAR.advance(state, token)


def test_the_same_seed_draws_the_same(llava):
    first, again = sample(llava, seed=3), sample(llava, seed=3)
    assert [row.token_ids for row in first] == [row.token_ids for row in again]

"""Every way to run a model, beside the eager float32 answer of the same rounded weights.

What a CPU can do runs on any machine; the same on a GPU, recorded and compiled, needs one:
`pytest -m gpu` with torch, transformers, bitsandbytes, numpy and OpenCV, and nothing else.
"""

import pytest
import torch
from tiny_llava import llama_tokenizer, tiny_llava
from torch import nn

from rt_grasp_ros.grasp.errors import ModelNotFinite, ModelOutOfMemory
from rt_grasp_ros.language.prompt import END_TOKEN
from rt_grasp_ros.model.decoding.grammar import START, AnswerGrammar
from rt_grasp_ros.model.torch_backend.candidate_sampler import CandidateSampler
from rt_grasp_ros.model.torch_backend.int4_linear import Int4Linear
from rt_grasp_ros.model.torch_backend.joined_layers import join_layers
from rt_grasp_ros.model.torch_backend.quantise import quantise
from rt_grasp_ros.model.torch_backend.static_decoding import StaticDecoder
from rt_grasp_ros.model.torch_backend.torch_failures import memory_failures

pytestmark = pytest.mark.torch

TOKENIZER = llama_tokenizer()
SIZE = TOKENIZER.get_vocab_size()
GRAMMAR = AnswerGrammar.of(TOKENIZER, SIZE, TOKENIZER.token_to_id(END_TOKEN))
PROMPT = TOKENIZER.encode("USER: grasp the mug by its handle ASSISTANT:").ids
BUDGET = 60
DRAFT = 4
SCHEMES = ("none", "int8", "nf4", "int4")
DTYPES = {"cpu": torch.float32, "cuda": torch.bfloat16}
LARGEST_REGRET = {"cpu": 0.001, "cuda": 0.1}
LARGEST_REGRET_INT8 = 0.2
"""How far the chosen token's logit may be below the best one's, of their spread: what bfloat16
rounds on a GPU, and in int8 the inputs everywhere."""

PLACES = [
    ("cpu", "eager"),
    ("cpu", "graphs"),
    *(pytest.param("cuda", how, marks=pytest.mark.gpu) for how in ("eager", "graphs", "compiled")),
]


def prepared(scheme, device):
    """The joined and quantised model, and the same rounded weights in plain float32 layers."""
    model = tiny_llava(SIZE).to(DTYPES[device])
    join_layers(model)
    plain = tiny_llava(SIZE)
    join_layers(plain)
    plain.load_state_dict(model.state_dict())
    quantise(model, scheme, torch.device(device))
    for name, layer in plain.named_modules():
        if isinstance(layer, nn.Linear):
            layer.weight.data = rounded_weight(model.get_submodule(name)).float().cpu()
    return model, plain


@torch.no_grad()
def rounded_weight(layer):
    if isinstance(layer, Int4Linear):
        return layer.expanded()
    if hasattr(layer.weight, "quant_state") and layer.weight.quant_state is not None:
        from bitsandbytes.functional import dequantize_4bit

        return dequantize_4bit(layer.weight.data, layer.weight.quant_state)
    if hasattr(layer.weight, "SCB"):
        return layer.weight.CB.float() * layer.weight.SCB[:, None] / 127
    return layer.weight


def embedded(model, ids):
    return model.get_input_embeddings()(torch.tensor([ids], device=model.device))


@torch.no_grad()
def regrets(plain, ids):
    """How far below the best allowed token each one is, of the spread of the logits."""
    logits = plain(input_ids=torch.tensor([PROMPT + ids])).logits[0, len(PROMPT) - 1 : -1]
    state, found = START, []
    for place, (token, row) in enumerate(zip(ids, logits, strict=True)):
        allowed = row + torch.from_numpy(GRAMMAR.blocked_within(state, BUDGET - place))
        found.append(float((allowed.max() - allowed[token]) / row.std()))
        state = GRAMMAR.advance(state, token)
    return found


def decoded(model, how, draft_tokens=0, foreseen=()):
    """An answer, by steps or with drafts."""
    decoder = StaticDecoder(model, GRAMMAR, 160, draft_tokens, how)
    decoder.warm_up(lambda *_: None)
    ids = list(decoder.prefill(embedded(model, PROMPT), 0, BUDGET).token_ids)
    state, passes = GRAMMAR.state_after(ids), 0
    while not GRAMMAR.is_closed(state):
        foresight = list(foreseen[len(ids) : len(ids) + draft_tokens])
        chosen = decoder.verify(foresight) if draft_tokens else decoder.step(decoder.runs_ahead)
        passes += 1
        for token in chosen.token_ids:
            if not GRAMMAR.is_closed(state):
                ids.append(token)
                state = GRAMMAR.advance(state, token)
    return ids, passes


@pytest.mark.parametrize("device, how", PLACES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_steps_and_drafts_choose_what_float32_would(scheme, device, how):
    model, plain = prepared(scheme, device)
    ids, _ = decoded(model, how)
    assert len(ids) > 10
    limit = LARGEST_REGRET_INT8 if scheme == "int8" else LARGEST_REGRET[device]
    assert max(regrets(plain, ids)) <= limit
    drafted, passes = decoded(model, how, DRAFT, ids)
    assert max(regrets(plain, drafted)) <= limit
    if drafted == ids:
        assert passes < len(ids) // 2


@pytest.mark.parametrize("scheme", SCHEMES)
def test_regret_sees_a_wrong_token(scheme):
    _, plain = prepared(scheme, "cpu")
    wrong = TOKENIZER.encode("The red mug lies", add_special_tokens=False).ids
    assert max(regrets(plain, wrong)) > 1


@pytest.mark.parametrize("device, how", PLACES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_candidates_go_on_from_one_beginning(scheme, device, how):
    model, _ = prepared(scheme, device)
    decoder = StaticDecoder(model, GRAMMAR, 160, 0, how)
    sampler = CandidateSampler(model, GRAMMAR, 160, 4, how)
    for steps in (decoder, sampler):
        steps.warm_up(lambda *_: None)
    decoder.prefill(embedded(model, PROMPT), 0, BUDGET)
    state = GRAMMAR.state_after(TOKENIZER.encode("x 0.", add_special_tokens=False).ids)
    rows = sampler.sample(decoder.cache, len(PROMPT) - 1, PROMPT[-1], state, 30)
    for row in rows:
        assert GRAMMAR.is_closed(advanced(state, row.token_ids))
        assert max(row.log_probs) <= 0
    assert len({row.token_ids for row in rows}) > 1


def advanced(state, ids):
    for token in ids:
        state = GRAMMAR.advance(state, token)
    return state


@pytest.mark.parametrize("device, how", PLACES)
def test_numbers_that_are_not_finite_are_noticed_wherever_it_runs(device, how):
    model = tiny_llava(SIZE).to(device, DTYPES[device])
    model.lm_head.weight.data[5] = torch.nan
    with pytest.raises(ModelNotFinite):
        decoded(model, how)


@pytest.mark.gpu
def test_memory_that_does_not_suffice_is_said_and_given_back():
    device = torch.device("cuda")
    with pytest.raises(ModelOutOfMemory, match="a test"), memory_failures(device, "a test"):
        torch.empty(2**50, dtype=torch.uint8, device=device)
    assert torch.zeros(8, device=device).sum() == 0


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def test_a_step_of_qlora_moves_the_adapter_and_nothing_else(device):
    """As QLoRA does, without peft: gradients reach a low-rank addition through nf4 weights."""
    model = tiny_llava(SIZE).to(torch.bfloat16)
    quantise(model, "nf4", torch.device(device))
    model.requires_grad_(False)
    block = model.model.language_model.layers[0].mlp
    frozen, down = block.up_proj.weight.data.clone(), torch.zeros(256, 4, device=device)
    up = torch.randn(4, 128, device=device).requires_grad_(True)
    down.requires_grad_(True)
    for layer in model.modules():
        if type(layer).__name__ == "Linear4bit":
            layer.support_avx512bf16_for_cpu = False
    block.up_proj.register_forward_hook(
        lambda layer, given, out: out + (given[0].float() @ up.t() @ down.t()).to(out.dtype)
    )
    ids = torch.tensor([PROMPT], device=device)
    loss_before = model(input_ids=ids, labels=ids).loss
    loss_before.backward()
    assert float(down.grad.abs().sum()) > 0
    with torch.no_grad():
        down -= 0.5 * down.grad / down.grad.norm()
    assert float(model(input_ids=ids, labels=ids).loss) < float(loss_before)
    assert torch.equal(block.up_proj.weight.data, frozen)

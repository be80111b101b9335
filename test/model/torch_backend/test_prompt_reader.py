"""A prompt that is padded to a fixed length is read as one that is not."""

import pytest
import torch
from tiny_llava import llama_tokenizer, tiny_llava

from rt_grasp_ros.language.prompt import END_TOKEN
from rt_grasp_ros.model.decoding.grammar import START, AnswerGrammar
from rt_grasp_ros.model.torch_backend.prompt_reader import PromptReader
from rt_grasp_ros.model.torch_backend.static_core import StaticCore
from rt_grasp_ros.model.torch_backend.static_decoding import StaticDecoder

pytestmark = pytest.mark.torch

TOKENIZER = llama_tokenizer()
SIZE = TOKENIZER.get_vocab_size()
GRAMMAR = AnswerGrammar.of(TOKENIZER, SIZE, TOKENIZER.token_to_id(END_TOKEN))
PROMPT = TOKENIZER.encode("USER: grasp the mug by its handle ASSISTANT:").ids
CAPACITY = 100


@pytest.fixture(scope="module")
def llava():
    return tiny_llava(SIZE)


def embeddings(llava, ids):
    return llava.get_input_embeddings()(torch.tensor([ids]))


@torch.no_grad()
def read(llava, acceleration, parts, lengths=(8, 16, 32)):
    """Read parts of a prompt one behind the other; return tokens, log-probabilities and cache."""
    core = StaticCore(llava, GRAMMAR, CAPACITY, batch=1)
    reader = PromptReader(core, acceleration, lengths)
    reader.warm_up()
    start, found = 0, []
    for part in parts:
        core.place(start, 60)
        core.state.fill_(START)
        found.append(reader.read(embeddings(llava, part), start))
        start += len(part)
        assert int(core.position) == start
        assert int(core.remaining) == 59
    return found, core


@pytest.mark.parametrize("count", [1, 7, 8, 9, 15, 16, 17])
def test_a_padded_prompt_gives_the_same_token_and_cache(llava, count):
    ids = (PROMPT * 2)[:count]
    (plain,), core = read(llava, "eager", [ids])
    (padded,), padded_core = read(llava, "graphs", [ids])
    assert padded[0] == plain[0]
    assert padded[1] == pytest.approx(plain[1], abs=1e-4)
    for ours, theirs in zip(padded_core.cache.layers, core.cache.layers, strict=True):
        torch.testing.assert_close(
            ours.keys[:, :, :count], theirs.keys[:, :, :count], atol=1e-5, rtol=1e-4
        )


def test_what_is_read_later_lies_behind_the_prompt_not_behind_the_padding(llava):
    parts = [PROMPT[:2], PROMPT[2:5], PROMPT[5:]]
    plain, _ = read(llava, "eager", parts)
    padded, _ = read(llava, "graphs", parts)
    assert [token for token, _ in padded] == [token for token, _ in plain]
    whole, _ = read(llava, "eager", [PROMPT])
    assert padded[-1][0] == whole[-1][0]
    assert padded[-1][1] == pytest.approx(whole[-1][1], abs=1e-4)


def test_the_next_length_is_taken_that_has_room(llava):
    core = StaticCore(llava, GRAMMAR, CAPACITY, batch=1)
    reader = PromptReader(core, "graphs", (8, 32, 200))
    assert reader._length_for(8, 0) == 8
    assert reader._length_for(9, 0) == 32
    assert reader._length_for(33, 0) is None  # 200 places are more than the cache has
    assert reader._length_for(9, CAPACITY - 32) == 32
    assert reader._length_for(9, CAPACITY - 31) is None
    assert PromptReader(core, "eager")._length_for(9, 0) is None


def test_a_length_that_can_not_be_recorded_is_read_as_it_is(llava, caplog):
    core = StaticCore(llava, GRAMMAR, CAPACITY, batch=1)
    reader = PromptReader(core, "graphs", (8, 32))

    def fail():
        raise RuntimeError("operation not permitted when stream is capturing")

    reader._lengths[8].run = fail
    with torch.no_grad():
        reader.warm_up()
    assert set(reader._lengths) == {32}
    assert "without a graph" in caplog.text


@pytest.mark.parametrize("wrong_at", [(), (1, 5)])
def test_answers_are_the_same_with_padded_prompts(llava, wrong_at):
    """Also those written with drafts, behind places that padding had taken."""
    written = []
    for how, draft in (("eager", 0), ("graphs", 4)):
        decoder = StaticDecoder(llava, GRAMMAR, CAPACITY, draft, how)
        decoder.warm_up(lambda *_: None)
        ids = list(decoder.prefill(embeddings(llava, PROMPT), 0, 60).token_ids)
        while not GRAMMAR.is_closed(GRAMMAR.state_after(ids)):
            if draft:
                foreseen = [
                    (token + (len(ids) + place in wrong_at)) % SIZE
                    for place, token in enumerate(written[0][len(ids) : len(ids) + draft])
                ]
                ids += decoder.verify(foreseen).token_ids
                ids = ids[: len(written[0])]
            else:
                ids += decoder.step().token_ids
        written.append(ids)
    assert written[0] == written[1]


def test_drafts_are_chosen_by_what_passes_take(llava, monkeypatch):
    decoder = StaticDecoder(llava, GRAMMAR, CAPACITY, 0, "eager")
    decoder.warm_up(lambda *_: None)
    took = iter([1.0, 1.45, 9.0])
    monkeypatch.setattr(StaticDecoder, "_median_s", lambda self, run: next(took))
    told = []
    chosen = decoder.choose_drafts((4, 7), lambda *part: told.append(part[0]))
    assert (chosen.length, decoder.drafts.length) == (4, 4)
    assert "drafts have 4 tokens" in told[-1]
    decoder.prefill(embeddings(llava, PROMPT), 0, 60)
    assert len(decoder.verify([1, 2, 3, 4]).token_ids) >= 1
    took = iter([1.0, 9.0])
    assert decoder.choose_drafts((4,), lambda *_: None).length == 0
    with pytest.raises(ValueError, match="no drafts"):
        decoder.verify([1])


def test_measuring_runs_what_it_measures(llava):
    decoder = StaticDecoder(llava, GRAMMAR, CAPACITY, 0, "eager")
    assert decoder.choose_drafts((2,), lambda *_: None).length in (0, 2)


@pytest.mark.gpu
@pytest.mark.parametrize("how", ["graphs", "compiled"])
def test_a_gpu_records_every_length(llava, how):
    on_gpu = tiny_llava(SIZE).to("cuda")
    parts = [PROMPT[:5], PROMPT[5:]]
    plain, _ = read(llava, "eager", parts)
    core = StaticCore(on_gpu, GRAMMAR, CAPACITY, batch=1)
    reader = PromptReader(core, how, (8, 32))
    with torch.no_grad():
        reader.warm_up()
        assert set(reader._lengths) == {8, 32}
        start = 0
        for part, (token, _) in zip(parts, plain, strict=True):
            core.place(start, 60)
            core.state.fill_(START)
            ids = torch.tensor([part], device="cuda")
            assert reader.read(on_gpu.get_input_embeddings()(ids), start)[0] == token
            start += len(part)

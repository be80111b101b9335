"""The script that needs a GPU runs whole on a CPU, with a tiny model."""

import json

import pytest
import torch

from rt_grasp_ros.bench.bench_gpu import bench_gpu, copy_bandwidth_bytes_per_s
from rt_grasp_ros.bench.gpu_model import (
    TINY,
    bytes_read_per_token,
    free_grammar,
    random_llava,
    random_question,
)
from rt_grasp_ros.bench.gpu_ways import BASELINE, OurAnswer, Way
from rt_grasp_ros.cli.__main__ import main
from rt_grasp_ros.grasp.errors import GpuUnavailable

pytestmark = pytest.mark.torch

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def llava():
    return random_llava(TINY, CPU)


def test_every_way_that_a_cpu_knows_is_measured(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    told = []
    result = bench_gpu(3, lambda *part: told.append(part), is_tiny=True, is_profiled=True)
    names = [row["name"] for row in result["rows"]]
    assert names == ["generate, bf16", BASELINE, "static cache"]
    for row in result["rows"]:
        assert row["decode_tokens_per_s_lowest"] <= row["decode_tokens_per_s"]
        assert row["decode_tokens_per_s"] <= row["decode_tokens_per_s_highest"]
        assert 0 < row["first_token_s"] < row["answer_s"]
        assert row["bandwidth_share"] > 0
        assert row["peak_memory_mb"] is None
    assert result["rows"][1]["speedup_over_generate"] == 1
    assert result["rows"][1]["weights_mb"] < result["rows"][0]["weights_mb"]
    assert result["rows"][2]["profile"][0]["calls"] > 0
    assert told[-1] == ("done", 3, 3)
    json.dumps(result)


def test_drafts_write_the_same_answer_in_fewer_passes(llava):
    question = random_question(TINY, CPU)
    plain = OurAnswer(llava, question, TINY, Way("", "none", acceleration="eager"))
    drafting = OurAnswer(
        llava, question, TINY, Way("", "none", acceleration="eager", draft_tokens=4)
    )
    passes = []
    verify = drafting.decoder.verify
    drafting.decoder.verify = lambda draft: passes.append(draft) or verify(draft)
    plain()
    drafting()
    assert drafting._token_ids[: TINY.answer_tokens] == plain._token_ids
    assert len(passes) < TINY.answer_tokens - 1


def test_a_token_needs_layers_and_head_but_no_embeddings(llava):
    language, head = llava.model.language_model, llava.lm_head
    weights = sum(weight.numel() for weight in (*language.parameters(), *head.parameters()))
    weights -= language.embed_tokens.weight.numel()
    # Rotation frequencies are the only buffer.
    assert 0 <= bytes_read_per_token(llava) - 2 * weights < 1000


def test_the_grammar_of_the_benchmark_never_ends():
    grammar = free_grammar(10)
    assert not grammar.is_closed(grammar.state_after(range(10)))


def test_a_copy_moves_something():
    assert copy_bandwidth_bytes_per_s(CPU, 1 << 20, repetitions=2) > 1e6


def test_no_gpu_is_said_in_a_sentence(monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(GpuUnavailable):
        bench_gpu(5, print)
    assert main(["bench", "gpu"]) == 2
    assert "GPU_UNAVAILABLE" in capsys.readouterr().err


def test_too_few_runs_are_refused(capsys):
    assert main(["bench", "gpu", "--tiny", "--runs", "1"]) == 2
    assert "at least --runs 5" in capsys.readouterr().err


@pytest.mark.gpu
def test_a_gpu_runs_every_way():
    result = bench_gpu(3, lambda *_: None, is_tiny=True)
    assert len(result["rows"]) == 9

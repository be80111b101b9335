"""The script that needs a GPU runs whole on a CPU, with a tiny model."""

import json

import pytest
import torch

from rt_grasp_ros.bench import bench_gpu as module
from rt_grasp_ros.bench import gpu_session
from rt_grasp_ros.bench.bench_gpu import bench_gpu, copy_bandwidth_bytes_per_s
from rt_grasp_ros.bench.draft_plans import plan_at_share, plan_of_texts
from rt_grasp_ros.bench.gpu_model import (
    TINY,
    bytes_read_per_token,
    random_llava,
    random_question,
)
from rt_grasp_ros.bench.gpu_session import GpuSession
from rt_grasp_ros.bench.gpu_ways import BASELINE, OurAnswer
from rt_grasp_ros.cli.__main__ import main
from rt_grasp_ros.grasp.errors import GpuUnavailable, RequestInvalid
from rt_grasp_ros.model.decoding.grammar import AnswerGrammar
from rt_grasp_ros.model.torch_backend.draft_choice import expected_tokens

pytestmark = pytest.mark.torch

CPU = torch.device("cpu")


def quiet(*_):
    pass


def tiny(on_progress=quiet, **more):
    return GpuSession(on_progress, is_tiny=True, **more)


@pytest.fixture(scope="module")
def llava():
    return random_llava(TINY, CPU)


@pytest.fixture(autouse=True)
def without_gpu(request, monkeypatch):
    if request.node.get_closest_marker("gpu") is None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.fixture(autouse=True)
def without_llama_cpp(request, monkeypatch):
    if request.node.get_closest_marker("llama_cpp") is None:
        monkeypatch.setattr(module, "is_installed", lambda: False)


def row_of(way):
    return {"name": way.name, "decode_tokens_per_s": 1.0}


NAMES = [
    BASELINE,
    "generate, bf16",
    "int4, as it is",
    "int4, as it is, drafts of 4, 0.8 right",
]


def test_every_way_that_a_cpu_knows_is_measured():
    told, seen = [], []
    session = tiny(
        on_progress=lambda *part: told.append(part),
        on_row=lambda so_far: seen.append(json.dumps(so_far)),
    )
    result = bench_gpu(3, session, is_profiled=True)
    rows = {row["name"]: row for row in result["rows"]}
    assert list(rows) == NAMES
    assert result["not_run"] == []
    for row in rows.values():
        assert row["decode_tokens_per_s_lowest"] <= row["decode_tokens_per_s"]
        assert row["decode_tokens_per_s"] <= row["decode_tokens_per_s_highest"]
        assert 0 < row["first_token_s"] < row["answer_s"]
        assert row["bandwidth_share"] > 0
        assert row["peak_memory_mb"] is None
    assert rows[BASELINE]["speedup_over_generate"] == 1
    assert rows["int4, as it is"]["weights_mb"] < rows["generate, bf16"]["weights_mb"]
    assert rows["int4, as it is"]["profile"][0]["calls"] > 0
    assert rows["int4, as it is"]["second_first_token_s"] > 0
    assert rows["int4, as it is, drafts of 4, 0.8 right"]["tokens_per_pass"] == pytest.approx(
        3.36, abs=0.3
    )
    assert [len(json.loads(one)["rows"]) for one in seen] == [1, 2, 3, 4]
    assert told[-1] == ("done", 4, 4)


def test_a_way_that_does_not_fit_is_not_begun_and_named(monkeypatch):
    clock = iter([0.0, 1.0, 70.0, 130.0, 130.0])
    monkeypatch.setattr(gpu_session.time, "monotonic", lambda: next(clock))
    measured = []
    monkeypatch.setattr(
        module, "_measure", lambda way, *_: measured.append(way.name) or row_of(way)
    )
    result = bench_gpu(3, tiny(minutes=2))
    assert measured == NAMES[:2]
    assert result["not_run"] == NAMES[2:]


def test_only_what_is_named_is_measured(monkeypatch):
    monkeypatch.setattr(module, "_measure", lambda way, *_: row_of(way))
    result = bench_gpu(3, tiny(only=["as it is"]))
    assert [row["name"] for row in result["rows"]] == NAMES[2:]
    assert result["rows"][0]["speedup_over_generate"] is None
    with pytest.raises(RequestInvalid, match="abacus"):
        bench_gpu(3, tiny(only=["abacus"]))


def test_a_way_that_fails_is_said_and_the_others_are_measured(monkeypatch):
    def fails(llava, scheme, *more):
        if scheme == "int4":
            raise RuntimeError("no kernel image\nfor this card")
        return quantise(llava, scheme, *more)

    quantise = module.quantise
    monkeypatch.setattr(module, "quantise", fails)
    result = bench_gpu(5, tiny(only=["as it is", "generate, bf16"]))
    assert [row["name"] for row in result["rows"]] == ["generate, bf16"]
    assert result["failed"] == {
        "int4, as it is": "no kernel image",
        "int4, as it is, drafts of 4, 0.8 right": "no kernel image",
    }
    assert result["not_run"] == []


def test_the_result_is_written_after_each_row(tmp_path, capsys):
    path = tmp_path / "gpu.json"
    arguments = ["bench", "gpu", "--tiny", "--only", "int4, as it is", "--json", str(path)]
    assert main(arguments) == 0
    assert len(json.loads(path.read_text())["rows"]) == 2
    assert "int4, as it is: " in capsys.readouterr().err


@pytest.mark.parametrize("share", [0.0, 0.6, 0.999])
def test_the_device_follows_the_plan_whatever_the_model_says(llava, share):
    plan, written = plan_at_share(share, 4), []
    drafting = OurAnswer(llava, random_question(TINY, CPU), TINY, "eager", plan)
    verify = drafting.decoder.verify

    def counted(draft):
        chosen = verify(draft)
        written.append(len(chosen.token_ids))
        return chosen

    drafting.decoder.verify = counted
    for _ in range(2):  # the plan begins anew with each answer
        written.clear()
        timing = drafting()
        assert written == [one.right + 1 for one in plan.passes[: len(written)]]
        assert timing.tokens == 1 + sum(written) >= TINY.answer_tokens


def test_both_steps_with_a_plan_are_one_graph_without_a_break(llava):
    decoder = OurAnswer(llava, random_question(TINY, CPU), TINY, "eager", plan_at_share(0.8, 2))
    with torch.no_grad():
        torch.compile(decoder.decoder._verify._verify, fullgraph=True, backend="eager")()


def test_the_share_of_a_plan_is_what_was_asked_for():
    for share in (0.6, 0.8, 0.95):
        assert plan_at_share(share, 7).right_share == pytest.approx(share, abs=0.02)
        assert plan_at_share(share, 7).tokens_per_pass == pytest.approx(
            expected_tokens(7, share), rel=0.05
        )


def test_the_embedded_checkpoints_texts_are_foreseen_as_when_it_serves():
    plan = plan_of_texts(7, count=3)
    assert 0.3 < plan.right_share <= 1
    assert plan.tokens_per_pass > 1.2
    assert all(0 <= one.right <= one.drafted <= 7 for one in plan.passes)
    assert any(not one.drafted for one in plan.passes)
    assert plan_of_texts(7, count=3) == plan


def test_a_token_needs_layers_and_head_but_no_embeddings(llava):
    language, head = llava.model.language_model, llava.lm_head
    weights = sum(weight.numel() for weight in (*language.parameters(), *head.parameters()))
    weights -= language.embed_tokens.weight.numel()
    # Rotation frequencies are the only buffer.
    assert 0 <= bytes_read_per_token(llava) - 2 * weights < 1000


def test_the_grammar_of_the_benchmark_never_ends():
    grammar = AnswerGrammar.free(10)
    assert not grammar.is_closed(grammar.state_after(range(10)))


def test_a_copy_moves_something():
    assert copy_bandwidth_bytes_per_s(CPU, 1 << 20, repetitions=2) > 1e6


def test_no_gpu_is_said_in_a_sentence(capsys):
    with pytest.raises(GpuUnavailable):
        bench_gpu(5, GpuSession(quiet))
    assert main(["bench", "gpu"]) == 2
    assert "GPU_UNAVAILABLE" in capsys.readouterr().err


def test_too_few_runs_are_refused(capsys):
    assert main(["bench", "gpu", "--tiny", "--runs", "1"]) == 2
    assert "at least --runs 5" in capsys.readouterr().err


@pytest.mark.llama_cpp
def test_llama_cpp_runs_the_same_shapes_where_it_is_installed():
    result = bench_gpu(3, tiny(only=["llama.cpp", "nf4"]))
    assert result["failed"] == {} and result["not_run"] == []
    rows = {row["name"]: row for row in result["rows"]}
    assert list(rows) == [BASELINE, "llama.cpp, Q4_0, text alone"]
    row = rows["llama.cpp, Q4_0, text alone"]
    assert row.keys() == rows[BASELINE].keys()
    assert row["answer_tokens"] == 12
    assert 0 < row["first_token_s"] < row["answer_s"]
    assert row["second_first_token_s"] > 0
    assert row["speedup_over_generate"] > 0
    # 2 layers of 4 squares of 128 and three of 128 x 256, embeddings: 4.5 bits; a head of 8.5 bits;
    # 5 norms of 128 float32.
    held_bits = (
        4.5 * (2 * (4 * 128**2 + 3 * 128 * 256) + 512 * 128) + 8.5 * 512 * 128 + 32 * 5 * 128
    )
    assert row["weights_mb"] == pytest.approx(held_bits / 8e6)
    read_bits = held_bits - 4.5 * 512 * 128
    assert row["bandwidth_share"] == pytest.approx(
        row["decode_tokens_per_s"] * read_bits / 8e9 / result["copy_bandwidth_gb_per_s"]
    )


@pytest.mark.gpu
def test_a_gpu_runs_every_way():
    result = bench_gpu(3, tiny())
    assert len(result["rows"]) == 18

"""Training is measured step by step, as the tuner trains; here with a tiny model on a CPU."""

import json

import pytest
import torch

from rt_grasp_ros.bench import bench_training as module
from rt_grasp_ros.bench.bench_training import TRAININGS, bench_training
from rt_grasp_ros.bench.gpu_session import GpuSession
from rt_grasp_ros.bench.training_table import markdown_table
from rt_grasp_ros.cli.__main__ import main
from rt_grasp_ros.grasp.errors import GpuUnavailable, RequestInvalid
from rt_grasp_ros.learn.tune.settings import load_preset

pytestmark = pytest.mark.torch

QUIET = lambda *_: None  # noqa: E731


@pytest.fixture(scope="module")
def result():
    return bench_training(3, GpuSession(QUIET, True))


def test_every_preset_of_the_paper_is_measured(result):
    assert result["failed"] == {}
    assert [row["name"] for row in result["rows"]] == [
        "paper-7b-qlora", "paper-7b-lora", "paper-7b-projector",
    ]  # fmt: skip
    for row in result["rows"]:
        assert row["samples_per_s_lowest"] <= row["samples_per_s"] <= row["samples_per_s_highest"]
        assert row["samples_per_s"] == pytest.approx(row["batch"] / row["step_s"])
        assert (row["batch"], row["micro_batch"], row["tokens"]) == (4, 2, 16 + 8 + 10)
    lora = 4 * 2 * (4 * (128 + 128) + 2 * (128 + 256) + (256 + 128))
    projector = 64 * 128 + 128 + 128 * 128 + 128
    assert [row["trained_weights"] for row in result["rows"]] == [
        lora + projector, lora + projector, projector,
    ]  # fmt: skip
    assert result["not_run"] == []


def test_the_reckoned_memory_is_that_of_the_documentation():
    text = (module.Path(__file__).parents[2] / "docs/training.md").read_text(encoding="utf-8")
    for training in TRAININGS:
        (line,) = [x for x in text.splitlines() if x.startswith(f"| `{training.preset}`,")]
        assert f"| {training.reckoned_gb} GB" in line
        assert f"{load_preset(training.preset).micro_batch} at once" in line


def test_steps_train_all_that_is_to_be_trained(monkeypatch):
    before, after = {}, {}
    make = module.make_trainable

    def watched(llava, settings):
        tuned = make(llava, settings)
        before.update({name: weight.detach().clone() for name, weight in tuned.trained.items()})
        after.update(tuned.trained)
        return tuned

    monkeypatch.setattr(module, "make_trainable", watched)
    result = bench_training(3, GpuSession(QUIET, True, only=["qlora"]))
    assert result["failed"] == {}
    moved = [name for name, weight in after.items() if not torch.equal(before[name], weight)]
    assert moved == list(before)


def test_a_preset_that_fails_is_said_and_the_others_are_measured(monkeypatch):
    hold = module.hold_base

    def fails(llava, settings, device):
        if settings.quantise == "nf4":
            raise torch.OutOfMemoryError("CUDA out of memory")
        return hold(llava, settings, device)

    monkeypatch.setattr(module, "hold_base", fails)
    told = []
    result = bench_training(
        3, GpuSession(QUIET, True, only=["lora"], on_row=lambda r: told.append(1))
    )
    assert [row["name"] for row in result["rows"]] == ["paper-7b-lora"]
    assert "'paper-7b-qlora'" in result["failed"]["paper-7b-qlora"]
    assert len(told) == 2


def test_what_does_not_fit_the_time_is_not_begun():
    result = bench_training(3, GpuSession(QUIET, True, minutes=0))
    assert result["rows"] == []
    assert result["not_run"] == [training.preset for training in TRAININGS]


def test_a_gpu_and_a_known_name_are_needed(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(GpuUnavailable):
        bench_training(3, GpuSession(QUIET))
    with pytest.raises(RequestInvalid, match="choose from paper-7b-qlora"):
        bench_training(3, GpuSession(QUIET, True, only=["abacus"]))


def test_the_verb_leaves_json_and_the_table_says_it(tmp_path, capsys):
    path = tmp_path / "training.json"
    assert main(["bench", "training", "--tiny", "--only", "projector", "--json", str(path)]) == 0
    assert "paper-7b-projector" in capsys.readouterr().out
    table = markdown_table(json.loads(path.read_text())).splitlines()
    assert table[2].startswith("| paper-7b-projector | ")
    assert table[2].endswith(" s for 4 | 2 |  |  |")
    assert table[2].count("|") == table[0].count("|")
    assert main(["bench", "training", "--tiny", "--steps", "1"]) != 0


def test_the_table_says_what_failed_and_was_not_run():
    row = {
        "name": "a", "samples_per_s": 12.345, "samples_per_s_lowest": 12, "batch": 32,
        "samples_per_s_highest": 13, "step_s": 2.6, "micro_batch": 4, "peak_memory_gb": 20.44,
        "reckoned_memory_gb": 20,
    }  # fmt: skip
    result = {
        "rows": [row], "failed": {"b": "memory"}, "not_run": ["c"], "shapes": "7B", "steps": 3,
        "device": "a card", "machine": {"torch": "2", "transformers": "5"},
    }  # fmt: skip
    told = markdown_table(result)
    assert "| a | 12.35 (12.00-13.00) | 2.60 s for 32 | 4 | 20.4 GB | 20.0 GB |" in told
    assert "Failed: b: memory" in told
    assert "Not run: c." in told

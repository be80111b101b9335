"""`rt-grasp train` chooses what to train, and refuses what does not fit together."""

import pytest

from rt_grasp_ros.cli.__main__ import main

pytestmark = pytest.mark.torch


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--strategy", "lora"], "--data"),
        (["--strategy", "lora", "--data", "absent.jsonl"], "absent.jsonl"),
        (["--strategy", "lora", "--preset", "tiny-full", "--data", "a"], "--strategy full"),
        (["--preset", "huge", "--data", "a"], "huge"),
        (["--strategy", "lora", "--steps", "-1", "--data", "a"], "steps"),
    ],
)
def test_refusals_are_one_sentence(arguments, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "DATA_INVALID" in error


def test_merging_names_a_missing_adapter(capsys, tmp_path):
    assert main(["merge", "--adapter", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "no adapter" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--strategy", "scratch"],
        ["--strategy", "words", "--meshes", "meshes", "--lite0", "lite0.pth"],
    ],
)
def test_a_gpu_that_is_not_there_is_said_before_anything_is_learned(
    arguments, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert main(["train", *arguments, "--device", "cuda"]) == 2
    assert "GPU_UNAVAILABLE" in capsys.readouterr().err
    assert not (tmp_path / "out" / "rt-grasp-tiny").exists()


def test_a_training_from_nothing_is_told_where_and_in_how_many_bits(tmp_path, monkeypatch):
    told = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "rt_grasp_ros.learn.embedded.recipe.train_embedded_model",
        lambda *arguments: told.append(arguments[-1]),
    )
    for more in ([], ["--precision", "fp32"]):
        assert main(["train", "--device", "cpu", *more]) == 0
    assert [(one.device.type, one.precision) for one in told] == [("cpu", "bf16"), ("cpu", "fp32")]


def test_a_gpu_that_is_insisted_on_and_not_there_is_said(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    data = tmp_path / "conversations.jsonl"
    data.write_text("{}\n")
    tuning = ["train", "--strategy", "lora", "--data", str(data), "--work", str(tmp_path / "w")]
    assert main([*tuning, "--device", "cuda"]) == 2
    assert "GPU_UNAVAILABLE" in capsys.readouterr().err

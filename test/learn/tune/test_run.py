"""A run learns, goes on exactly after being killed, and leaves what others can load."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from drawn_conversations import draw_bar, write_conversations
from safetensors.numpy import load_file
from tokenizers import Tokenizer
from transformers import LlavaForConditionalGeneration

from rt_grasp_ros.grasp.errors import AnswerGarbled, CheckpointInvalid, DataInvalid
from rt_grasp_ros.learn.tune import run as module
from rt_grasp_ros.learn.tune.outputs import merge
from rt_grasp_ros.learn.tune.run import TuneFiles, tune
from rt_grasp_ros.learn.tune.settings import TuneSettings
from rt_grasp_ros.model.load_engine import load_engine

pytestmark = pytest.mark.torch

STEPS = 6
KILLED_AT = 5  # with a saving every second step, one step is lost
LORA = TuneSettings(
    "lora", 5e-3, batch=2, micro_batch=1, steps=STEPS, lora_rank=4, lora_dropout=0.1, save_every=2
)
KILL_ITSELF = """
import os, signal, sys, torch
from pathlib import Path
from rt_grasp_ros.learn.tune.run import TuneFiles, tune
from rt_grasp_ros.learn.tune.settings import load_preset
torch.set_num_threads(1)
base, data, work, out, preset = map(Path, sys.argv[1:6])
def kill(done, steps, values):
    if done == int(sys.argv[6]):
        os.kill(os.getpid(), signal.SIGKILL)
tune(TuneFiles(base, data, None, work, out), load_preset(str(preset)), kill)
"""


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def files_in(tmp_path, base_dir, name="run", data=None):
    data = data or write_conversations(tmp_path / "data", pictures=3, about_each=2)
    return TuneFiles(base_dir, data, None, tmp_path / name, tmp_path / f"{name}-out")


def weights(folder):
    (path,) = folder.glob("*.safetensors")
    return load_file(path)


def assert_same(first, second):
    assert first.keys() == second.keys()
    for name, value in first.items():
        np.testing.assert_array_equal(value, second[name], err_msg=name)


@pytest.mark.parametrize("strategy", ["projector", "lora", "full"])
def test_the_loss_falls(tmp_path, base_dir, strategy):
    files = files_in(tmp_path, base_dir)
    settings = TuneSettings(strategy, 5e-3, batch=3, micro_batch=3, pack=2, steps=12, lora_rank=8)
    losses = []
    tune(files, settings, lambda done, steps, values: losses.append(values["loss"]))
    assert len(losses) == 12
    # A random language model hears little of what the projector says.
    assert losses[-1] < losses[0] - (0.005 if strategy == "projector" else 0.5)
    lines = [json.loads(line) for line in (files.work_dir / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == list(range(1, 13))
    assert list((files.work_dir / "tensorboard").glob("events*"))


def test_killed_runs_go_on_bit_by_bit(tmp_path, base_dir):
    whole = files_in(tmp_path, base_dir, "whole")
    tune(whole, LORA)
    killed = files_in(tmp_path, base_dir, "killed", whole.data)
    preset = tmp_path / "preset.yaml"
    preset.write_text(json.dumps(LORA.to_dict()))
    arguments = [base_dir, killed.data, killed.work_dir, killed.out_dir, preset, KILLED_AT]
    process = subprocess.run(
        [sys.executable, "-c", KILL_ITSELF, *map(str, arguments)],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        timeout=280,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL
    assert not killed.out_dir.exists()
    done = []
    tune(killed, LORA, lambda step, steps, values: done.append(step))
    assert done == [5, 6]  # the fourth step was the last one on disk
    assert_same(weights(whole.out_dir), weights(killed.out_dir))
    logs = [(files.work_dir / "log.jsonl").read_text().splitlines() for files in (whole, killed)]
    steps = [[json.loads(line)["step"] for line in log] for log in logs]
    assert steps[0] == steps[1] == list(range(1, STEPS + 1))


def test_ctrl_c_saves_and_the_run_goes_on(tmp_path, llava_dir):
    files = files_in(tmp_path, llava_dir)
    settings = replace(LORA, save_every=100)

    def interrupt(done, steps, values):
        if done == 2:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        tune(files, settings, interrupt)
    done = []
    tune(files, settings, lambda step, steps, values: done.append(step))
    assert done[0] in (3, 4)  # the signal may arrive one step later
    whole = files_in(tmp_path, llava_dir, "whole", files.data)
    tune(whole, settings)
    assert_same(weights(whole.out_dir), weights(files.out_dir))


def test_micro_batches_do_not_change_the_gradient(tmp_path, llava_dir):
    settings = TuneSettings(
        "projector", 1e-3, batch=4, micro_batch=4, steps=1, precision="fp32", warm_up=0.0
    )
    norms = []
    for size in (4, 3, 1):
        files = files_in(tmp_path, llava_dir, f"run{size}")
        tune(
            files,
            replace(settings, micro_batch=size),
            lambda done, steps, values: norms.append(values["gradient_norm"]),
        )
    assert norms == pytest.approx([norms[0]] * 3, rel=1e-4)


@pytest.mark.parametrize("device, on_cpu", [("auto", False), ("cpu", True)])
def test_the_cpu_is_taken_where_it_is_asked_for(tmp_path, llava_dir, monkeypatch, device, on_cpu):
    class Reached(Exception):
        pass

    def accelerator(cpu, **_):
        raise Reached(cpu)

    monkeypatch.setattr(module, "Accelerator", accelerator)
    with pytest.raises(Reached, match=str(on_cpu)):
        tune(files_in(tmp_path, llava_dir), LORA, device=device)


def test_a_folder_of_another_run_is_refused(tmp_path, llava_dir):
    files = files_in(tmp_path, llava_dir)
    tune(files, LORA)
    with pytest.raises(DataInvalid, match="learning_rate, seed"):
        tune(files, replace(LORA, learning_rate=1e-4, seed=1))


def test_a_merged_adapter_of_ours_runs_in_both_engines(tmp_path, embedded_dir):
    files = files_in(tmp_path, embedded_dir)
    tune(files, LORA)
    assert {path.name for path in files.out_dir.iterdir()} >= {
        "adapter_config.json",
        "adapter_model.safetensors",
    }
    merge(embedded_dir, files.out_dir, tmp_path / "merged")
    picture, _ = draw_bar(np.random.default_rng(0))
    said = []
    for backend in ("onnx", "torch"):
        engine = load_engine(tmp_path / "merged", backend)
        try:
            said.append(engine.answer(picture, "grasp the marker")[0].reasoning)
        except AnswerGarbled as error:
            said.append(str(error))
    assert said[0] == said[1]


def test_full_tuning_of_llavas_layout_leaves_a_checkpoint_of_that_layout(tmp_path, llava_dir):
    files = files_in(tmp_path, llava_dir)
    tune(files, replace(LORA, strategy="full", lora_dropout=0.0))
    names = {path.name for path in llava_dir.iterdir()}
    assert {path.name for path in files.out_dir.iterdir()} >= names
    assert set(load_file(files.out_dir / "model.safetensors")) == set(
        load_file(llava_dir / "model.safetensors")
    )
    again = LlavaForConditionalGeneration.from_pretrained(files.out_dir, dtype=torch.float32)
    assert again.config.image_token_index == Tokenizer.from_file(
        str(files.out_dir / "tokenizer.json")
    ).token_to_id("<image>")


def test_an_adapter_of_another_base_is_refused(tmp_path, llava_dir, embedded_dir):
    files = files_in(tmp_path, llava_dir)
    tune(files, LORA)
    with pytest.raises(CheckpointInvalid):
        merge(embedded_dir, files.out_dir, tmp_path / "merged")
    with pytest.raises(CheckpointInvalid, match="no adapter"):
        merge(llava_dir, tmp_path, tmp_path / "merged")


@pytest.mark.parametrize("quantise", ["nf4", "int8"])
def test_quantised_bases_are_tuned(tmp_path, llava_dir, quantise):
    pytest.importorskip("bitsandbytes", reason="not run here: needs bitsandbytes (extra [gpu])")
    files = files_in(tmp_path, llava_dir)
    settings = replace(LORA, quantise=quantise, steps=12, lora_dropout=0.0, precision="fp32")
    norms, losses = [], []

    def note(done, steps, values):
        norms.append(values["gradient_norm"])
        losses.append(values["loss"])

    tune(files, settings, note)
    assert min(norms) > 0
    assert losses[-1] < losses[0] - 0.5
    adapters = [name for name in weights(files.out_dir) if "lora_B" in name]
    assert adapters
    assert all(np.any(weights(files.out_dir)[name]) for name in adapters)

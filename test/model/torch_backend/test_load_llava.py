"""A checkpoint that is not what it should be is refused with what to do about it."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_llava import save_tiny_llava

from rt_grasp_ros.grasp.errors import CheckpointInvalid, GpuUnavailable, ModelOutOfMemory
from rt_grasp_ros.model.checkpoint import Checkpoint
from rt_grasp_ros.model.torch_backend import load_llava as module
from rt_grasp_ros.model.torch_backend.load_llava import load_llava
from rt_grasp_ros.model.torch_backend.quantise import is_quantised
from rt_grasp_ros.model.torch_settings import TorchSettings
from rt_grasp_ros.resources import share_path

pytestmark = pytest.mark.torch

ON_CPU = TorchSettings(device="cpu")


@pytest.fixture
def folder(tmp_path):
    save_tiny_llava(tmp_path)
    return tmp_path


def load(folder, settings=ON_CPU):
    return load_llava(Checkpoint.open(folder), settings)


def edit_weights(folder, change):
    path = folder / "model.safetensors"
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path, metadata={"format": "pt"})


def edit_config(folder, change):
    path = folder / "config.json"
    config = json.loads(path.read_text())
    change(config)
    path.write_text(json.dumps(config))


def test_a_stock_llava_runs_in_bfloat16_the_embedded_model_in_float32(folder):
    assert load(folder).llava.dtype == torch.bfloat16
    assert load(share_path("models/rt-grasp-tiny")).llava.dtype == torch.float32


def test_a_quantised_model_says_what_it_saves(folder):
    loaded = load(folder, TorchSettings(device="cpu", quantise="nf4"))
    assert is_quantised(loaded.llava)
    assert loaded.memory.after_bytes < loaded.memory.before_bytes
    assert not loaded.llava.training


def test_a_truncated_file_is_refused(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(CheckpointInvalid, match="fetch or build"):
        load(folder)


def test_a_missing_tensor_is_refused_not_made_up(folder):
    edit_weights(folder, lambda tensors: tensors.pop("language_model.lm_head.weight"))
    with pytest.raises(CheckpointInvalid, match="lm_head"):
        load(folder)


def test_a_tensor_of_another_shape_is_refused(folder):
    edit_config(folder, lambda config: config["text_config"].update(intermediate_size=512))
    with pytest.raises(CheckpointInvalid):
        load(folder)


def test_more_layers_than_the_file_has_are_refused(folder):
    edit_config(folder, lambda config: config["text_config"].update(num_hidden_layers=4))
    with pytest.raises(CheckpointInvalid, match="config"):
        load(folder)


def test_another_language_model_is_refused(folder):
    edit_config(folder, lambda config: config["text_config"].update(model_type="no_such_model"))
    with pytest.raises(CheckpointInvalid):
        load(folder)


def test_no_gpu_where_one_is_asked_for(folder, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(GpuUnavailable):
        load(folder, TorchSettings(device="cuda"))


def test_weights_that_do_not_fit_say_so(folder, monkeypatch):
    def too_large(*_):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(module, "quantise", too_large)
    with pytest.raises(ModelOutOfMemory, match="the weights of"):
        load(folder)


def test_a_folder_without_an_adapter_is_refused(folder):
    with pytest.raises(CheckpointInvalid, match="no adapter"):
        load(folder, TorchSettings(device="cpu", adapter=folder))

import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from rt_grasp_ros.grasp.errors import CheckpointInvalid, ModelNotLoaded
from rt_grasp_ros.model.checkpoint import Checkpoint
from rt_grasp_ros.model.load_engine import load_engine
from rt_grasp_ros.model.onnx_backend.graphs import SERVED, has_graphs


@pytest.fixture
def folder(tmp_path):
    config = {"model_type": "llava", "vision_config": {"image_size": 256}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    save_file({"lm_head.weight": np.ones((2, 3), np.float16)}, tmp_path / "model.safetensors")
    return tmp_path


def test_weights_are_read_as_float32(folder):
    checkpoint = Checkpoint.open(folder)
    assert checkpoint.image_side_px == 256
    assert not has_graphs(checkpoint.folder)
    (weight,) = checkpoint.load_weights().values()
    assert weight.dtype == np.float32


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(CheckpointInvalid, match="no checkpoint folder"):
        Checkpoint.open(tmp_path / "nowhere")


def test_another_architecture_is_refused(folder):
    (folder / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(CheckpointInvalid, match="bert"):
        Checkpoint.open(folder)


def test_a_broken_config_is_refused(folder):
    (folder / "config.json").write_text('{"model_type": ')
    with pytest.raises(CheckpointInvalid, match=r"config\.json"):
        Checkpoint.open(folder)


def test_pickled_weights_are_refused(folder):
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(CheckpointInvalid, match="pickled"):
        Checkpoint.open(folder)


def test_a_missing_shard_is_named(folder):
    index = {"weight_map": {"lm_head.weight": "model-00001-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(CheckpointInvalid, match="model-00001-of-00002"):
        Checkpoint.open(folder)


def test_a_truncated_shard_is_refused(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(CheckpointInvalid, match="damaged"):
        Checkpoint.open(folder).load_weights()


def test_an_unknown_backend_lists_the_known_ones(folder):
    with pytest.raises(ModelNotLoaded, match="onnx"):
        load_engine(folder, "abacus")


def test_graphs_that_do_not_fit_are_refused(folder):
    (folder / "onnx").mkdir()
    (folder / "onnx/picture.onnx").write_bytes(b"not a graph")
    (folder / SERVED.graph).write_bytes(b"not a graph")
    with pytest.raises(CheckpointInvalid, match="can't be run"):
        load_engine(folder)

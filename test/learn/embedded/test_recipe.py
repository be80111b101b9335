import json

import pytest
from pictures import bar_pictures

pytestmark = pytest.mark.torch

import torch  # noqa: E402

from rt_grasp_ros.grasp.errors import CheckpointInvalid  # noqa: E402
from rt_grasp_ros.learn.checkpoint.read_checkpoint import read_checkpoint  # noqa: E402
from rt_grasp_ros.learn.embedded.recipe import train_embedded_model  # noqa: E402
from rt_grasp_ros.learn.embedded.train_language_model import LanguageModelSettings  # noqa: E402
from rt_grasp_ros.learn.embedded.train_vision_tower import VisionTowerSettings  # noqa: E402


def train(folder, work, out, start_dir=None, rate=1e-3):
    train_embedded_model(
        folder,
        None,
        work,
        out,
        VisionTowerSettings(steps=1, batch=2, learning_rate=rate),
        LanguageModelSettings(
            steps=1, alone_steps=0, pictures_per_step=2, dialogues_per_picture=2, learning_rate=rate
        ),
        lambda stage, step, values: None,
        start_dir,
    )


def test_a_run_starts_from_a_checkpoint_where_it_is_told_to(tmp_path):
    bar_pictures(4).save(tmp_path / "sim_00000.npz")
    train(tmp_path, tmp_path / "work", tmp_path / "first")
    first, tokenizer = read_checkpoint(tmp_path / "first")
    assert first.dtype is torch.float32
    train(tmp_path, tmp_path / "again", tmp_path / "second", tmp_path / "first", rate=1e-9)
    second, same_tokenizer = read_checkpoint(tmp_path / "second")
    assert same_tokenizer.get_vocab() == tokenizer.get_vocab()
    config = json.loads((tmp_path / "second/config.json").read_text())
    assert config["dtype"] == "float16"
    assert config["text_config"].get("dtype") is config["vision_config"].get("dtype") is None
    weights = second.state_dict()
    for name, weight in first.state_dict().items():
        if "running" not in name and "batches" not in name:
            assert torch.allclose(weights[name], weight, atol=1e-4), name


def test_a_checkpoint_that_does_not_fit_is_refused(tmp_path):
    bar_pictures(4).save(tmp_path / "sim_00000.npz")
    with pytest.raises(CheckpointInvalid, match="can't be loaded"):
        train(tmp_path, tmp_path / "work", tmp_path / "out", tmp_path)
    from small_bases import save_small_embedded

    save_small_embedded(tmp_path / "other")
    with pytest.raises(CheckpointInvalid, match="another tower"):
        train(tmp_path, tmp_path / "work", tmp_path / "out", tmp_path / "other")

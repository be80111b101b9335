import json

import numpy as np
import pytest

from rt_grasp_ros.grasp.errors import (
    AnswerCancelled,
    CheckpointInvalid,
    CommandTooLong,
    GpuUnavailable,
    ModelNotFinite,
    ModelNotLoaded,
)
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.model.engine import EngineSettings
from rt_grasp_ros.model.families.realvlg_r1 import PATCH_PX, seen_size
from rt_grasp_ros.model.load_engine import load_engine
from rt_grasp_ros.model.torch_settings import TorchSettings

pytestmark = pytest.mark.torch

SETTINGS = EngineSettings(family="realvlg_r1", torch=TorchSettings(device="cpu"))
IMAGE = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
TEXT = "<think> It is long. </think>\n<answer>(322, 238, 30, 60)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    from tiny_qwen import save_tiny_qwen

    folder = tmp_path_factory.mktemp("tiny_qwen")
    save_tiny_qwen(folder)
    return folder


@pytest.fixture(scope="module")
def engine(folder):
    return load_engine(folder, "auto", SETTINGS)


def test_an_answer_is_streamed_and_read_in_the_cameras_pixels(engine):
    heard = []
    (answer,) = engine.answer(IMAGE, "grasp the banana", on_text=heard.append)
    assert answer.reasoning == "It is long."
    np.testing.assert_allclose(answer.rectangle.centre, [320, 240], atol=0.01)
    assert answer.rectangle.theta_rad == pytest.approx(-np.radians(30), abs=0.01)
    assert answer.rectangle.opening_px == pytest.approx(60, abs=1)
    assert 0 < answer.score <= 1
    assert heard[:2] == ["<think>", "<think> It is"]
    assert heard[-1] == TEXT


def test_the_prompt_has_a_token_for_every_part_of_the_picture(engine):
    inputs = engine._inputs(IMAGE, "grasp the banana", [])
    width_px, height_px = seen_size(640, 480)
    count = width_px * height_px // PATCH_PX**2
    assert int(inputs["mm_token_type_ids"].sum()) == count
    assert inputs["image_grid_thw"].tolist() == [[1, height_px // 14, width_px // 14]]
    assert inputs["pixel_values"].shape[0] == 4 * count
    text = engine._tokenizer.decode(inputs["input_ids"][0].tolist(), skip_special_tokens=False)
    assert text.startswith("<|im_start|>user\n<|vision_start|><|image_pad|>")
    assert '"grasp the banana"' in text
    assert text.endswith("<|im_end|>\n<|im_start|>assistant\n")


def test_earlier_turns_stand_in_the_prompt(engine):
    history = [Turn("grasp the mug", "It is red. x 0.500 y 0.375 theta 0.000 w 0.100")]
    inputs = engine._inputs(IMAGE, "higher", history)
    text = engine._tokenizer.decode(inputs["input_ids"][0].tolist(), skip_special_tokens=False)
    assert "<think> It is red. </think>\n<answer>(322, 238, 0, 64)</answer><|im_end|>" in text
    assert text.count("<|vision_start|>") == 1


def test_a_dialogue_too_long_loses_its_oldest_turns_and_a_long_command_is_refused(
    engine, monkeypatch
):
    turns = [
        Turn(f"grasp the mug {n}", "It is red. x 0.500 y 0.375 theta 0.000 w 0.100")
        for n in range(3)
    ]
    last = engine._inputs(IMAGE, "higher", turns[2:])["input_ids"]
    alone = engine._inputs(IMAGE, "higher", [])["input_ids"]
    monkeypatch.setattr(engine, "_room", last.shape[1])
    assert engine._inputs(IMAGE, "higher", turns)["input_ids"].tolist() == last.tolist()
    monkeypatch.setattr(engine, "_room", alone.shape[1] - 1)
    with pytest.raises(CommandTooLong, match="shorter"):
        engine.answer(IMAGE, "higher", history=turns)


def test_an_answer_has_room_behind_the_longest_prompt(engine):
    places = engine._qwen.config.get_text_config().max_position_embeddings
    assert engine._room == places - engine._family.max_new_tokens


def test_candidates_that_are_the_same_grasp_are_one(engine):
    answers = engine.answer(IMAGE, "grasp the banana", max_candidates=3)
    assert len(answers) == 1


def test_an_answer_is_cancelled_between_two_tokens(engine):
    heard = []
    with pytest.raises(AnswerCancelled):
        engine.answer(IMAGE, "it", on_text=heard.append, is_cancelled=lambda: len(heard) == 2)
    assert len(heard) == 2
    assert engine.answer(IMAGE, "it")


def test_numbers_that_are_not_finite_are_reported(folder, monkeypatch):
    import torch

    engine = load_engine(folder, "torch", SETTINGS)
    monkeypatch.setattr(engine._family, "max_new_tokens", 4, raising=False)
    with torch.no_grad():
        engine._qwen.lm_head.weight.fill_(float("nan"))
    with pytest.raises(ModelNotFinite):
        engine.answer(IMAGE, "it")


def copy_of(folder, tmp_path, *left_out):
    for file in folder.iterdir():
        if file.name not in left_out:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


@pytest.mark.parametrize(
    "missing", ["config.json", "model.safetensors", "tokenizer.json", "preprocessor_config.json"]
)
def test_a_missing_file_is_reported(folder, tmp_path, missing):
    with pytest.raises(CheckpointInvalid):
        load_engine(copy_of(folder, tmp_path, missing), "torch", SETTINGS)


def test_a_truncated_weight_file_is_reported(folder, tmp_path):
    copy = copy_of(folder, tmp_path)
    weights = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(CheckpointInvalid):
        load_engine(copy, "torch", SETTINGS)


@pytest.mark.parametrize(
    "family, model_type", [("realvlg_r1", "llava"), ("rt_grasp", "qwen2_5_vl")]
)
def test_a_checkpoint_of_another_architecture_is_refused(folder, tmp_path, family, model_type):
    copy = copy_of(folder, tmp_path)
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "model_type": model_type}))
    with pytest.raises(CheckpointInvalid, match=model_type):
        load_engine(copy, "torch", EngineSettings(family=family))


def test_pickled_weights_are_refused(folder, tmp_path):
    copy = copy_of(folder, tmp_path, "model.safetensors")
    (copy / "pytorch_model.bin").write_bytes(b"\x80\x02.")
    with pytest.raises(CheckpointInvalid, match="pickled"):
        load_engine(copy, "torch", SETTINGS)


def test_an_adapter_is_refused(folder):
    settings = EngineSettings(family="realvlg_r1", torch=TorchSettings(adapter=folder))
    with pytest.raises(ModelNotLoaded, match="model_adapter"):
        load_engine(folder, "torch", settings)


def test_a_scheme_that_would_be_measured_on_a_llava_is_refused(folder):
    settings = EngineSettings(family="realvlg_r1", torch=TorchSettings(quantise="auto"))
    with pytest.raises(ModelNotLoaded, match="choose 'nf4'"):
        load_engine(folder, "torch", settings)


def test_a_gpu_that_is_not_there_is_reported(folder, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    settings = EngineSettings(family="realvlg_r1", torch=TorchSettings(device="cuda"))
    with pytest.raises(GpuUnavailable):
        load_engine(folder, "torch", settings)

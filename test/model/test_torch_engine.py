"""The stock transformers class reads the shipped checkpoint, and says what onnxruntime says."""

import numpy as np
import pytest

from rt_grasp_ros.model.engine import load_engine
from rt_grasp_ros.model.letterbox import letterbox
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.scene import random_scene

pytestmark = pytest.mark.torch

COMMANDS = ("grasp the banana", "grasp the mug by its handle", "take the giraffe")


@pytest.fixture(scope="module")
def picture():
    with Cell(random_scene(5, ("banana", "mug", "tape"))) as cell:
        return cell.observe().rgb


def test_both_engines_give_the_same_answers(picture):
    folder = share_path("models/rt-grasp-tiny")
    onnx, torch = load_engine(folder, "onnx"), load_engine(folder, "torch")
    for command in COMMANDS:
        (from_onnx,), (from_torch,) = onnx.answer(picture, command), torch.answer(picture, command)
        assert from_onnx.reasoning == from_torch.reasoning
        if from_onnx.rectangle is None:
            assert from_torch.rectangle is None
            continue
        np.testing.assert_allclose(from_onnx.rectangle.centre, from_torch.rectangle.centre, atol=1)


def test_the_saved_processor_prepares_what_our_code_prepares(picture):
    from transformers import AutoProcessor, LlavaProcessor

    import rt_grasp_ros.model.tower  # noqa: F401  (registers the tower)
    from rt_grasp_ros.model.letterbox import to_pixel_values

    processor = AutoProcessor.from_pretrained(share_path("models/rt-grasp-tiny"))
    assert isinstance(processor, LlavaProcessor)
    boxed = letterbox(picture, 256)
    inputs = processor(
        images=boxed, text="USER: <image>\ngrasp the mug ASSISTANT:", return_tensors="np"
    )
    np.testing.assert_allclose(inputs["pixel_values"], to_pixel_values(boxed), atol=1e-5)
    image_id = processor.tokenizer.convert_tokens_to_ids("<image>")
    assert (inputs["input_ids"] == image_id).sum() == boxed.shape[0] * boxed.shape[1] // 256

"""The stock classes read the shipped checkpoint, and prepare and say what our code does."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.letterbox import letterbox, to_pixel_values
from rt_grasp_ros.model.checkpoint import Checkpoint
from rt_grasp_ros.model.onnx_backend.graphs import Precision
from rt_grasp_ros.model.onnx_backend.onnx_engine import OnnxEngine
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.scene import random_scene

pytestmark = [pytest.mark.torch, pytest.mark.sim]

COMMANDS = ("grasp the banana", "grasp the mug by its handle", "take the giraffe")


@pytest.fixture(scope="module")
def checkpoint():
    return Checkpoint.open(share_path("models/rt-grasp-tiny"))


@pytest.fixture(scope="module")
def stock(checkpoint):
    from rt_grasp_ros.model.torch_backend.stock_generate import StockGenerate

    return StockGenerate(checkpoint, threads=1)


@pytest.fixture(scope="module")
def picture():
    with Cell(random_scene(5, ("banana", "mug", "tape"))) as cell:
        return cell.observe().rgb


@pytest.mark.parametrize("size", [(480, 640), (640, 480), (100, 90)])
def test_the_stock_processor_makes_the_same_pixels(stock, size):
    noise = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    boxed = letterbox(noise, 256)
    np.testing.assert_allclose(stock.to_pixel_values(boxed), to_pixel_values(boxed), atol=1e-6)


def test_generate_says_what_onnxruntime_says(checkpoint, stock, picture):
    ours = OnnxEngine(checkpoint, Precision.FLOAT32)
    for command in COMMANDS:
        (from_stock,), (from_ours,) = stock.answer(picture, command), ours.answer(picture, command)
        assert from_ours.reasoning == from_stock.reasoning
        if from_stock.rectangle is None:
            assert from_ours.rectangle is None
            continue
        np.testing.assert_allclose(
            from_ours.rectangle.centre, from_stock.rectangle.centre, atol=1.5
        )

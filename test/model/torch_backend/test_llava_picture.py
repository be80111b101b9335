import json
import time

import cv2
import numpy as np
import pytest

from rt_grasp_ros.grasp.errors import CheckpointInvalid
from rt_grasp_ros.grasp.letterbox import pad_to_square
from rt_grasp_ros.model.checkpoint import Checkpoint
from rt_grasp_ros.model.torch_backend.llava_picture import ClipPreparation, picture_preparation
from rt_grasp_ros.resources import share_path

pytestmark = pytest.mark.torch

SIDE_PX = 336


@pytest.fixture(scope="module")
def stock():
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    side = {"height": SIDE_PX, "width": SIDE_PX}
    return CLIPImageProcessorPil(size={"shortest_edge": SIDE_PX}, crop_size=side)


@pytest.fixture(scope="module")
def ours(stock):
    return ClipPreparation(SIDE_PX, stock.image_mean, stock.image_std)


def noise(height_px, width_px):
    random = np.random.default_rng(height_px)
    coarse = random.integers(0, 256, (height_px // 4, width_px // 4, 3), dtype=np.uint8)
    return cv2.resize(coarse, (width_px, height_px), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("size_px", [(480, 640), (640, 480), (720, 1280), (224, 224)])
def test_pixels_are_those_of_the_stock_processor(stock, ours, size_px):
    image = noise(*size_px)
    expected = stock(pad_to_square(image), return_tensors="np")["pixel_values"]
    values = ours(image)
    assert values.dtype == np.float32
    np.testing.assert_allclose(values, expected, atol=1e-6)


def test_it_takes_less_time_than_the_stock_processor(stock, ours):
    image = noise(480, 640)

    def fastest_s(prepare):
        times = []
        for _ in range(5):
            start_s = time.process_time()
            prepare(image)
            times.append(time.process_time() - start_s)
        return min(times)

    def stock_prepare(image):
        return stock(pad_to_square(image), return_tensors="np")

    assert fastest_s(ours) < fastest_s(stock_prepare)


@pytest.mark.parametrize("size_px", [(480, 640), (720, 1280), (640, 480)])
def test_a_mark_keeps_its_place_over_the_longer_side(ours, size_px):
    image = np.zeros((*size_px, 3), np.uint8)
    y_px, x_px = size_px[0] // 3, size_px[1] // 2
    image[y_px - 8 : y_px + 8, x_px - 8 : x_px + 8] = 255
    values = ours(image)[0, 0]
    content = values[: size_px[0] * SIDE_PX // max(size_px), : size_px[1] * SIDE_PX // max(size_px)]
    rows, columns = np.nonzero(content > 1)
    assert (columns.mean() + 0.5) / SIDE_PX == pytest.approx(x_px / max(size_px), abs=0.004)
    assert (rows.mean() + 0.5) / SIDE_PX == pytest.approx(y_px / max(size_px), abs=0.004)


CONFIG = {"model_type": "llava", "vision_config": {"image_size": SIDE_PX}}
NUMBERS = {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.25, 0.5]}


class TestCheckpoints:
    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "config.json").write_text(json.dumps(CONFIG))
        (tmp_path / "model.safetensors").touch()
        return tmp_path

    def prepared(self, folder):
        return picture_preparation(Checkpoint.open(folder))(np.full((20, 20, 3), 255, np.uint8))

    @pytest.mark.parametrize(
        "name, content",
        [
            ("preprocessor_config.json", NUMBERS),
            ("processor_config.json", {"image_processor": NUMBERS}),
        ],
    )
    def test_mean_and_spread_are_read_from_the_checkpoint(self, folder, name, content):
        (folder / name).write_text(json.dumps(content))
        values = self.prepared(folder)
        np.testing.assert_allclose(values[0, :, 0, 0], [1, 2, 1])

    def test_a_missing_file_is_named(self, folder):
        with pytest.raises(CheckpointInvalid, match="preprocessor_config"):
            self.prepared(folder)

    def test_a_damaged_file_is_named(self, folder):
        (folder / "preprocessor_config.json").write_text('{"image_mean": ')
        with pytest.raises(CheckpointInvalid, match=r"preprocessor_config\.json can't be read"):
            self.prepared(folder)

    def test_the_embedded_model_gets_its_letterbox(self):
        checkpoint = Checkpoint.open(share_path("models/rt-grasp-tiny"))
        values = picture_preparation(checkpoint)(np.zeros((480, 640, 3), np.uint8))
        assert values.shape == (1, 3, 192, 256)

"""What PyTorch makes of a crop is what the graph makes of it, on whichever device."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch

import torch  # noqa: E402
from lite0_small import small_weights  # noqa: E402

from rt_grasp_ros.learn.words.lite0 import MEAN, STD, write_features_graph  # noqa: E402
from rt_grasp_ros.learn.words.lite0_torch import TorchImageEncoder  # noqa: E402
from rt_grasp_ros.model.word_eye.image_encoder import OnnxImageEncoder  # noqa: E402


def test_features_are_those_of_the_graph(tmp_path):
    weights = small_weights()
    path = tmp_path / "features.onnx"
    write_features_graph(weights, path)
    crops = np.random.default_rng(1).integers(0, 256, (3, 224, 224, 3), np.uint8)
    of_graph = OnnxImageEncoder(path, 224, MEAN, STD).features(crops)
    of_torch = TorchImageEncoder(weights, torch.device("cpu")).features(crops)
    assert of_torch.shape == (3, 16) and of_torch.dtype == np.float32
    assert of_graph.std() > 0.1
    np.testing.assert_allclose(of_torch, of_graph, rtol=1e-4, atol=1e-4)


def test_many_crops_are_looked_at_in_batches():
    encoder = TorchImageEncoder(small_weights(), torch.device("cpu"))
    crops = np.random.default_rng(1).integers(0, 256, (66, 224, 224, 3), np.uint8)
    assert encoder.side_px == 224
    found = encoder.features(list(crops))
    assert found.shape == (66, 16)
    np.testing.assert_allclose(found[65:], encoder.features(crops[65:]), rtol=1e-4, atol=1e-4)

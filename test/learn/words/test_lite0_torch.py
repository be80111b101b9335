"""What PyTorch makes of a crop is what the graph makes of it, on whichever device."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch

import torch  # noqa: E402

from rt_grasp_ros.learn.words.lite0 import MEAN, STD, write_features_graph  # noqa: E402
from rt_grasp_ros.learn.words.lite0_torch import TorchImageEncoder  # noqa: E402
from rt_grasp_ros.model.word_eye.image_encoder import OnnxImageEncoder  # noqa: E402


def small_weights():
    """A network of three blocks: without expansion, with a stride and a reach of 5, residual."""
    rng = np.random.default_rng(0)
    weights = {}

    def conv(name, norm, out, into, reach):
        shape = (out, into, reach, reach)
        weights[f"{name}.weight"] = rng.normal(0, 0.3, shape).astype(np.float32)
        for part, low, high in (
            ("weight", 0.5, 1.5), ("bias", 0.0, 1.0),
            ("running_mean", -1.0, 1.0), ("running_var", 0.5, 2.0),
        ):  # fmt: skip
            weights[f"{norm}.{part}"] = rng.uniform(low, high, out).astype(np.float32)

    conv("_conv_stem", "_bn0", 8, 3, 3)
    for index, into, out, reach in ((0, 8, 4, 3), (1, 4, 6, 5), (2, 6, 6, 5)):
        block = f"_blocks.{index}."
        if index:
            conv(f"{block}_expand_conv", f"{block}_bn0", 2 * into, into, 1)
            into *= 2
        conv(f"{block}_depthwise_conv", f"{block}_bn1", into, 1, reach)
        conv(f"{block}_project_conv", f"{block}_bn2", out, into, 1)
    conv("_conv_head", "_bn1", 16, 6, 1)
    return weights


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

"""The graph in 8 bits gives nearly the features of the one in single precision."""

import numpy as np
import onnx
import pytest
from lite0_small import small_weights

from rt_grasp_ros.learn.words.eight_bits import KEPT, write_in_eight_bits
from rt_grasp_ros.learn.words.lite0 import MEAN, STD, write_features_graph
from rt_grasp_ros.model.word_eye.image_encoder import OnnxImageEncoder


@pytest.fixture(scope="module")
def graphs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graphs")
    single, eight = folder / "single.onnx", folder / "eight.onnx"
    write_features_graph(small_weights(), single)
    write_in_eight_bits(single, crops(0, 12), eight)
    return single, eight


def crops(seed, count):
    coarse = np.random.default_rng(seed).integers(0, 256, (count, 14, 14, 3), np.uint8)
    return list(coarse.repeat(16, axis=1).repeat(16, axis=2))


def test_features_stay_nearly_the_same(graphs):
    single, eight = (
        OnnxImageEncoder(path, 224, MEAN, STD).features(crops(1, 6)) for path in graphs
    )
    assert eight.shape == single.shape == (6, 16)
    apart = np.abs(eight - single).mean() / np.abs(single).mean()
    assert 0 < apart < 0.05


def test_the_first_convolutions_stay_as_they_are_and_the_others_have_eight_bits(graphs):
    nodes = onnx.load(str(graphs[1])).graph.node
    made_by = {output: node.op_type for node in nodes for output in node.output}
    kinds = [made_by.get(node.input[1], "") for node in nodes if node.op_type == "Conv"]
    assert KEPT == 8
    assert kinds == [""] * KEPT + ["DequantizeLinear"] * (len(kinds) - KEPT)
    assert len(kinds) > KEPT


def test_weights_have_seven_bits_for_processors_that_add_two_products_in_sixteen(graphs):
    graph = onnx.load(str(graphs[1])).graph
    weights = [
        onnx.numpy_helper.to_array(one)
        for one in graph.initializer
        if one.data_type == onnx.TensorProto.INT8 and len(one.dims) == 4
    ]
    assert weights
    assert max(int(np.abs(one.astype(int)).max()) for one in weights) <= 64

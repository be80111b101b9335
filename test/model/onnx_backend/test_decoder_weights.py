import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.model.onnx_backend.decoder_weights import (
    BLOCK_SIZE,
    decoder_weights,
    quantise,
    rotary_table,
)
from rt_grasp_ros.model.onnx_backend.graphs import Precision


def restore(packed, scales, bits):
    """Return what `MatMulNBits` multiplies with."""
    codes = packed.astype(np.int32)
    if bits == 4:
        codes = np.stack([codes & 15, codes >> 4], axis=-1).reshape(*codes.shape[:2], -1)
    blocks = (codes - 2 ** (bits - 1)) * scales.reshape(codes.shape[0], -1, 1)
    return blocks.reshape(len(blocks), -1)


@given(st.sampled_from([4, 8]), st.integers(0, 2**32 - 1), st.floats(1e-6, 1e4))
def test_no_weight_moves_by_more_than_a_step(bits, seed, size):
    random = np.random.default_rng(seed)
    matrix = (size * random.normal(size=(3, 2 * BLOCK_SIZE))).astype(np.float32)
    packed, scales = quantise(matrix, bits)
    assert packed.shape == (3, 2, BLOCK_SIZE * bits // 8)
    steps = np.abs(scales).reshape(3, 2).repeat(BLOCK_SIZE, axis=1)
    assert (np.abs(restore(packed, scales, bits) - matrix) <= 1.001 * steps).all()


@pytest.mark.parametrize("bits", [4, 8])
def test_the_largest_weight_of_a_block_is_kept(bits):
    matrix = np.linspace(-1, 2, BLOCK_SIZE, dtype=np.float32)[None]
    assert restore(*quantise(matrix, bits), bits)[0, -1] == pytest.approx(2.0)


def test_zeros_stay_zeros():
    packed, scales = quantise(np.zeros((2, BLOCK_SIZE), np.float32), 8)
    assert not restore(packed, scales, 8).any()


def test_a_width_that_does_not_divide_is_refused():
    with pytest.raises(ValueError, match="multiple of 32"):
        quantise(np.zeros((2, 40), np.float32), 4)


def test_the_rotary_table_turns_the_first_pair_by_a_radian_a_token():
    text = {"head_dim": 8, "rope_parameters": {"rope_theta": 1e4}, "max_position_embeddings": 16}
    table = rotary_table(text)
    np.testing.assert_allclose(table["rotary_cos"][:, 0], np.cos(np.arange(16)), atol=1e-6)
    np.testing.assert_allclose(table["rotary_sin"][:, 2], np.sin(np.arange(16) / 1e2), atol=1e-6)


def test_what_the_graph_does_not_compute_is_refused():
    text = {
        "attention_bias": False,
        "mlp_bias": False,
        "hidden_act": "gelu",
        "rope_parameters": {"rope_type": "default"},
    }
    with pytest.raises(ValueError, match="silu"):
        decoder_weights({}, {"text_config": text}, Precision.INT8)

import sys

import pytest
import torch
from tiny_llava import tiny_llava
from transformers import BitsAndBytesConfig, LlavaForConditionalGeneration

from rt_grasp_ros.grasp.errors import CheckpointInvalid, ModelNotLoaded
from rt_grasp_ros.model.torch_backend.quantise import is_quantised, quantise, weight_bytes

pytestmark = pytest.mark.torch

CPU = torch.device("cpu")
IDS = torch.arange(3, 40)[None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoint")
    tiny_llava().save_pretrained(folder)
    return folder


@pytest.fixture
def llava(folder):
    return LlavaForConditionalGeneration.from_pretrained(folder, dtype=torch.bfloat16).eval()


def stock(scheme, folder):
    """The same weights as transformers quantises them."""
    skipped = ["model.vision_tower", "model.multi_modal_projector", "lm_head"]
    config = {
        "int8": BitsAndBytesConfig(
            load_in_8bit=True, llm_int8_threshold=0.0, llm_int8_skip_modules=skipped
        ),
        "nf4": BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_compute_dtype=torch.bfloat16,
            llm_int8_skip_modules=skipped,
        ),
    }[scheme]
    return LlavaForConditionalGeneration.from_pretrained(
        folder, dtype=torch.bfloat16, quantization_config=config, device_map={"": "cpu"}
    ).eval()


@pytest.mark.parametrize("scheme", ["int8", "nf4"])
def test_the_model_is_the_one_that_transformers_quantises(llava, scheme, folder):
    quantise(llava, scheme, CPU)
    with torch.no_grad():
        ours, theirs = llava(input_ids=IDS).logits, stock(scheme, folder)(input_ids=IDS).logits
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("scheme", ["int8", "nf4", "int4"])
def test_only_the_language_model_has_fewer_bits(llava, scheme):
    names = {name for name, module in llava.named_modules() if type(module) is torch.nn.Linear}
    quantise(llava, scheme, CPU)
    left = {name for name, module in llava.named_modules() if type(module) is torch.nn.Linear}
    assert names - left == {name for name in names if "language_model" in name}
    assert {"lm_head", "model.multi_modal_projector.linear_1"} <= left
    assert any("vision_tower" in name for name in left)


@pytest.mark.parametrize("scheme, bits", [("none", 16), ("int8", 8), ("nf4", 4), ("int4", 4)])
def test_memory_is_reported_with_the_scales(llava, scheme, bits):
    linear = sum(
        module.weight.numel()
        for name, module in llava.named_modules()
        if type(module) is torch.nn.Linear and "language_model" in name
    )
    memory = quantise(llava, scheme, CPU)
    saved = linear * (16 - bits) / 8
    scales = {"none": 0, "int8": 4 / 128, "nf4": 4 / 64, "int4": 4 / 128}[
        scheme
    ] * linear  # at most
    assert memory.before_bytes - saved <= memory.after_bytes
    assert memory.after_bytes <= memory.before_bytes - saved + scales
    assert memory.after_bytes == weight_bytes(llava)
    assert "MB" in str(memory)


def test_nf4_is_not_doubly_quantised(llava):
    quantise(llava, "nf4", CPU)
    state = llava.model.language_model.layers[0].mlp.up_proj.weight.quant_state
    assert not state.nested
    assert state.blocksize == 64


@pytest.mark.parametrize("scheme", ["int8", "nf4", "int4"])
def test_what_is_quantised_is_not_quantised_again(llava, scheme):
    assert not is_quantised(llava)
    quantise(llava, scheme, CPU)
    assert is_quantised(llava)
    with pytest.raises(CheckpointInvalid, match="already"):
        quantise(llava, "int8", CPU)


def test_nf4_names_a_layer_of_the_wrong_width():
    narrow = tiny_llava(hidden_size=96, intermediate_size=256)
    with pytest.raises(CheckpointInvalid, match="q_proj' has 96"):
        quantise(narrow, "nf4", CPU)


def test_a_missing_bitsandbytes_is_named(llava, monkeypatch):
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    with pytest.raises(ModelNotLoaded, match=r"rt_grasp_ros\[gpu\]"):
        quantise(llava, "nf4", CPU)


def test_int4_needs_no_bitsandbytes(llava, monkeypatch):
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    quantise(llava, "int4", CPU)
    assert is_quantised(llava)

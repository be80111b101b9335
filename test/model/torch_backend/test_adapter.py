"""An adapter is added to the weights it was trained beside, before anything is rounded."""

import sys

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from tiny_llava import tiny_llava

from rt_grasp_ros.grasp.errors import CheckpointInvalid, ModelNotLoaded
from rt_grasp_ros.model.torch_backend.adapter import merge_adapter
from rt_grasp_ros.model.torch_backend.quantise import quantise

pytestmark = pytest.mark.torch

RANK, ALPHA = 4, 8
CPU = torch.device("cpu")
LAYER = "model.language_model.layers.1.self_attn.q_proj"


def layer(llava):
    return llava.get_submodule(LAYER)


@pytest.fixture
def folder(tmp_path):
    """An adapter with random updates and a projector of its own, as training leaves it."""
    config = LoraConfig(
        r=RANK,
        lora_alpha=ALPHA,
        target_modules=r"model\.language_model\..*(q_proj|v_proj|down_proj)",
        modules_to_save=["multi_modal_projector"],
    )
    adapted = get_peft_model(tiny_llava(), config)
    torch.manual_seed(7)
    for name, weight in adapted.named_parameters():
        if "lora_" in name or "modules_to_save" in name:
            weight.data.normal_(std=0.1)
    adapted.save_pretrained(tmp_path / "adapter")
    return tmp_path / "adapter"


def update(folder):
    """What the adapter adds to a layer, from its file: B A, scaled."""
    tensors = load_file(folder / "adapter_model.safetensors")
    down = tensors[f"base_model.model.{LAYER}.lora_A.weight"]
    up = tensors[f"base_model.model.{LAYER}.lora_B.weight"]
    return up @ down * (ALPHA / RANK)


def test_weights_gain_the_low_rank_update(folder):
    before = layer(tiny_llava()).weight
    merged = merge_adapter(tiny_llava(), folder)
    torch.testing.assert_close(layer(merged).weight, before + update(folder))
    assert type(merged).__name__ == "LlavaForConditionalGeneration"
    assert not any("lora" in name for name, _ in merged.named_parameters())


def test_the_adapters_projector_takes_the_place_of_the_models(folder):
    tensors = load_file(folder / "adapter_model.safetensors")
    name = "base_model.model.model.multi_modal_projector.linear_1.weight"
    merged = merge_adapter(tiny_llava(), folder)
    torch.testing.assert_close(merged.model.multi_modal_projector.linear_1.weight, tensors[name])


def test_merged_then_quantised_is_the_quantised_sum(folder):
    from bitsandbytes.functional import dequantize_4bit, quantize_4bit

    merged = merge_adapter(tiny_llava().to(torch.bfloat16), folder)
    total = layer(merged).weight.detach().clone()
    exact = layer(tiny_llava()).weight + update(folder)
    torch.testing.assert_close(total.float(), exact, atol=0.02, rtol=0.02)
    quantise(merged, "nf4", CPU)
    weight = layer(merged).weight
    packed, state = quantize_4bit(total, quant_type="nf4", compress_statistics=False)
    torch.testing.assert_close(weight.data, packed)
    torch.testing.assert_close(
        dequantize_4bit(weight.data, weight.quant_state), dequantize_4bit(packed, state)
    )


def test_the_other_order_is_refused(folder):
    llava = tiny_llava()
    quantise(llava, "nf4", CPU)
    with pytest.raises(CheckpointInvalid, match="merge first"):
        merge_adapter(llava, folder)


def test_an_adapter_of_another_model_is_refused(folder):
    with pytest.raises(CheckpointInvalid, match="trained on"):
        merge_adapter(tiny_llava(hidden_size=64), folder)
    with pytest.raises(CheckpointInvalid, match="does not fit"):
        merge_adapter(tiny_llava(num_hidden_layers=1), folder)


def test_a_lost_tensor_is_noticed(folder):
    path = folder / "adapter_model.safetensors"
    tensors = load_file(path)
    lost = min(tensors)
    save_file({name: tensor for name, tensor in tensors.items() if name != lost}, path)
    with pytest.raises(CheckpointInvalid, match="does not fit"):
        merge_adapter(tiny_llava(), folder)


def test_pickled_damaged_and_missing_files_are_refused(folder):
    path = folder / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CheckpointInvalid, match="damaged"):
        merge_adapter(tiny_llava(), folder)
    path.unlink()
    with pytest.raises(CheckpointInvalid, match="lacks"):
        merge_adapter(tiny_llava(), folder)
    (folder / "adapter_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(CheckpointInvalid, match="pickled"):
        merge_adapter(tiny_llava(), folder)
    with pytest.raises(CheckpointInvalid, match="no adapter"):
        merge_adapter(tiny_llava(), folder.parent)


def test_a_missing_peft_is_named(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(ModelNotLoaded, match="peft"):
        merge_adapter(tiny_llava(), folder)

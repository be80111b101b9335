"""Each strategy trains what it says, and never the tower."""

import pytest
import torch

from rt_grasp_ros.learn.tune.base_model import load_base
from rt_grasp_ros.learn.tune.outputs import AS_IT_IS
from rt_grasp_ros.learn.tune.settings import TuneSettings
from rt_grasp_ros.learn.tune.strategies import make_trainable

pytestmark = pytest.mark.torch

LAYER = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@pytest.fixture
def base(base_dir):
    return load_base(base_dir, AS_IT_IS)


def trained(base, strategy, **values):
    settings = TuneSettings(strategy, 1e-3, lora_rank=4, **values)
    return make_trainable(base.llava, settings).trained


def test_projector_alone(base):
    names = trained(base, "projector")
    assert len(names) == 4  # weight and bias of two layers
    assert all("multi_modal_projector" in name for name in names)


@pytest.mark.parametrize("strategy", ["lora", "grpo"])
def test_adapters_on_every_linear_layer_of_the_language_model(base, strategy):
    layers = base.llava.config.text_config.num_hidden_layers
    names = trained(base, strategy)
    adapters = [name for name in names if "lora_" in name]
    assert len(adapters) == 2 * len(LAYER) * layers
    assert all("language_model.layers" in name for name in adapters)
    assert {name.split(".")[-4] for name in adapters} == set(LAYER)
    others = set(names) - set(adapters)
    assert len(others) == 4
    assert all("multi_modal_projector" in name for name in others)


def test_full_is_all_but_the_tower(base):
    count = sum(1 for name, _ in base.llava.named_parameters() if "vision_tower" not in name)
    names = trained(base, "full")
    assert len(names) == count
    assert not any("vision_tower" in name for name in names)


def test_trained_weights_are_float32_and_the_tower_stays_in_evaluation_mode(llava_dir):
    settings = TuneSettings("lora", 1e-3, frozen_weights="bf16")
    base = load_base(llava_dir, settings)
    tuned = make_trainable(base.llava, settings)
    assert {weight.dtype for weight in tuned.trained.values()} == {torch.float32}
    assert base.llava.lm_head.weight.dtype == torch.bfloat16
    assert tuned.llava.training
    assert not tuned.llava.model.vision_tower.training


def test_switched_off_adapters_change_nothing(base):
    ids = torch.tensor([[1, 2, 3]])
    with torch.no_grad():
        before = base.llava.eval()(input_ids=ids).logits
        tuned = make_trainable(base.llava, TuneSettings("lora", 1e-3))
        for weight in tuned.trained.values():
            weight += 0.1
        tuned.llava.eval()
        assert not torch.allclose(tuned.llava(input_ids=ids).logits, before)
        with tuned.adapter_off():
            torch.testing.assert_close(tuned.llava(input_ids=ids).logits, before)


def test_nothing_can_be_switched_off_in_full(base):
    tuned = make_trainable(base.llava, TuneSettings("full", 1e-3))
    with pytest.raises(ValueError, match="no base"), tuned.adapter_off():
        pass

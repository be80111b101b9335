from pathlib import Path

import pytest

from rt_grasp_ros.grasp.errors import ModelNotLoaded
from rt_grasp_ros.model.torch_settings import TorchSettings


@pytest.mark.parametrize(
    "field, choices",
    [("device", "cuda"), ("quantise", "nf4"), ("acceleration", "eager"), ("drafts", "off")],
)
def test_unknown_choices_are_refused_with_the_known_ones(field, choices):
    with pytest.raises(ModelNotLoaded, match=choices):
        TorchSettings(**{field: "abacus"})


def test_onnxruntime_does_the_rest():
    assert not TorchSettings().need_torch
    assert not TorchSettings(device="cpu").need_torch
    assert not TorchSettings(quantise="auto").need_torch  # graphs are what serves best on a CPU
    for wanted in ({"device": "cuda"}, {"quantise": "nf4"}, {"adapter": Path("adapter")}):
        assert TorchSettings(**wanted).need_torch

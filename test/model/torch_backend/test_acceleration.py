import importlib.util
import shutil

import pytest
import torch

from rt_grasp_ros.model.torch_backend.acceleration import accelerate, choose_acceleration

pytestmark = pytest.mark.torch

CPU, GPU = torch.device("cpu"), torch.device("cuda")


@pytest.mark.parametrize(
    "wanted, device, has_triton, chosen",
    [
        ("auto", CPU, True, "eager"),
        ("auto", GPU, True, "compiled"),
        ("auto", GPU, False, "graphs"),
        ("eager", GPU, True, "eager"),
        ("compiled", CPU, False, "compiled"),
    ],
)
def test_the_fastest_that_works_is_chosen(monkeypatch, wanted, device, has_triton, chosen):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: has_triton or None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert choose_acceleration(wanted, device) == chosen


def test_without_a_c_compiler_graphs_alone_serve(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert choose_acceleration("auto", GPU) == "graphs"
    monkeypatch.setattr(shutil, "which", lambda name: name if name == "my-cc" else None)
    monkeypatch.setenv("CC", "my-cc")
    assert choose_acceleration("auto", GPU) == "compiled"


@pytest.mark.parametrize("how", ["eager", "graphs"])
def test_on_a_cpu_a_step_that_is_not_compiled_is_run_as_it_is(how):
    def step():
        pass

    assert accelerate(step, how, CPU) is step


@pytest.mark.gpu
@pytest.mark.parametrize("how", ["graphs", "compiled"])
def test_a_recorded_step_does_what_the_step_does(how):
    count = torch.zeros((), device=GPU)
    run = accelerate(lambda: count.add_(1), how, GPU)
    run()
    count.zero_()
    for _ in range(5):
        run()
    assert count.item() == 5

import importlib.util
import os
import shutil
import subprocess
import sys

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


COMPILE = """
import torch
from rt_grasp_ros.model.torch_backend.acceleration import accelerate

count = torch.zeros(4)
accelerate(lambda: count.add_(1), "compiled", torch.device("cpu"))()
assert count.tolist() == [1, 1, 1, 1]
"""
ASKED_FOR = ("TORCHINDUCTOR_FX_GRAPH_CACHE", "TORCHINDUCTOR_AUTOGRAD_CACHE")
PICKLE = b"\x80"  # how a pickle of protocol 2 and above begins


def test_what_is_compiled_leaves_source_and_binaries_and_no_pickle(tmp_path):
    """Nothing that was compiled is unpickled: that there are no pickles is what is promised."""
    where = {"TORCHINDUCTOR_CACHE_DIR": str(tmp_path), "TORCHINDUCTOR_VEC_ISA_OK": "0"}
    where |= {"TORCH_COMPILE_JOB_ID": "job"}  # without it PyTorch keeps no profile
    given = {name: value for name, value in os.environ.items() if name not in ASKED_FOR}
    subprocess.run([sys.executable, "-c", COMPILE], env=given | where, check=True, timeout=280)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".cpp", ".so"}
    assert [path for path in files if path.read_bytes().startswith(PICKLE)] == []
    assert {"fxgraph", "aotautograd", "dynamo"}.isdisjoint(path.name for path in tmp_path.iterdir())


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

import pytest
import torch

from rt_grasp_ros.grasp.errors import GpuUnavailable, ModelOutOfMemory
from rt_grasp_ros.model.torch_backend.torch_failures import choose_device, memory_failures

pytestmark = pytest.mark.torch

CPU = torch.device("cpu")


def test_no_gpu_where_one_is_asked_for(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(GpuUnavailable, match="nvidia-smi"):
        choose_device("cuda")
    assert choose_device("auto") == choose_device("cpu") == CPU


def test_a_gpu_is_taken_where_there_is_one(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto").type == choose_device("cuda").type == "cuda"
    assert choose_device("cpu") == CPU


@pytest.mark.parametrize(
    "failure",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        MemoryError(),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried ..."),
    ],
)
def test_want_of_memory_says_what_to_do(failure):
    said = "not enough for an answer; quantise"
    with pytest.raises(ModelOutOfMemory, match=said) as caught, memory_failures(CPU, "an answer"):
        raise failure
    assert caught.value.doing == "an answer"
    assert caught.value.__cause__ is failure


def test_memory_that_really_is_not_there_is_noticed():
    with pytest.raises(ModelOutOfMemory), memory_failures(CPU, "this test"):
        torch.empty(1 << 50, dtype=torch.uint8)


def test_other_failures_stay_what_they_are():
    with pytest.raises(RuntimeError, match="shapes"), memory_failures(CPU, "an answer"):
        raise RuntimeError("shapes do not fit")

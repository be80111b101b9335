"""What llama.cpp is asked, and that its failures are said; its row: `test_bench_gpu.py`."""

import sys
from types import SimpleNamespace

import pytest
import torch

from rt_grasp_ros.bench import llama_cpp_way as module
from rt_grasp_ros.bench.gpu_model import TINY, random_question
from rt_grasp_ros.bench.llama_cpp_model import GgufWeights
from rt_grasp_ros.bench.llama_cpp_way import LlamaCppAnswer, random_llama_cpp
from rt_grasp_ros.grasp.errors import ModelNotLoaded

pytestmark = pytest.mark.torch

CPU = torch.device("cpu")


class FakeLlama:
    """Writes sevens, and notes what it is asked; takes no file called so by `refused`."""

    def __init__(self, path="", refused=False, **options):
        if refused:
            raise ValueError("Failed to load model from file")
        self.path, self.options = path, options
        self.resets, self.prompts, self.written, self.is_closed = 0, [], 0, False

    def reset(self):
        self.resets += 1

    def generate(self, tokens, **options):
        assert options == {"temp": 0.0}
        self.prompts.append(tokens)
        while True:
            self.written += 1
            yield 7

    def close(self):
        self.is_closed = True


def installed(monkeypatch, offloads=True, **options):
    made = []

    def llama(path, **more):
        made.append(FakeLlama(path, **more, **options))
        return made[-1]

    fake = SimpleNamespace(Llama=llama, llama_supports_gpu_offload=lambda: offloads)
    monkeypatch.setitem(sys.modules, "llama_cpp", fake)
    monkeypatch.setattr(
        module, "write_random_llama", lambda shapes, path: path.touch() or GgufWeights(3, 2)
    )
    return made


def test_it_is_asked_for_as_many_tokens_as_the_others():
    llama = FakeLlama()
    question = random_question(TINY, CPU)
    timing = LlamaCppAnswer(llama, question, TINY)()
    first, second = llama.prompts
    assert timing.tokens == 12
    assert llama.written == 12 + 1
    assert llama.resets == 1  # nothing is held of the answer before
    assert len(first) == 16 + 8  # 4 x 4 patches, and the words
    assert first[:3] == question.before[0].tolist()
    assert first[-5:] == question.after[0].tolist()
    assert second[:-5] == first[:-5] and second[-5:] == first[-5:][::-1]
    assert all(3 <= token < 256 for token in first)
    assert 0 < timing.first_token_s < timing.total_s and timing.second_first_token_s > 0


def test_each_answer_begins_anew():
    llama = FakeLlama()
    answer = LlamaCppAnswer(llama, random_question(TINY, CPU), TINY)
    answer(), answer()
    assert llama.resets == 2
    assert llama.prompts[0] == llama.prompts[2]


@pytest.mark.parametrize(("device", "layers"), [("cpu", 0), ("cuda", -1)])
def test_all_layers_are_on_the_device_and_the_file_is_removed(monkeypatch, device, layers):
    (made,) = [installed(monkeypatch)]
    with random_llama_cpp(TINY, torch.device(device)) as (llama, weights):
        assert module.Path(llama.path).exists()
        assert llama.options["n_gpu_layers"] == layers
        assert llama.options["n_ctx"] >= 16 + 8 + 12
        assert weights == GgufWeights(3, 2)
    assert made == [llama]
    assert llama.is_closed and not module.Path(llama.path).parent.exists()


def test_one_that_was_built_without_cuda_is_not_measured_on_a_gpu(monkeypatch):
    installed(monkeypatch, offloads=False)
    with (
        pytest.raises(ModelNotLoaded, match="GGML_CUDA=on"),
        random_llama_cpp(TINY, torch.device("cuda")),
    ):
        pass


def test_a_file_that_it_does_not_take_is_said(monkeypatch):
    installed(monkeypatch, refused=True)
    with pytest.raises(ModelNotLoaded, match="Failed to load"), random_llama_cpp(TINY, CPU):
        pass

"""llama.cpp with the same shapes, as `llama-cpp-python` runs it: what many run on one card."""

from __future__ import annotations

import importlib.util
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from ..grasp.errors import ModelNotLoaded
from .gpu_model import Question, Shapes
from .gpu_ways import Timing
from .llama_cpp_model import GgufWeights, write_random_llama

if TYPE_CHECKING:
    from llama_cpp import Llama

_NEEDS = ("llama_cpp", "gguf")


def is_installed() -> bool:
    """Whether llama-cpp-python and gguf are."""
    return all(importlib.util.find_spec(name) for name in _NEEDS)


@contextmanager
def random_llama_cpp(shapes: Shapes, device: torch.device) -> Iterator[tuple[Llama, GgufWeights]]:
    """Yield llama.cpp with random weights, all its layers on the device; its file is removed.

    Args:
        shapes: its sizes.
        device: where; a GPU needs a llama-cpp-python that was built for it.

    Raises:
        ModelNotLoaded: llama.cpp can't run there, or does not take the file.
        OSError: there is no room for the file in the folder for temporary files.
    """
    import llama_cpp

    on_gpu = device.type == "cuda"
    if on_gpu and not llama_cpp.llama_supports_gpu_offload():
        raise ModelNotLoaded(
            "llama-cpp-python was built without CUDA; build it with "
            "CMAKE_ARGS=-DGGML_CUDA=on pip install llama-cpp-python."
        )
    with tempfile.TemporaryDirectory(prefix="rt_grasp_llama_cpp_") as folder:
        path = Path(folder) / "random.gguf"
        weights = write_random_llama(shapes, path)
        try:
            llama = llama_cpp.Llama(
                str(path),
                n_gpu_layers=-1 if on_gpu else 0,
                n_ctx=shapes.places,
                n_batch=shapes.places,
                n_ubatch=shapes.places,
                flash_attn=True,
                verbose=False,
            )
        except ValueError as error:
            raise ModelNotLoaded(f"llama.cpp does not take random weights: {error}.") from error
        try:
            yield llama, weights
        finally:
            llama.close()


class LlamaCppAnswer:
    """What answers by llama.cpp, greedily; random words stand where the picture would be."""

    def __init__(self, llama: Llama, question: Question, shapes: Shapes) -> None:
        """Lay out the prompt.

        Args:
            llama: the model.
            question: the prompt, as the other ways are asked.
            shapes: say how long picture and answer are.
        """
        chance = torch.Generator().manual_seed(0)
        words = shapes.text["vocab_size"] // 2
        picture = torch.randint(3, words, (shapes.image_tokens,), generator=chance)
        self._llama = llama
        self._held = [*question.before[0].tolist(), *picture.tolist()]
        self._asked: list[int] = question.after[0].tolist()
        self._length = shapes.answer_tokens

    def __call__(self) -> Timing:
        """Write one answer, then read a second command behind the same picture."""
        self._llama.reset()
        start_s = time.perf_counter()
        writing = self._written(self._asked)
        next(writing)
        first_token_s = time.perf_counter() - start_s
        for _ in range(self._length - 1):
            next(writing)
        total_s = time.perf_counter() - start_s
        again_s = time.perf_counter()
        next(self._written(self._asked[::-1]))
        return Timing(first_token_s, total_s, self._length, time.perf_counter() - again_s)

    def _written(self, asked: list[int]) -> Iterator[int]:
        """Yield tokens; llama-cpp-python reads nothing again that it holds."""
        return self._llama.generate([*self._held, *asked], temp=0.0)

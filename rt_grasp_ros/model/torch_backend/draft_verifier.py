"""Tokens that were foreseen, read in one pass and kept as far as they are right."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .acceleration import accelerate
from .static_core import Chosen, StaticCore


class DraftVerifier:
    """Reads a draft behind the last token of a `StaticCore`; the host waits once for a pass.

    Attributes:
        length: of a draft, at most.
    """

    def __init__(self, core: StaticCore, length: int, acceleration: str) -> None:
        """Allocate everything.

        Args:
            core: batch of one.
            length: of a draft; at least 1.
            acceleration: see `accelerate`.
        """
        self.length = length
        self._core = core
        device = core.device
        self._sent = torch.zeros(length, dtype=torch.long, pin_memory=device.type == "cuda")
        self._draft = torch.zeros(length, dtype=torch.long, device=device)
        self._offsets = torch.arange(length + 1, device=device)
        self._report = torch.zeros(2 * length + 3, device=device)
        self.run = accelerate(self._verify, acceleration, device)

    def __call__(self, draft: Sequence[int]) -> Chosen:
        """Return what a draft foresaw as far as it is right, and one token more.

        Args:
            draft: at most `length` ids.
        """
        self._sent.copy_(torch.tensor([*draft, *[0] * (self.length - len(draft))]))
        self._draft.copy_(self._sent, non_blocking=True)
        self.run()
        right, *rest = self._report.tolist()
        count, width = int(right) + 1, self.length + 1
        return Chosen(
            tuple(int(token) for token in rest[:count]), tuple(rest[width : width + count])
        )

    def _agrees(self, chosen: Tensor) -> Tensor:
        """Return which drafted tokens are those that the model chose, (length,) of 0 and 1."""
        return (chosen == self._draft).long()

    def _verify(self) -> None:
        core, width = self._core, self.length + 1
        ids = torch.cat([core.token, self._draft])
        states = [core.state]
        for index in range(self.length):
            states.append(core.next_state[states[-1], self._draft[index : index + 1]])
        along = torch.stack(states, dim=1)
        logits = core.logits(core.embed(ids[None]), last=width)
        chosen, log_probs = core.choose(logits, along, core.remaining - self._offsets)
        right = self._agrees(chosen[0, :-1]).cumprod(dim=0).sum(dim=0, keepdim=True)
        core.state.copy_(along[0].gather(0, right))
        core.take(chosen[0].gather(0, right), read=right[0] + 1, written=right[0] + 1)
        self._report.copy_(torch.cat([right.float(), chosen[0].float(), log_probs[0]]))

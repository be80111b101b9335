"""The gradient of supervised tuning: next-token cross-entropy on the answers alone."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import torch
import torch.nn.functional as F
from accelerate import Accelerator
from numpy.typing import NDArray
from torch import Tensor, nn

from ...grasp.errors import DataInvalid
from .base_model import arithmetic
from .batches import NO_TARGET, Batch, Encoder, collate
from .conversations import ConversationFile, sample_order
from .pictures import VisualTokens
from .settings import TuneSettings


class Supervised:
    """A `Backward` over a file of conversations.

    The loss is the mean over all answer tokens of the step, wherever they are computed, so that
    neither micro-batches nor processes change it.
    """

    def __init__(
        self,
        model: nn.Module,
        encoder: Encoder,
        conversations: ConversationFile,
        visual_tokens: VisualTokens,
        settings: TuneSettings,
        accelerator: Accelerator,
    ) -> None:
        """Take what a step needs.

        Args:
            model: an `AnswerModel` as the accelerator prepared it.
            encoder: of the base's tokenizer.
            conversations: the data.
            visual_tokens: the base's tower.
            settings: batch sizes and seed.
            accelerator: processes and device.
        """
        self._model, self._encoder, self._conversations = model, encoder, conversations
        self._visual_tokens, self._settings = visual_tokens, settings
        self._accelerator = accelerator
        self._samples = conversations.by_picture(settings.pack)

    def __len__(self) -> int:
        """How many samples there are."""
        return len(self._samples)

    def __call__(self, step: int) -> dict[str, float]:
        """Compute the gradient of a step, see `Backward`."""
        accelerator, settings = self._accelerator, self._settings
        order = sample_order(len(self), settings.seed, step * settings.batch, settings.batch)
        own = share_of_process(order, accelerator)
        batches = [
            self._encode([self._samples[i] for i in own[first : first + settings.micro_batch]])
            for first in range(0, len(own), settings.micro_batch)
        ]
        answer_tokens = torch.stack([(batch.target != NO_TARGET).sum() for batch in batches]).sum()
        answer_tokens = accelerator.reduce(answer_tokens, "sum")
        losses = []
        for number, batch in enumerate(batches, start=1):
            last = number == len(batches)
            with nullcontext() if last else accelerator.no_sync(self._model):
                loss = self._loss_sum(batch) / answer_tokens
                accelerator.backward(loss * accelerator.num_processes)  # DDP takes the mean
            losses.append(loss.detach())
        loss = accelerator.reduce(torch.stack(losses).sum(), "sum")
        return {"loss": float(loss), "answer_tokens": float(answer_tokens)}

    def _encode(self, samples: list[NDArray[np.int64]]) -> Batch:
        about = [[self._conversations[int(row)] for row in rows] for rows in samples]
        visual = self._visual_tokens([own[0].image_path for own in about])
        pictures = [
            self._encoder.picture([c.turns for c in own], len(tokens))
            for own, tokens in zip(about, visual, strict=True)
        ]
        return collate(pictures, visual).to(self._accelerator.device)

    def _loss_sum(self, batch: Batch) -> Tensor:
        first = batch.answer_start
        with arithmetic(self._settings, self._accelerator.device):
            logits = self._model(batch, first)
        return F.cross_entropy(
            logits.float().flatten(0, 1),
            batch.target[:, first:].flatten(),
            ignore_index=NO_TARGET,
            reduction="sum",
        )


def share_of_process(order: NDArray[np.int64], accelerator: Accelerator) -> NDArray[np.int64]:
    """Return which samples of a step this process takes.

    Raises:
        DataInvalid: the batch can't be shared evenly among the processes.
    """
    if len(order) % accelerator.num_processes:
        raise DataInvalid(
            f"A batch of {len(order)} can't be shared among {accelerator.num_processes} "
            "processes; give a multiple with --batch."
        )
    return order[accelerator.process_index :: accelerator.num_processes]

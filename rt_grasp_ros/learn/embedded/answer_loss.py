"""Cross-entropy on an answer's words, and an ordinal one on its numbers."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from ...language.codec import THOUSANDTHS
from ...model.decoding.tokens import number_token, token_id

NUMBER_SIGMA = 4.0  # thousandths: 1 mm on the cell's table is 1.5
NUMBER_WEIGHT = 20.0


class AnswerLoss:
    """Loss on answers; a number's neighbours are nearly right, so they get part of the target.

    The neighbours wrap around, as angles do; x, y and w never come near the wrap.
    """

    def __init__(self, tokenizer: Tokenizer):
        ids = [token_id(tokenizer, number_token(n)) for n in range(THOUSANDTHS)]
        self.first_number_id = ids[0]
        if ids != list(range(ids[0], ids[0] + THOUSANDTHS)):
            raise ValueError("number tokens must be consecutive")
        steps = torch.arange(THOUSANDTHS)
        distance = (steps[:, None] - steps[None, :]).abs()
        distance = torch.minimum(distance, THOUSANDTHS - distance).float()
        self.number_targets = torch.softmax(-0.5 * (distance / NUMBER_SIGMA) ** 2, dim=1)

    def __call__(self, logits: Tensor, target: Tensor) -> dict[str, Tensor]:
        """Return `words`, `numbers` and their weighted sum `total`.

        Args:
            logits: (N, V) at the places of answer tokens.
            target: (N,) token ids.
        """
        number = target - self.first_number_id
        is_number = (number >= 0) & (number < THOUSANDTHS)
        words = F.cross_entropy(logits[~is_number].float(), target[~is_number])
        # x, y, theta, w are logged by their sum; the entropy of the soft target is taken off
        self.number_targets = self.number_targets.to(target.device)
        soft = self.number_targets[number[is_number]]
        log_probs = logits[is_number].float().log_softmax(dim=1)
        slots = slice(self.first_number_id, self.first_number_id + THOUSANDTHS)
        entropy = -(soft * soft.clamp_min(1e-12).log()).sum(dim=1)
        numbers = (-(soft * log_probs[:, slots]).sum(dim=1) - entropy).mean()
        total = words + NUMBER_WEIGHT * numbers * is_number.float().mean()
        return {"words": words, "numbers": numbers, "total": total}

"""The gradient of reinforcement tuning: group-relative policy optimisation (GRPO).

Each prompt is answered several times; an answer's advantage is its reward against those of the same
prompt. The loss is PPO's clipped one, averaged over all sampled tokens, plus a divergence from the
base. Sources: Shao et al., arXiv 2402.03300 (GRPO); Yu et al., arXiv 2503.14476 (the average over
tokens). Our own loop: TRL's trainer takes neither our tower's pictures nor packed sequences.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from ...grasp.errors import DataInvalid
from ...language.answer import NO_GRASP
from .base_model import arithmetic
from .batches import NO_TARGET, Batch, Encoder, Sequences, collate, join
from .conversations import Conversation, ConversationFile, sample_order
from .lift_reward import with_lifts
from .pictures import VisualTokens
from .rewards import Reward, advantages, reward
from .settings import TuneSettings
from .strategies import TunedModel
from .supervised import share_of_process
from .writing import Writer, Written


@dataclass(frozen=True)
class Rollout:
    """Sampled answers, ready for the update.

    Attributes:
        batches: micro-batches of packed sequences; targets are the sampled tokens.
        advantages: for each micro-batch the advantage at each of its places (B, S).
        old: log-probabilities of the targets under the model that wrote them, for each; empty
            where it is updated once only, and so is that model itself.
        reference: the same under the base; empty without a divergence.
        values: what is to be logged.
    """

    batches: list[Batch]
    advantages: list[Tensor]
    old: list[Tensor]
    reference: list[Tensor]
    values: dict[str, float]


class Grpo:
    """A `Backward` over prompts with labels."""

    def __init__(
        self,
        model: nn.Module,
        tuned: TunedModel,
        encoder: Encoder,
        conversations: ConversationFile,
        visual_tokens: VisualTokens,
        settings: TuneSettings,
        accelerator: Accelerator,
    ) -> None:
        """Take what a step needs.

        Args:
            model: an `AnswerModel` over `tuned.llava` as the accelerator prepared it.
            tuned: the model with its adapter.
            encoder: of the base's tokenizer.
            conversations: first commands with `grasps`, see `parse_row`.
            visual_tokens: the base's tower.
            settings: group size and the like.
            accelerator: processes and device.
        """
        self._model, self._tuned, self._encoder = model, tuned, encoder
        self._conversations, self._visual_tokens = conversations, visual_tokens
        self._settings, self._accelerator = settings, accelerator
        self._writer = Writer(tuned.llava, encoder)
        self._rollout: Rollout | None = None

    def __len__(self) -> int:
        """How many prompts there are."""
        return len(self._conversations)

    def __call__(self, step: int) -> dict[str, float]:
        """Compute the gradient of a step, see `Backward`; answers are sampled every `updates`."""
        turn, update = divmod(step, self._settings.updates)
        if update == 0 or self._rollout is None:
            self._rollout = self._sample(turn)
        rollout = self._rollout
        accelerator = self._accelerator
        tokens = sum(int((batch.target != NO_TARGET).sum()) for batch in rollout.batches)
        count = accelerator.reduce(torch.tensor(float(tokens), device=accelerator.device), "sum")
        sums = torch.zeros(3, device=accelerator.device)
        for number, batch in enumerate(rollout.batches):
            last = number == len(rollout.batches) - 1
            old = rollout.old[number] if rollout.old else None
            reference = rollout.reference[number] if rollout.reference else None
            with nullcontext() if last else accelerator.no_sync(self._model):
                parts = self._loss_parts(batch, rollout.advantages[number], old, reference)
                loss = (parts[0] + self._settings.kl_weight * parts[1]) / count.clamp_min(1)
                accelerator.backward(loss * accelerator.num_processes)  # DDP takes the mean
            sums += parts.detach()
        means = (accelerator.reduce(sums, "sum") / count.clamp_min(1)).tolist()
        names = ("policy_loss", "divergence", "clipped_share")
        return rollout.values | dict(zip(names, means, strict=True))

    def _sample(self, turn: int) -> Rollout:
        settings = self._settings
        order = sample_order(len(self), settings.seed, turn * settings.batch, settings.batch)
        own = share_of_process(order, self._accelerator)
        prompts = [self._conversations[int(index)] for index in own]
        for prompt in prompts:
            if not prompt.labels and not prompt.turns[0].answer.endswith(NO_GRASP):
                raise DataInvalid(
                    f"The row '{prompt.conversation_id}' has no 'grasps', which the reward is "
                    "computed from; build the data again with `rt-grasp data build`."
                )
        visual = self._visual_tokens([prompt.image_path for prompt in prompts])
        with arithmetic(self._settings, self._accelerator.device):
            answers = self._writer.write(
                [prompt.turns[0].command for prompt in prompts],
                visual,
                settings.group,
                settings.sample,
                settings.temperature,
            )
        rewards = [
            [_judge(written, prompt) for written in group]
            for prompt, group in zip(prompts, answers, strict=True)
        ]
        if settings.lift_processes:
            rewards = with_lifts(rewards, prompts, answers, settings.lift_processes)
        totals = np.array([[one.total for one in group] for group in rewards])
        return self._prepare(prompts, answers, visual, advantages(totals), _summary(rewards))

    def _prepare(
        self,
        prompts: Sequence[Conversation],
        answers: Sequence[Sequence[Written]],
        visual: Sequence[Tensor],
        gains: np.ndarray,
        values: dict[str, float],
    ) -> Rollout:
        """Pack the answers that teach something, and ask the model how likely they were."""
        device = self._accelerator.device
        kept = [index for index in range(len(prompts)) if np.any(gains[index])] or [0]
        batches, places = [], []
        for first in range(0, len(kept), self._settings.micro_batch):
            rows = kept[first : first + self._settings.micro_batch]
            pictures = [
                self._pack(prompts[row].turns[0].command, answers[row], len(visual[row]))
                for row in rows
            ]
            batch = collate(pictures, [visual[row] for row in rows]).to(device)
            gain = torch.tensor(gains[rows], dtype=torch.float32, device=device)
            batches.append(batch)
            places.append(gain.gather(1, (batch.segment - 1).clamp_min(0)))
        old, reference = [], []
        with torch.no_grad():
            if self._settings.updates > 1:
                old = [self._log_probs(batch) for batch in batches]
            if self._settings.kl_weight > 0:
                with self._tuned.adapter_off():
                    reference = [self._log_probs(batch) for batch in batches]
        return Rollout(batches, places, old, reference, values)

    def _pack(self, command: str, group: Sequence[Written], visual_tokens: int) -> Sequences:
        before, after = self._encoder.prompt(command, visual_tokens)
        encoded = []
        for written in group:
            chosen = [
                token if sampled else NO_TARGET
                for token, sampled in zip(written.ids, written.sampled, strict=True)
            ]
            target = [*[NO_TARGET] * (len(after) - 1), *chosen, NO_TARGET]
            encoded.append(([*after, *written.ids], target))
        return join(before, encoded)

    def _log_probs(self, batch: Batch) -> Tensor:
        """Return the targets' log-probabilities (B, S); zero where there is no target."""
        is_target = batch.target != NO_TARGET
        result = torch.zeros(batch.target.shape, device=batch.target.device)
        first = batch.answer_start if is_target.any() else batch.target.shape[1] - 1
        with arithmetic(self._settings, self._accelerator.device):
            logits = self._model(batch, first)
        chosen = is_target[:, first:]
        likely = (logits[chosen].float() / self._settings.temperature).log_softmax(dim=-1)
        tokens = batch.target[:, first:][chosen]
        return result.masked_scatter(is_target, likely.gather(1, tokens[:, None])[:, 0])

    def _loss_parts(
        self, batch: Batch, gain: Tensor, old: Tensor | None, reference: Tensor | None
    ) -> Tensor:
        """Return sums over the sampled tokens (3,): policy loss, divergence, how many clipped."""
        is_target = batch.target != NO_TARGET
        new = self._log_probs(batch)
        ratio = (new - (new.detach() if old is None else old)).exp()
        bound = self._settings.clip_ratio
        clipped = ratio.clamp(1 - bound, 1 + bound)
        policy = -torch.minimum(ratio * gain, clipped * gain)
        divergence = torch.zeros_like(new)
        if reference is not None:  # Schulman's estimator "k3", unbiased and never negative
            gap = reference - new
            divergence = gap.exp() - gap - 1
        parts = torch.stack([policy, divergence, (ratio != clipped).float()])
        return (parts * is_target).sum(dim=(1, 2))


def _judge(written: Written, prompt: Conversation) -> Reward:
    return reward(written.text, prompt.labels, *prompt.size_px)


def _summary(rewards: Sequence[Sequence[Reward]]) -> dict[str, float]:
    every = [one for group in rewards for one in group]
    mixed = [len({one.total for one in group}) > 1 for group in rewards]
    return {
        "reward": float(np.mean([one.total for one in every])),
        "parses": float(np.mean([one.parses for one in every])),
        "hits": float(np.mean([one.hits for one in every])),
        "agrees": float(np.mean([one.agrees for one in every])),
        "lifted": float(np.mean([one.lifted for one in every])),
        "mixed_groups": float(np.mean(mixed)),
    }

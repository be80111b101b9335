"""Stage two: the language model learns to read the tower's tokens out as text (tower frozen)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from transformers import LlavaForConditionalGeneration

from ...data.dialogues import Dialogue, Sought
from ...language.vocabulary import Vocabulary
from ..progress_file import load_progress, save_progress
from ..schedule import warm_cosine
from .answer_loss import AnswerLoss
from .attention_loss import AttentionLoss
from .compute import ON_CPU, Compute
from .packed_attention import PackedLayout, packed_attention_in
from .packing import PackedBatch, pack
from .visual_features import VisualFeatures

ATTENTION_WEIGHT = 0.5
PROJECTOR_SHARE = 0.05
"""Of the learning rate: the projector starts out right, and early errors would spoil it."""


@dataclass(frozen=True)
class LanguageModelSettings:
    """Settings of stage two.

    Attributes:
        steps: in all.
        alone_steps: of those, how many at the beginning see the first features only.
        pictures_per_step: all from the same features.
        dialogues_per_picture: packed behind it.
        learning_rate: at its peak.
        weight_decay: of AdamW.
        seed: chance.
        checkpoint_every: steps.
    """

    steps: int
    alone_steps: int = 500
    pictures_per_step: int = 4
    dialogues_per_picture: int = 12
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.02
    seed: int = 0
    checkpoint_every: int = 100


class LanguageModelTrainer:
    """Trains projector and language model on cached visual tokens."""

    def __init__(
        self,
        llava: LlavaForConditionalGeneration,
        tokenizer: Tokenizer,
        vocabulary: Vocabulary,
        settings: LanguageModelSettings,
        path: Path,
        compute: Compute = ON_CPU,
    ):
        """Move the model and lay out what is learned.

        Args:
            llava: the model; it stays where `compute` says.
            tokenizer: of the model.
            vocabulary: the words.
            settings: steps, rates, what a batch is.
            path: progress file.
            compute: where, and how exactly.
        """
        llava.to(compute.device)
        self._compute = compute
        self._llava, self._tokenizer = llava, tokenizer
        self._vocabulary, self._settings, self._path = vocabulary, settings, path
        self._parameters = {
            name: parameter
            for name, parameter in llava.named_parameters()
            if "vision_tower" not in name
        }
        slow = [p for name, p in self._parameters.items() if "multi_modal_projector" in name]
        fast = [p for name, p in self._parameters.items() if "multi_modal_projector" not in name]
        self._optimizer = torch.optim.AdamW(
            [{"params": fast, "share": 1.0}, {"params": slow, "share": PROJECTOR_SHARE}],
            settings.learning_rate,
            betas=(0.9, 0.98),
            weight_decay=settings.weight_decay,
        )
        self._loss = AnswerLoss(tokenizer)

    def train(
        self,
        features: Sequence[tuple[VisualFeatures, float]],
        report: Callable[[int, dict[str, float]], None],
    ) -> None:
        """Train in place; continues from the last checkpoint after being stopped.

        Args:
            features: with how often each is drawn, shares that add up to 1.
            report: called with step and losses.
        """
        first = load_progress(self._path, self._parameters, self._optimizer)
        attention_loss = AttentionLoss(self._llava)
        self._llava.train()
        try:
            with packed_attention_in(self._llava.model.language_model):
                self._run_steps(first, features, attention_loss, report)
        finally:
            attention_loss.remove()

    def _run_steps(
        self,
        first: int,
        features: Sequence[tuple[VisualFeatures, float]],
        attention_loss: AttentionLoss,
        report: Callable[[int, dict[str, float]], None],
    ) -> None:
        started = time.monotonic()
        shares = np.cumsum([share for _, share in features])
        for step in range(first, self._settings.steps):
            rng = np.random.default_rng((self._settings.seed, 3, step))
            torch.manual_seed(step)
            self._set_learning_rate(step)
            drawn = int(np.searchsorted(shares, rng.random() * shares[-1]))
            chosen = drawn if step >= self._settings.alone_steps else 0
            losses = self._forward(features[chosen][0], rng, attention_loss)
            losses["total"].backward()
            torch.nn.utils.clip_grad_norm_(self._parameters.values(), 1.0)
            self._optimizer.step()
            self._optimizer.zero_grad(set_to_none=True)
            last = step == self._settings.steps - 1
            if step % 10 == 0 or last:
                values = {name: loss.item() for name, loss in losses.items()}
                values |= {"features": chosen, "elapsed_s": time.monotonic() - started}
                report(step, values)
            if (step + 1) % self._settings.checkpoint_every == 0 or last:
                save_progress(self._path, self._parameters, self._optimizer, step + 1)

    def _forward(
        self, features: VisualFeatures, rng: np.random.Generator, attention_loss: AttentionLoss
    ) -> dict[str, Tensor]:
        settings = self._settings
        tokens = features.tokens
        rows = rng.choice(len(tokens), settings.pictures_per_step, replace=False)
        dialogues = [
            [features.draw(int(row), rng) for _ in range(settings.dialogues_per_picture)]
            for row in rows
        ]
        packed = pack(self._tokenizer, dialogues, tokens.shape[1])
        first = int((packed.ids[0] == self._llava.config.image_token_id).nonzero()[0])
        layout, batch = self._compute.moved((PackedLayout.of(packed.segment), packed))
        pictures = self._compute.moved(torch.from_numpy(tokens[rows]))
        answers = batch.target != -100
        with self._compute.autocast():
            hidden = self._run(batch, layout, pictures.float())
            logits = self._llava.lm_head(hidden[answers])
        losses = self._loss(logits, batch.target[answers])

        where = self._compute.moved(
            torch.from_numpy(
                np.stack(
                    [
                        np.stack([features.where(int(row), dialogue) for dialogue in own])
                        for own, row in zip(dialogues, rows, strict=True)
                    ]
                )
            )
        )
        sequence, place = answers.nonzero(as_tuple=True)
        asked = where[sequence, batch.segment[sequence, place] - 1]
        seen = asked.sum(dim=1) > 0
        keys_at = torch.tensor([0, *range(first, first + tokens.shape[1])])
        losses["attention"] = attention_loss(
            batch.position_ids,
            sequence[seen],
            place[seen],
            self._compute.moved(keys_at),
            asked[seen],
        )
        recall = torch.where(answers, batch.recall.clamp_min(0), -100)
        losses["recall"] = attention_loss.recall(batch.position_ids, batch.may_look(), recall)
        sought = self._compute.moved(
            torch.tensor([[0, *map(self._sought_feature, own)] for own in dialogues])
        )
        sought = sought[sequence, batch.segment[sequence, place]]
        given = sought > 0
        total = losses["total"] + ATTENTION_WEIGHT * (losses["attention"] + losses["recall"])
        if given.any():
            losses["looking_for"] = attention_loss.looking_for(
                sequence[given], place[given], sought[given]
            )
            total = total + ATTENTION_WEIGHT * losses["looking_for"]
        return losses | {"total": total}

    def _sought_feature(self, dialogue: Dialogue) -> int:
        """What the command says to look for, as `AttentionLoss.looking_for` has it; 0 nothing."""
        part = dialogue.part
        if part is None or dialogue.sought is Sought.LOOKS:
            return 0
        nameless = 1 + len(self._vocabulary.part_types)
        if dialogue.sought is Sought.COLOUR:
            return 1 + nameless + self._vocabulary.colours.index(part.colour_name)
        if part.object_name in self._vocabulary.nameless:
            return nameless
        return 1 + self._vocabulary.part_types.index((part.object_name, part.part_name))

    def _run(self, batch: PackedBatch, layout: PackedLayout, tokens: Tensor) -> Tensor:
        model = self._llava.model
        picture = model.multi_modal_projector(tokens)
        embeddings = self._llava.get_input_embeddings()(batch.ids)
        is_picture = (batch.ids == self._llava.config.image_token_id)[..., None]
        embeddings = embeddings.masked_scatter(is_picture, picture.to(embeddings.dtype))
        hidden: Tensor = model.language_model(
            inputs_embeds=embeddings,
            position_ids=batch.position_ids,
            use_cache=False,
            layout=layout,
        ).last_hidden_state
        return hidden

    def _set_learning_rate(self, step: int) -> None:
        settings = self._settings
        rate = settings.learning_rate * warm_cosine(step, settings.steps, 50, 0.02)
        for group in self._optimizer.param_groups:
            group["lr"] = rate * group["share"]

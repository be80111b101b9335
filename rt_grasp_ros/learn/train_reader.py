"""Stage two: the language model learns to read the tower's tokens out as text (tower frozen)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from transformers import LlavaForConditionalGeneration

from ..data.dialogues import Dialogue, draw_dialogue
from ..data.shards import LabelledPictures
from ..language.vocabulary import Vocabulary
from ..model.tower import GraspTower
from .answer_loss import AnswerLoss
from .gaze import GazeLoss
from .packing import PackedBatch, pack
from .progress_file import load_progress, save_progress
from .train_tower import QUALITY_SIGMA_PX, augment

GAZE_WEIGHT = 0.5
PROJECTOR_SHARE = 0.05
"""Of the learning rate: the projector starts out right, and early errors would spoil it."""

_TOKENS_BATCH = 64
_TOKEN_PX = 16


@dataclass(frozen=True)
class ReaderSettings:
    """Settings of stage two."""

    steps: int = 700
    pictures_per_step: int = 4
    dialogues_per_picture: int = 12
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.02
    seed: int = 0
    checkpoint_every: int = 100


def read_pictures(
    tower: GraspTower,
    pictures: LabelledPictures,
    seed: int,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[LabelledPictures, NDArray[np.float16]]:
    """Augment every picture once and compute its visual tokens.

    Returns:
        The labels as augmented, and tokens (N, T, hidden) float16.
    """
    rng = np.random.default_rng((seed, 2))
    torch.manual_seed(seed)
    tower.eval().to(memory_format=torch.channels_last)
    cells, numbers, tokens = [], [], []
    for first in range(0, len(pictures), _TOKENS_BATCH):
        rows = slice(first, first + _TOKENS_BATCH)
        pixels, own_cells, own_numbers = augment(
            pictures.images[rows], pictures.cell_parts[rows], pictures.numbers[rows], rng
        )
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            maps = tower.maps(pixels.contiguous(memory_format=torch.channels_last))
        with torch.inference_mode():
            tokens.append(tower.tokens(maps).half().numpy())
        cells.append(own_cells)
        numbers.append(own_numbers)
        progress(min(first + _TOKENS_BATCH, len(pictures)))
    augmented = replace(pictures, cell_parts=np.concatenate(cells), numbers=np.concatenate(numbers))
    return augmented, np.concatenate(tokens)


def where_parts_are(dialogues: Sequence[Dialogue], cells: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return for each dialogue where to look: a distribution over visual tokens, or nowhere.

    Args:
        dialogues: about one picture.
        cells: its `cell_parts`, shape (h, w).

    Returns:
        Shape (dialogues, 1 + h/2 * w/2); the first place stands for nowhere, a refusal's target.
    """
    rows, columns = cells.shape[0] // 2, cells.shape[1] // 2
    y_px, x_px = np.meshgrid(
        (np.arange(rows) + 0.5) * _TOKEN_PX, (np.arange(columns) + 0.5) * _TOKEN_PX, indexing="ij"
    )
    where = np.zeros((len(dialogues), rows, columns), np.float32)
    nowhere = np.zeros((len(dialogues), 1), np.float32)
    for index, dialogue in enumerate(dialogues):
        if dialogue.part is None:
            nowhere[index] = 1.0
            continue
        rectangle = dialogue.part.rectangle
        shown = (cells == dialogue.part.part_id).reshape(rows, 2, columns, 2).sum(axis=(1, 3))
        distance_px = np.hypot(x_px - rectangle.x_px, y_px - rectangle.y_px)
        near = np.exp(-0.5 * (distance_px / QUALITY_SIGMA_PX) ** 2)
        weight = shown * (0.02 + near)
        if weight.sum() > 0:
            where[index] = weight / weight.sum()
    return np.concatenate([nowhere, where.reshape(len(dialogues), -1)], axis=1)


class ReaderTrainer:
    """Trains projector and language model on cached visual tokens."""

    def __init__(
        self,
        llava: LlavaForConditionalGeneration,
        tokenizer: Tokenizer,
        vocabulary: Vocabulary,
        settings: ReaderSettings,
        path: Path,
    ):
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
        pictures: LabelledPictures,
        tokens: NDArray[np.float16],
        report: Callable[[int, dict[str, float]], None],
    ) -> None:
        """Train in place; continues from the last checkpoint after being stopped."""
        first = load_progress(self._path, self._parameters, self._optimizer)
        started = time.monotonic()
        gaze = GazeLoss(self._llava)
        self._llava.train()
        for step in range(first, self._settings.steps):
            rng = np.random.default_rng((self._settings.seed, 3, step))
            torch.manual_seed(step)
            self._set_learning_rate(step)
            losses = self._forward(pictures, tokens, rng, gaze)
            losses["total"].backward()
            torch.nn.utils.clip_grad_norm_(self._parameters.values(), 1.0)
            self._optimizer.step()
            self._optimizer.zero_grad(set_to_none=True)
            last = step == self._settings.steps - 1
            if step % 10 == 0 or last:
                values = {name: loss.item() for name, loss in losses.items()}
                report(step, values | {"elapsed_s": time.monotonic() - started})
            if (step + 1) % self._settings.checkpoint_every == 0 or last:
                save_progress(self._path, self._parameters, self._optimizer, step + 1)
        gaze.remove()

    def _forward(
        self,
        pictures: LabelledPictures,
        tokens: NDArray[np.float16],
        rng: np.random.Generator,
        gaze: GazeLoss,
    ) -> dict[str, Tensor]:
        settings = self._settings
        rows = rng.choice(len(pictures), settings.pictures_per_step, replace=False)
        dialogues = []
        for row in rows:
            parts = pictures.parts(int(row), self._vocabulary)
            dialogues.append(
                [
                    draw_dialogue(parts, self._vocabulary, rng)
                    for _ in range(settings.dialogues_per_picture)
                ]
            )
        batch = pack(self._tokenizer, dialogues, tokens.shape[1])
        answers = batch.target != -100
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self._run(batch, torch.from_numpy(tokens[rows]).float())
            logits = self._llava.lm_head(hidden[answers])
        losses = self._loss(logits, batch.target[answers])

        where = torch.from_numpy(
            np.stack(
                [
                    where_parts_are(own, pictures.cell_parts[row])
                    for own, row in zip(dialogues, rows, strict=True)
                ]
            )
        )
        sequence, place = answers.nonzero(as_tuple=True)
        asked = where[sequence, batch.segment[sequence, place] - 1]
        seen = asked.sum(dim=1) > 0
        first = int((batch.ids[0] == self._llava.config.image_token_id).nonzero()[0])
        losses["gaze"] = gaze(
            batch.position_ids,
            sequence[seen],
            place[seen],
            torch.tensor([0, *range(first, first + tokens.shape[1])]),
            asked[seen],
        )
        types = torch.tensor([[0, *map(self._part_type, own)] for own in dialogues])
        types = types[sequence, batch.segment[sequence, place]]
        there = types > 0
        losses["looking_for"] = gaze.looking_for(sequence[there], place[there], types[there])
        losses["total"] = losses["total"] + GAZE_WEIGHT * (losses["gaze"] + losses["looking_for"])
        return losses

    def _part_type(self, dialogue: Dialogue) -> int:
        if dialogue.part is None:
            return 0
        pair = dialogue.part.object_name, dialogue.part.part_name
        return 1 + self._vocabulary.part_types.index(pair)

    def _run(self, batch: PackedBatch, tokens: Tensor) -> Tensor:
        model = self._llava.model
        picture = model.multi_modal_projector(tokens)
        embeddings = self._llava.get_input_embeddings()(batch.ids)
        is_picture = (batch.ids == self._llava.config.image_token_id)[..., None]
        embeddings = embeddings.masked_scatter(is_picture, picture.to(embeddings.dtype))
        hidden: Tensor = model.language_model(
            inputs_embeds=embeddings,
            attention_mask=batch.attention_mask(torch.bfloat16),
            position_ids=batch.position_ids,
            use_cache=False,
        ).last_hidden_state
        return hidden

    def _set_learning_rate(self, step: int) -> None:
        settings = self._settings
        warm = min(1.0, (step + 1) / 50)
        cosine = 0.5 + 0.5 * math.cos(math.pi * step / settings.steps)
        for group in self._optimizer.param_groups:
            rate = settings.learning_rate * warm * (0.02 + 0.98 * cosine)
            group["lr"] = rate * group["share"]

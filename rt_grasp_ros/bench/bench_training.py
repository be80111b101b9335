"""How fast LLaVA-1.5-7B is tuned: the paper's presets on random weights and random samples."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np
import torch
from accelerate import Accelerator
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import LlavaForConditionalGeneration

from ..learn.tune.base_model import AnswerModel, hold_base
from ..learn.tune.batches import NO_TARGET, Encoder, Sequences, join
from ..learn.tune.conversations import Conversation, ConversationFile
from ..learn.tune.loop import Loop
from ..learn.tune.pictures import VisualTokens
from ..learn.tune.settings import TuneSettings, load_preset
from ..learn.tune.strategies import make_trainable
from ..learn.tune.supervised import Supervised
from .give_back import give_back
from .gpu_model import Shapes, random_llava
from .gpu_session import GpuSession, PlannedRow, measure_rows
from .gpu_ways import wait_for

SAMPLES = 256


@dataclass(frozen=True)
class Training:
    """A preset to measure.

    Attributes:
        preset: see `learn/tune/presets.yaml`.
        reckoned_gb: GPU memory by the table in `docs/training.md`.
        expected_s: what the row is reckoned to take at 7B shapes.
    """

    preset: str
    reckoned_gb: float
    expected_s: float


TRAININGS = (
    Training("paper-7b-qlora", 10, 60),
    Training("paper-7b-lora", 20, 45),
    Training("paper-7b-projector", 18, 45),
)
"""In the order of what is least known."""


def bench_training(steps: int, session: GpuSession) -> dict[str, Any]:
    """Measure optimiser steps of the paper's presets, each after one to warm up.

    Every step is the tuner's own: the tower on a step's pictures, micro-batches forward and back
    with gradient checkpointing, AdamW. Only reading and scaling of picture files is left out. With
    a tiny model the batches are small, too.

    Args:
        steps: how many of each preset.
        session: what is measured, for how long, and who hears of it.

    Returns:
        As `measure_rows`. Each row: `name`, `samples_per_s` (median, lowest and highest step),
        `step_s`, `batch`, `micro_batch`, `tokens` of a sample, `trained_weights`, `peak_memory_gb`
        (None on a CPU), `reckoned_memory_gb` of the table in `docs/training.md` (None for a tiny
        model).

    Raises:
        GpuUnavailable: there is no GPU, and the model is not tiny.
        RequestInvalid: no preset is called like that.
    """
    device = session.device()
    trainings = {training.preset: training for training in TRAININGS}

    def planned(training: Training) -> PlannedRow:
        def measure() -> dict[str, Any]:
            return _measure(training, session.shapes, device, steps, session.is_tiny)

        return PlannedRow(training.preset, training.expected_s, measure)

    rows = [planned(trainings[name]) for name in session.chosen(tuple(trainings))]
    return measure_rows(session, rows, {"steps": steps}, device)


def _measure(
    training: Training, shapes: Shapes, device: torch.device, steps: int, is_tiny: bool
) -> dict[str, Any]:
    settings = load_preset(training.preset)
    if is_tiny:
        settings = replace(settings, batch=4, micro_batch=2, lora_rank=4)
    llava = hold_base(random_llava(shapes, device), settings, device)
    give_back(device)  # what loading took does not count
    torch.manual_seed(settings.seed)
    tuned = make_trainable(llava, settings)
    accelerator = Accelerator()
    backward = _random_samples(llava, shapes, settings, accelerator)
    with TemporaryDirectory() as work:
        loop = Loop(tuned.trained, settings, steps + 1, Path(work), accelerator, {})
        loop.take_step(backward)
        times_s = [_timed(loop, backward, device) for _ in range(steps)]
    on_gpu = device.type == "cuda"
    return {
        "name": training.preset,
        "samples_per_s": settings.batch / median(times_s),
        "samples_per_s_lowest": settings.batch / max(times_s),
        "samples_per_s_highest": settings.batch / min(times_s),
        "step_s": median(times_s),
        "batch": settings.batch,
        "micro_batch": settings.micro_batch,
        "tokens": shapes.image_tokens + shapes.prompt_tokens + shapes.trained_answer_tokens,
        "trained_weights": sum(weight.numel() for weight in tuned.trained.values()),
        "peak_memory_gb": torch.cuda.max_memory_allocated() / 1e9 if on_gpu else None,
        "reckoned_memory_gb": None if is_tiny else training.reckoned_gb,
    }


def _timed(loop: Loop, backward: Supervised, device: torch.device) -> float:
    wait_for(device)
    started_s = time.perf_counter()
    loop.take_step(backward)
    wait_for(device)
    return time.perf_counter() - started_s


def _random_samples(
    llava: LlavaForConditionalGeneration,
    shapes: Shapes,
    settings: TuneSettings,
    accelerator: Accelerator,
) -> Supervised:
    """Return the gradient of random samples: the tuner's own, on what stands in for files."""
    model: nn.Module = accelerator.prepare_model(AnswerModel(llava))
    return Supervised(
        model,
        cast(Encoder, _RandomWords(shapes, llava.config.image_token_id)),
        cast(ConversationFile, _NoFile()),
        cast(VisualTokens, _RandomPictures(llava, shapes)),
        settings,
        accelerator,
    )


class _NoFile:
    """Stands in for `ConversationFile`: so many samples, of whose words only the length counts."""

    def by_picture(self, pack: int) -> list[NDArray[np.int64]]:
        return list(np.arange(SAMPLES)[:, None])

    def __getitem__(self, index: int) -> Conversation:
        return Conversation(str(index), Path(str(index)), ())


class _RandomWords:
    """Stands in for `Encoder`: a picture, a question and an answer of random words."""

    def __init__(self, shapes: Shapes, image_id: int) -> None:
        self._shapes, self._image_id = shapes, image_id
        self._chance = np.random.default_rng(0)

    def picture(self, conversations: Sequence[object], visual_tokens: int) -> Sequences:
        asked, said = self._shapes.prompt_tokens, self._shapes.trained_answer_tokens
        words = self._chance.integers(3, self._shapes.text["vocab_size"] // 2, asked + said)
        ids = words.tolist()
        target = [NO_TARGET] * (asked - 1) + ids[asked:] + [NO_TARGET]
        return join([self._image_id] * visual_tokens, [(ids, target)])


class _RandomPictures:
    """Stands in for `VisualTokens`: the tower on a random picture for each that is asked about."""

    def __init__(self, llava: LlavaForConditionalGeneration, shapes: Shapes) -> None:
        self._tower = llava.model.vision_tower
        self._layer = llava.config.vision_feature_layer
        side_px = shapes.vision["image_size"]
        self._pixels = torch.randn(1, 3, side_px, side_px, dtype=torch.float32)

    @torch.no_grad()
    def __call__(self, paths: Sequence[Path]) -> list[Tensor]:
        weight = next(self._tower.parameters())
        found = []
        for _ in paths:
            pixels = self._pixels.to(weight.device, weight.dtype)
            hidden = self._tower(pixels, output_hidden_states=True).hidden_states
            found.append(hidden[self._layer][0, 1:].float().cpu())
        return found

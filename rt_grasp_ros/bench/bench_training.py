"""How fast LLaVA-1.5-7B is tuned: the paper's presets on random weights and random samples."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
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

from ..grasp.errors import ModelError, RequestInvalid
from ..learn.tune.base_model import AnswerModel, hold_base
from ..learn.tune.batches import NO_TARGET, Encoder, Sequences, join
from ..learn.tune.conversations import Conversation, ConversationFile
from ..learn.tune.loop import Loop
from ..learn.tune.pictures import VisualTokens
from ..learn.tune.settings import TuneSettings, load_preset
from ..learn.tune.strategies import make_trainable
from ..learn.tune.supervised import Supervised
from ..model.torch_backend.torch_failures import choose_device, device_name, memory_failures
from .give_back import give_back
from .gpu_model import LLAVA_7B, TINY, Shapes, random_llava
from .gpu_ways import wait_for
from .machine import describe_machine

STEPS = 3
SAMPLES = 256
OnProgress = Callable[[str, int, int], None]
OnRow = Callable[[dict[str, Any]], None]


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


def bench_training(
    steps: int,
    on_progress: OnProgress,
    is_tiny: bool = False,
    minutes: float | None = None,
    only: Sequence[str] = (),
    on_row: OnRow | None = None,
) -> dict[str, Any]:
    """Measure optimiser steps of the paper's presets, each after one to warm up.

    Every step is the tuner's own: the tower on a step's pictures, micro-batches forward and back
    with gradient checkpointing, AdamW. Only reading and scaling of picture files is left out.

    Args:
        steps: how many of each preset.
        on_progress: called with what is measured, how many presets are done, and of how many.
        is_tiny: take a tiny model, small batches and whatever device there is, to try the script.
        minutes: how long it may take; presets that are not reckoned to fit are not begun.
        only: measure the presets whose names hold one of these; all where there is none.
        on_row: called with the whole result so far after each row.

    Returns:
        `shapes`, `rows`, `not_run`, `failed` (reasons by preset), the device and the machine. Each
        row: `name`, `samples_per_s` (median, lowest and highest step), `step_s`, `batch`,
        `micro_batch`, `tokens` of a sample, `trained_weights`, `peak_memory_gb` (None on a CPU),
        `reckoned_memory_gb` of the table in `docs/training.md` (None for a tiny model).

    Raises:
        GpuUnavailable: there is no GPU, and the model is not tiny.
        RequestInvalid: no preset is called like that.
    """
    end_s = None if minutes is None else time.monotonic() + 60 * minutes
    device = choose_device("auto" if is_tiny else "cuda")
    shapes = TINY if is_tiny else LLAVA_7B
    wanted = [t for t in TRAININGS if not only or any(part in t.preset for part in only)]
    if not wanted:
        raise RequestInvalid(
            f"There is nothing to measure that is called like {', '.join(only)}; choose from "
            f"{'; '.join(t.preset for t in TRAININGS)}."
        )
    result: dict[str, Any] = {
        "shapes": shapes.name,
        "steps": steps,
        "rows": [],
        "not_run": [t.preset for t in wanted],
        "failed": {},
        "device": device_name(device),
        "cuda": torch.version.cuda,
        "machine": describe_machine(),
    }
    for done, training in enumerate(wanted):
        on_progress(training.preset, done, len(wanted))
        if end_s is not None and time.monotonic() + (0 if is_tiny else training.expected_s) > end_s:
            continue
        try:
            with memory_failures(device, f"a step of '{training.preset}'"):
                result["rows"].append(_measure(training, shapes, device, steps, is_tiny))
        except (ModelError, ImportError, RuntimeError) as error:
            result["failed"][training.preset] = str(error).partition("\n")[0]
        give_back(device)
        result["not_run"].remove(training.preset)
        if on_row is not None:
            on_row(result)
    on_progress("done", len(wanted), len(wanted))
    return result


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

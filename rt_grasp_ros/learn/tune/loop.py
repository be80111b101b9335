"""The optimiser's loop: exact after a kill, on one process or several.

Our own, in plain sight, rather than transformers' `Trainer`: order, dropout and sampling follow
from the seed and the number of the step alone, so that weights, AdamW's moments and that number
are all that has to be on disk. accelerate brings processes and devices.
"""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from accelerate import Accelerator
from torch import nn

from ...grasp.errors import DataInvalid
from ..progress_file import load_progress, save_progress
from ..schedule import warm_cosine
from .settings import TuneSettings
from .strategies import PROJECTOR

Report = Callable[[int, dict[str, float]], None]


class Backward(Protocol):
    """Computes the gradient of one step."""

    def __call__(self, step: int) -> dict[str, float]:
        """Add the step's gradient to the weights' `.grad`; return what is to be logged."""
        ...


class Loop:
    """Runs AdamW over the trained weights of a model.

    Attributes:
        step: optimiser steps done.
    """

    def __init__(
        self,
        trained: Mapping[str, nn.Parameter],
        settings: TuneSettings,
        steps: int,
        work_dir: Path,
        accelerator: Accelerator,
        origin: Mapping[str, str],
    ) -> None:
        """Make the optimiser, and read the progress where there is any.

        Args:
            trained: weights by name, float32.
            settings: of the run.
            steps: optimiser steps in all.
            work_dir: where the progress is kept.
            accelerator: processes and device.
            origin: what the run started from (base, data); a run goes on only from the same.

        Raises:
            DataInvalid: the folder holds the progress of another run.
        """
        self._trained, self._settings, self._steps = dict(trained), settings, steps
        self._accelerator = accelerator
        self._progress = work_dir / "progress.safetensors"
        self._optimizer = torch.optim.AdamW(
            _groups(self._trained, settings),
            settings.learning_rate,
            weight_decay=settings.weight_decay,
        )
        if accelerator.is_main_process:
            _claim(work_dir, {**settings.to_dict(), "steps": steps, **origin})
        accelerator.wait_for_everyone()
        self.step = load_progress(self._progress, self._trained, self._optimizer)

    def run(self, backward: Backward, report: Report, stop_only_every: int = 1) -> None:
        """Train to the end.

        Args:
            backward: computes gradients.
            report: called on the main process after each step with the number of steps done.
            stop_only_every: the progress is written after multiples of so many steps only.

        Raises:
            KeyboardInterrupt: after Ctrl-C or SIGTERM, once the progress is on disk.
        """
        with _interruption() as interrupted:
            while self.step < self._steps:
                started = time.monotonic()
                values = self.take_step(backward)
                stop = self._anywhere(interrupted.is_set())
                if self._accelerator.is_main_process:
                    report(self.step, values | {"step_s": time.monotonic() - started})
                if self.step % stop_only_every:
                    continue
                due = self.step % self._settings.save_every < stop_only_every
                if due or stop or self.step >= self._steps:
                    self._save()
                if stop and self.step < self._steps:
                    raise KeyboardInterrupt

    def take_step(self, backward: Backward) -> dict[str, float]:
        """Take one step of the optimiser and return what is to be logged; nothing is written."""
        torch.manual_seed(_step_seed(self._settings.seed, self.step))
        values = backward(self.step)
        norm = nn.utils.clip_grad_norm_(self._trained.values(), self._settings.clip_norm)
        self._set_learning_rate(self.step)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self.step += 1
        learning_rate = self._optimizer.param_groups[0]["lr"]
        return values | {"gradient_norm": float(norm), "learning_rate": learning_rate}

    def _save(self) -> None:
        if self._accelerator.is_main_process:
            save_progress(self._progress, self._trained, self._optimizer, self.step)
        self._accelerator.wait_for_everyone()

    def _set_learning_rate(self, step: int) -> None:
        warm_steps = max(1, round(self._settings.warm_up * self._steps))
        share = warm_cosine(step, self._steps, warm_steps, floor=0.0)
        for group in self._optimizer.param_groups:
            group["lr"] = self._settings.learning_rate * share * group["share"]

    def _anywhere(self, here: bool) -> bool:
        """Whether something holds on any process."""
        if self._accelerator.num_processes == 1:
            return here
        flag = torch.tensor(float(here), device=self._accelerator.device)
        return bool(self._accelerator.reduce(flag, "sum") > 0)


def _groups(trained: Mapping[str, nn.Parameter], settings: TuneSettings) -> list[dict[str, object]]:
    """Return AdamW's groups: the projector may learn more slowly than the rest."""
    projector = [weight for name, weight in trained.items() if PROJECTOR in name]
    others = [weight for name, weight in trained.items() if PROJECTOR not in name]
    if not others:
        return [{"params": projector, "share": 1.0}]
    return [
        {"params": others, "share": 1.0},
        {"params": projector, "share": settings.projector_share},
    ]


def _step_seed(seed: int, step: int) -> int:
    return int(np.random.SeedSequence((seed, step)).generate_state(1)[0])


def _claim(work_dir: Path, run: dict[str, object]) -> None:
    """Write down which run a folder belongs to, or refuse one that is another's."""
    path = work_dir / "run.json"
    work_dir.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(json.dumps(run, indent=2) + "\n", encoding="utf-8")
        return
    stored = json.loads(path.read_text(encoding="utf-8"))
    changed = [name for name in {*run, *stored} if run.get(name) != stored.get(name)]
    if changed:
        raise DataInvalid(
            f"'{work_dir}' holds a run with another {', '.join(sorted(changed))}; give another "
            "folder with --work, or remove it."
        )


@contextmanager
def _interruption() -> Iterator[threading.Event]:
    """Turn Ctrl-C and SIGTERM into an event while a step must not be cut in two."""
    interrupted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted  # signals reach the main thread only
        return
    before = {s: signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda *_: interrupted.set())
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

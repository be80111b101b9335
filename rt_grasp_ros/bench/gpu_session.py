"""A session on a GPU: rows measured one after the other, as far as they fit into its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from ..grasp.errors import ModelError, RequestInvalid
from ..model.torch_backend.torch_failures import choose_device, device_name, memory_failures
from .give_back import give_back
from .gpu_model import LLAVA_7B, TINY, Shapes
from .machine import describe_machine

OnProgress = Callable[[str, int, int], None]
OnRow = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class PlannedRow:
    """A row that is to be measured.

    Attributes:
        name: of the row.
        expected_s: what it is reckoned to take at 7B shapes.
        measure: returns the row's figures, its name among them.
    """

    name: str
    expected_s: float
    measure: Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class GpuSession:
    """What of a benchmark is measured, for how long, and who hears of it.

    Attributes:
        on_progress: called with what is measured, how many rows are done, and of how many.
        is_tiny: take a tiny model and whatever device there is, to try the script.
        minutes: how long it may take; rows that are not reckoned to fit are not begun.
        only: measure the rows whose names hold one of these; all where there is none.
        on_row: called with the whole result so far after each row.
    """

    on_progress: OnProgress
    is_tiny: bool = False
    minutes: float | None = None
    only: Sequence[str] = ()
    on_row: OnRow | None = None

    @property
    def shapes(self) -> Shapes:
        """The model's."""
        return TINY if self.is_tiny else LLAVA_7B

    def device(self) -> torch.device:
        """Return where it runs.

        Raises:
            GpuUnavailable: there is no GPU, and the model is not tiny.
        """
        return choose_device("auto" if self.is_tiny else "cuda")

    def chosen(self, names: Sequence[str]) -> list[str]:
        """Return those that are asked for, in their order.

        Raises:
            RequestInvalid: there is none.
        """
        found = [name for name in names if not self.only or any(part in name for part in self.only)]
        if not found:
            raise RequestInvalid(
                f"There is nothing to measure here that is called like {', '.join(self.only)}; "
                f"choose from {'; '.join(names)}."
            )
        return found


def measure_rows(
    session: GpuSession, rows: Sequence[PlannedRow], about: Mapping[str, Any], device: torch.device
) -> dict[str, Any]:
    """Measure rows, one after the other; one that fails is said, and the others go on.

    Args:
        session: how long it may take, and who hears of it.
        rows: in their order.
        about: what the result says beside the rows.
        device: where they run; its memory is given back after each.

    Returns:
        `about`, and `shapes`, `rows`, `not_run` (names), `failed` (reasons by name), `device`,
        `cuda`, `machine`.
    """
    end_s = None if session.minutes is None else time.monotonic() + 60 * session.minutes
    result: dict[str, Any] = {
        "shapes": session.shapes.name,
        **about,
        "rows": [],
        "not_run": [row.name for row in rows],
        "failed": {},
        "device": device_name(device),
        "cuda": torch.version.cuda,
        "machine": describe_machine(),
    }
    for done, row in enumerate(rows):
        session.on_progress(row.name, done, len(rows))
        expected_s = 0 if session.is_tiny else row.expected_s
        if end_s is not None and time.monotonic() + expected_s > end_s:
            continue
        try:
            with memory_failures(device, f"'{row.name}'"):
                result["rows"].append(row.measure())
        except (ModelError, ImportError, OSError, RuntimeError) as error:
            result["failed"][row.name] = str(error).partition("\n")[0]
        give_back(device)
        result["not_run"].remove(row.name)
        if session.on_row is not None:
            session.on_row(result)
    session.on_progress("done", len(rows), len(rows))
    return result

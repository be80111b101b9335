"""How many named objects end up between the fingers: commands carried out in simulated cells."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from ..grasp.error_code import ErrorCode
from ..grasp.rectangle import GraspRectangle
from ..language.grounding import Grounding, check_grounding
from ..metrics.rates import rate_fields
from ..rollout.simulated_pick import Oracle
from ..sim.cell import Cell
from ..sim.judge import judge
from ..sim.objects import HELD_OUT
from .commands import Asking, Command, Phrasing, draw_command
from .scenes import SceneKind, draw_scene
from .trials import Bench, Row

_NO_PLAN = frozenset({ErrorCode.OUT_OF_REACH, ErrorCode.NO_PLAN})
_FIRST_MOTION_CODE = 500


@dataclass(frozen=True, slots=True)
class Attempt:
    """One row of the evaluation: a command and what came of it.

    Attributes:
        scene_seed: draws the scene again, together with `objects`; see `scenes.scene_of`.
        objects: what stands on the table.
        command: the sentence.
        asking: what the sentence names.
        object_name: the object it means.
        part_name: the part it means, said or not.
        names_part: whether the sentence says the part.
        lifted: whether that object hangs between the fingers.
        lifted_object: the object that does, the meant one or another.
        gripped_part: the part of it that the fingers press.
        rectangle: the best answer; None where the answer held none.
        reasoning: the sentences before it; None where there was no answer.
        label: the rectangle it should have been.
        error_code: why the chain gave up; `ErrorCode.OK` where it did not.
        error_message: its sentence.
        seconds: from the command to the end, on the clock on the wall.
    """

    scene_seed: int
    objects: tuple[str, ...]
    command: str
    asking: Asking
    object_name: str
    part_name: str
    names_part: bool
    lifted: bool
    lifted_object: str | None
    gripped_part: str | None
    rectangle: GraspRectangle | None
    reasoning: str | None
    label: GraspRectangle
    error_code: ErrorCode
    error_message: str
    seconds: float

    @classmethod
    def from_row(cls, row: Row) -> Attempt:
        """Read what `asdict` and JSON made of one."""
        values = {field.name: row[field.name] for field in fields(cls)}
        values["objects"] = tuple(row["objects"])
        values["asking"] = Asking(row["asking"])
        values["label"] = GraspRectangle(**row["label"])
        values["rectangle"] = GraspRectangle(**row["rectangle"]) if row["rectangle"] else None
        values["error_code"] = ErrorCode(row["error_code"])
        return cls(**values)

    @property
    def grounding(self) -> Grounding | None:
        """What the reasoning says of the numbers; None where there are none."""
        if self.rectangle is None or self.reasoning is None:
            return None
        return check_grounding(self.reasoning, self.rectangle)


@dataclass(frozen=True, slots=True)
class PickTrial:
    """A random scene and a command to carry out in it.

    Attributes:
        section: names the run that it is part of.
        seed: of that run.
        index: in that run; scene and command depend on seed and index alone.
        scene_kind: what stands on the table; where that includes a held-out object, it is meant.
        askings: what commands name, in turn.
        phrasing: where their words come from.
    """

    section: str
    seed: int
    index: int
    scene_kind: SceneKind
    askings: tuple[Asking, ...]
    phrasing: Phrasing

    @property
    def key(self) -> str:
        """See `Trial`."""
        return f"{self.section}/{self.index}"

    def run(self, bench: Bench) -> Row:
        """Carry the command out and let the judge look at what came of it."""
        with self.drawn() as (cell, command):
            attempt = _attempt(bench, cell, command)
        return {**asdict(attempt), "objects": list(attempt.objects)}

    @contextmanager
    def drawn(self) -> Iterator[tuple[Cell, Command]]:
        """Return the cell with the scene in it and the command; the cell closes at the end."""
        rng = np.random.default_rng((self.seed, self.index))
        asking = self.askings[self.index % len(self.askings)]
        meant = HELD_OUT if self.scene_kind.with_unseen else ()
        while True:
            with Cell(draw_scene(self.scene_kind, rng)) as cell:
                command = draw_command(cell.labels(), asking, self.phrasing, rng, meant)
                if command is not None:
                    yield cell, command
                    return


def _attempt(bench: Bench, cell: Cell, command: Command) -> Attempt:
    label = command.label
    start_s = time.monotonic()
    outcome = bench.picker.pick(cell, command.text, bench.engine or Oracle(label.rectangle))
    seconds = time.monotonic() - start_s
    verdict = judge(cell, label.object_name)
    return Attempt(
        scene_seed=cell.scene.seed,
        objects=tuple(placed.name for placed in cell.scene.objects),
        command=command.text,
        asking=command.asking,
        object_name=label.object_name,
        part_name=label.part_name,
        names_part=command.names_part,
        lifted=verdict.lifted,
        lifted_object=verdict.lifted_object,
        gripped_part=verdict.gripped_part,
        rectangle=outcome.candidates[0].grasp.rectangle if outcome.candidates else None,
        reasoning=outcome.reasoning or None,
        label=label.rectangle,
        error_code=outcome.error_code,
        error_message=outcome.error_message,
        seconds=seconds,
    )


def summarise(rows: Sequence[Row], seed: int, model: str) -> dict[str, Any]:
    """Return the report of pick trials, ready for JSON.

    Rates are in 0..1, each with its standard error under `..._se`; None where nothing counts
    towards it. `refused_rate` counts commands that ended before the arm planned: no answer, or no
    grasp that may be executed. `part_right_rate` counts, of the commands that name a part, those
    where the meant object was lifted by it.

    Args:
        rows: from `PickTrial.run`, at least one.
        seed: of the run.
        model: what answered.
    """
    attempts = [Attempt.from_row(row) for row in rows]
    return {
        "scenes": len(attempts),
        "attempts": len(attempts),
        **_rates(attempts),
        "by_asking": {
            asking.value: {"attempts": len(asked), **_rates(asked)}
            for asking in Asking
            if (asked := [a for a in attempts if a.asking is asking])
        },
        "seconds_per_attempt": float(np.mean([a.seconds for a in attempts])),
        "seed": seed,
        "model": model,
        "attempts_detail": list(rows),
    }


def _rates(attempts: Sequence[Attempt]) -> dict[str, float | None]:
    codes = [attempt.error_code for attempt in attempts]
    grounded = [a.grounding for a in attempts if a.grounding is not None]
    return {
        **rate_fields("lifted_rate", (a.lifted for a in attempts)),
        **rate_fields(
            "wrong_object_rate", (a.lifted_object not in (None, a.object_name) for a in attempts)
        ),
        **rate_fields(
            "part_right_rate",
            (a.lifted and a.gripped_part == a.part_name for a in attempts if a.names_part),
        ),
        **rate_fields("refused_rate", (ErrorCode.OK < c < _FIRST_MOTION_CODE for c in codes)),
        **rate_fields("no_plan_rate", (code in _NO_PLAN for code in codes)),
        **rate_fields("agreement_rate", (g is Grounding.AGREES for g in grounded)),
        **rate_fields("contradiction_rate", (g is Grounding.CONTRADICTS for g in grounded)),
    }

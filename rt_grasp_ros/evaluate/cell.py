"""How many named objects end up between the fingers: commands carried out in simulated cells."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..data.dialogues import MIN_VISIBLE_FRACTION, PART_SHARE
from ..grasp.error_code import ErrorCode
from ..grasp.rectangle import GraspRectangle
from ..language.vocabulary import Vocabulary, load_vocabulary
from ..model.engine import GraspEngine
from ..sim.cell import Cell
from ..sim.judge import judge
from ..sim.labels import PartLabel
from ..sim.scene import random_scene
from .simulated_pick import Oracle, SimulatedPicker

_NO_PLAN = frozenset({ErrorCode.OUT_OF_REACH, ErrorCode.NO_PLAN})
_FIRST_MOTION_CODE = 500

OnProgress = Callable[[int, int], None]
"""Called after each attempt with how many are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Command:
    """What is asked of the cell.

    Attributes:
        text: the sentence.
        label: the truth about the part it means.
        names_part: whether the sentence names the part.
    """

    text: str
    label: PartLabel
    names_part: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """One row of the evaluation: a command and what came of it.

    Attributes:
        scene_seed: draws the scene again.
        command: the sentence.
        object_name: the object it means.
        part_name: the part it means, said or not.
        names_part: whether the sentence says the part.
        lifted: whether that object hangs between the fingers.
        lifted_object: the object that does, the meant one or another.
        gripped_part: the part of it that the fingers press.
        rectangle: the best answer; None where the answer held none.
        label: the rectangle it should have been.
        error_code: why the chain gave up; `ErrorCode.OK` where it did not.
        error_message: its sentence.
        seconds: from the command to the end, on the clock on the wall.
    """

    scene_seed: int
    command: str
    object_name: str
    part_name: str
    names_part: bool
    lifted: bool
    lifted_object: str | None
    gripped_part: str | None
    rectangle: GraspRectangle | None
    label: GraspRectangle
    error_code: ErrorCode
    error_message: str
    seconds: float


def evaluate_sim(
    scene_count: int,
    seed: int,
    engine: GraspEngine | None,
    on_progress: OnProgress = lambda done, count: None,
) -> dict[str, Any]:
    """Carry out one command in each of many random scenes.

    Args:
        scene_count: at least 1.
        seed: draws scenes and commands; not negative.
        engine: answers the commands; None puts the label's rectangle through the same chain.
        on_progress: told after each attempt.

    Returns:
        What goes into JSON: counts, rates in 0..1, and one row per attempt under
        `attempts_detail`, as `Attempt`. `refused_rate` counts commands that ended before the arm
        planned: no answer, or no grasp that may be executed.

    Raises:
        ValueError: no scene is asked for.
    """
    if scene_count < 1:
        raise ValueError(f"scene_count must be at least 1, not {scene_count}")
    picker, vocabulary = SimulatedPicker(), load_vocabulary()
    rng = np.random.default_rng(seed)
    attempts: list[Attempt] = []
    while len(attempts) < scene_count:
        scene_seed = int(rng.integers(2**31))
        with Cell(random_scene(scene_seed)) as cell:
            command = draw_command(cell.labels(), vocabulary, rng)
            if command is None:
                continue
            attempts.append(_attempt(picker, cell, command, engine))
        on_progress(len(attempts), scene_count)
    return summarise(attempts, scene_count, seed, Oracle.name if engine is None else engine.name)


def draw_command(
    labels: Sequence[PartLabel], vocabulary: Vocabulary, rng: np.random.Generator
) -> Command | None:
    """Draw a command that means a visible part: half of them name it, half mean the usual one.

    Args:
        labels: of all parts in the scene.
        vocabulary: how objects and parts are called.
        rng: draws.

    Returns:
        The command, or None where no object can be meant.
    """
    visible = [
        label
        for label in labels
        if label.visible_fraction >= MIN_VISIBLE_FRACTION and label.rectangle.is_inside_image
    ]
    names_part = bool(rng.random() < PART_SHARE)
    choices = [label for label in visible if names_part or label.is_default]
    if not choices:
        return None
    label = choices[int(rng.integers(len(choices)))]
    words = vocabulary.objects[label.object_name]
    text = f"grasp the {words.names[0]}"
    if names_part:
        text += f" by its {words.parts[label.part_name].names[0]}"
    return Command(text, label, names_part)


def summarise(
    attempts: Sequence[Attempt], scene_count: int, seed: int, model: str
) -> dict[str, Any]:
    """Return the report of `evaluate_sim`."""

    def rate(count: int) -> float:
        return count / len(attempts)

    codes = [attempt.error_code for attempt in attempts]
    return {
        "scenes": scene_count,
        "attempts": len(attempts),
        "lifted_rate": rate(sum(a.lifted for a in attempts)),
        "wrong_object_rate": rate(
            sum(a.lifted_object not in (None, a.object_name) for a in attempts)
        ),
        "refused_rate": rate(sum(ErrorCode.OK < code < _FIRST_MOTION_CODE for code in codes)),
        "no_plan_rate": rate(sum(code in _NO_PLAN for code in codes)),
        "seconds_per_attempt": float(np.mean([a.seconds for a in attempts])),
        "seed": seed,
        "model": model,
        "attempts_detail": [asdict(attempt) for attempt in attempts],
    }


def _attempt(
    picker: SimulatedPicker, cell: Cell, command: Command, engine: GraspEngine | None
) -> Attempt:
    """Carry out a command and let the judge look at what came of it."""
    label = command.label
    start_s = time.monotonic()
    rectangle, error = picker.pick(
        cell, command.text, Oracle(label.rectangle) if engine is None else engine
    )
    seconds = time.monotonic() - start_s
    verdict = judge(cell, label.object_name)
    return Attempt(
        scene_seed=cell.scene.seed,
        command=command.text,
        object_name=label.object_name,
        part_name=label.part_name,
        names_part=command.names_part,
        lifted=verdict.lifted,
        lifted_object=verdict.lifted_object,
        gripped_part=verdict.gripped_part,
        rectangle=rectangle,
        label=label.rectangle,
        error_code=ErrorCode.OK if error is None else error.code,
        error_message="" if error is None else error.message,
        seconds=seconds,
    )

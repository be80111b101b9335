"""Commands about real tables, put to the whole chain: the right thing, and right in space?"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import fmean
from typing import Any, Protocol

from ..api import Grasper
from ..data.tabletop import TabletopCommand, read_mask, read_scene
from ..grasp.error_code import ErrorCode
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Grasp
from ..grasp.rectangle import GraspRectangle
from ..metrics.clustered_error import clustered_standard_error
from ..metrics.tabletop_metric import TabletopVerdict, judge_grasp


@dataclass(frozen=True, slots=True, eq=False)
class TabletopAnswer:
    """What was answered to a command.

    Attributes:
        rectangle: the grasp in the picture; None where it was refused.
        grasp: the same in space; None where it could not be brought there.
        text: the reasoning, or why it was refused.
    """

    rectangle: GraspRectangle | None
    grasp: Grasp | None
    text: str


class TabletopPredictor(Protocol):
    """Names a grasp in a frame; only an oracle looks at more of a command than its words."""

    @property
    def name(self) -> str:
        """What predicts, for results."""
        ...

    def predict(self, frame: RgbdFrame, command: TabletopCommand) -> TabletopAnswer:
        """Answer one command."""
        ...


class ChainPredictor:
    """The whole chain, as a user has it: words, model, geometry."""

    def __init__(self, grasper: Grasper) -> None:
        """Take the chain."""
        self._grasper = grasper

    @property
    def name(self) -> str:
        """The engine's name."""
        return self._grasper.engine.name

    def predict(self, frame: RgbdFrame, command: TabletopCommand) -> TabletopAnswer:
        """Return the best grasp that may be executed; without one the chain has refused."""
        words = command.command
        found = self._grasper.detect(frame.rgb, frame.depth_m, frame.intrinsics, words)
        if found.error_code is not ErrorCode.OK or found.grasp is None:
            return TabletopAnswer(None, None, found.error_message)
        return TabletopAnswer(found.grasp.rectangle, found.grasp, found.reasoning)


@dataclass(frozen=True, slots=True, eq=False)
class TabletopTrial:
    """One command and what came of it.

    Attributes:
        command: with what it means.
        answer: what was answered.
        verdict: what is true of the grasp; None where there is none, or nothing is meant.
        seconds: from the command to the grasp, on the clock on the wall.
    """

    command: TabletopCommand
    answer: TabletopAnswer
    verdict: TabletopVerdict | None
    seconds: float

    @property
    def is_refused(self) -> bool:
        """Whether no grasp was answered."""
        return self.answer.rectangle is None

    @property
    def is_right(self) -> bool:
        """Whether it is what was wanted: a grasp right in space, a refusal of what is absent."""
        if self.command.is_absent:
            return self.is_refused
        return self.verdict is not None and self.verdict.closing


OnTrial = Callable[[TabletopTrial], None]


def run_trials(
    folder: Path, split: str, commands: Sequence[TabletopCommand], predictor: TabletopPredictor
) -> Iterator[TabletopTrial]:
    """Put commands to a predictor, and judge each answer as it comes.

    Args:
        folder: of the data set.
        split: of it.
        commands: of that split; those of one scene stand together.
        predictor: answers.
    """
    for scene, said in groupby(commands, key=lambda command: command.scene):
        frame = read_scene(folder, split, scene)
        for command in said:
            start_s = time.perf_counter()
            answer = predictor.predict(frame, command)
            seconds = time.perf_counter() - start_s
            yield TabletopTrial(command, answer, _judge(command, answer, frame), seconds)


def _judge(
    command: TabletopCommand, answer: TabletopAnswer, frame: RgbdFrame
) -> TabletopVerdict | None:
    if answer.rectangle is None or command.mask_path is None or command.object_mask_path is None:
        return None
    return judge_grasp(
        answer.rectangle,
        answer.grasp,
        read_mask(command.object_mask_path),
        read_mask(command.mask_path),
        frame.depth_m,
        frame.intrinsics,
    )


def summarise(trials: Sequence[TabletopTrial]) -> dict[str, Any]:
    """Return counts and rates (0..1), ready for JSON; None where nothing counts towards one.

    Rates of the right thing are over all commands for what is there: a refusal is wrong. Standard
    errors are over scenes, whose commands stand or fall together.

    Args:
        trials: at least one.
    """
    present = [trial for trial in trials if not trial.command.is_absent]
    absent = [trial for trial in trials if trial.command.is_absent]
    kinds = dict.fromkeys(trial.command.kind for trial in present)
    return {
        "n": len(trials),
        "n_present": len(present),
        "n_absent": len(absent),
        "scenes": len({trial.command.scene for trial in trials}),
        "sources": len({trial.command.source for trial in trials}),
        **_rates(present),
        **_rate("present_refused_rate", present, lambda trial: trial.is_refused),
        **_rate("absent_refused_rate", absent, lambda trial: trial.is_refused),
        **_rate(
            "graspable_closing_rate",
            [trial for trial in present if trial.command.is_graspable],
            lambda trial: trial.is_right,
        ),
        "by_kind": {
            kind: _of_kind([trial for trial in present if trial.command.kind == kind])
            for kind in kinds
        },
        "seconds_per_picture": fmean(trial.seconds for trial in trials),
    }


def _of_kind(trials: Sequence[TabletopTrial]) -> dict[str, Any]:
    return {"n": len(trials), **_rates(trials)}


def _rates(trials: Sequence[TabletopTrial]) -> dict[str, float | None]:
    return {
        **_rate("right_object_rate", trials, lambda t: t.verdict is not None and _is_meant(t)),
        **_rate("closing_rate", trials, lambda t: t.is_right),
    }


def _is_meant(trial: TabletopTrial) -> bool:
    verdict = trial.verdict
    return verdict is not None and verdict.right_object


def _rate(
    name: str, trials: Sequence[TabletopTrial], is_yes: Callable[[TabletopTrial], bool]
) -> dict[str, float | None]:
    """Return a share and its standard error over scenes, the latter None for one scene alone."""
    if not trials:
        return {name: None, f"{name}_se": None}
    outcomes = [is_yes(trial) for trial in trials]
    scenes: list[Hashable] = [trial.command.scene for trial in trials]
    return {name: fmean(outcomes), f"{name}_se": clustered_standard_error(outcomes, scenes)}

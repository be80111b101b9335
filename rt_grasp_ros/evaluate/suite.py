"""All measures of the simulated cell in one run, each with its aim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .absence import AbsenceTrial, summarise_absence
from .cell import PickTrial, summarise
from .commands import Asking, Phrasing
from .follow_up import FollowUpTrial, summarise_follow_ups
from .scenes import SceneKind
from .sentences import SentenceTrial, summarise_sentences
from .trials import Journal, MakeEngine, Row, Trial, run_trials

OnSection = Callable[[str, int, int], None]
"""Called with the section under way, how many of its trials are done, and of how many."""

BY_NAME_OR_PART = (Asking.NAME, Asking.PART)
BY_LOOKS = (Asking.COLOUR, Asking.SHAPE, Asking.PURPOSE)
OF_UNSEEN_OBJECTS = (Asking.NAME, Asking.COLOUR, Asking.SHAPE)
OF_MESHES = (Asking.NAME, Asking.COLOUR, Asking.PURPOSE)
SCENES = SceneKind(4, 6)
_CARRIED_OUT_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class SimRun:
    """How an evaluation is run.

    Attributes:
        scene_count: at least 1.
        seed: draws scenes and commands; not negative.
        model: what answers, for the report.
        make_engine: loads it; returns None where the truth goes through the same chain.
        processes: how many work at once.
        on_section: told of the progress.
    """

    scene_count: int
    seed: int
    model: str
    make_engine: MakeEngine
    processes: int = 1
    on_section: OnSection = lambda section, done, count: None

    def rows(self, trials: Sequence[Trial], journal: Journal) -> dict[str, list[Row]]:
        """Carry out trials and return their rows by section."""
        counts = Counter(trial.section for trial in trials)
        done: Counter[str] = Counter()

        def note(trial: Trial) -> None:
            done[trial.section] += 1
            self.on_section(trial.section, done[trial.section], counts[trial.section])

        for section, count in counts.items():
            self.on_section(section, 0, count)
        rows = run_trials(trials, self.make_engine, journal, self.processes, note)
        by_section: dict[str, list[Row]] = {section: [] for section in counts}
        for trial, row in zip(trials, rows, strict=True):
            by_section[trial.section].append(row)
        return by_section


def evaluate_sim(
    run: SimRun,
    scene_kind: SceneKind,
    phrasing: Phrasing,
    journal: Journal,
) -> dict[str, Any]:
    """Carry out one command in each of many random scenes.

    Args:
        run: how.
        scene_kind: what stands on the tables; with a held-out object in it, that one is meant and
            asked for by name, colour, shape or purpose; meshes by name, colour or purpose;
            otherwise any by name or part.
        phrasing: where the commands' words come from.
        journal: has what an earlier run did.

    Returns:
        What goes into JSON, see `cell.summarise`.
    """
    trials = sim_picks(run.seed, run.scene_count, scene_kind, phrasing)
    rows = run.rows(trials, journal)
    return {
        **summarise(rows["picks"], run.seed, run.model),
        "objects": [scene_kind.fewest_objects, scene_kind.most_objects],
        "unseen": scene_kind.with_unseen,
        "camera": scene_kind.cameras.to_json(),
        "meshes": list(scene_kind.mesh_folders),
        "phrasing": phrasing.value,
    }


def sim_picks(seed: int, count: int, scene_kind: SceneKind, phrasing: Phrasing) -> list[PickTrial]:
    """Return the trials of `evaluate_sim`, one a scene; the arguments are as there."""
    return _picks("picks", seed, count, scene_kind, _askings(scene_kind), phrasing)


def evaluate_suite(run: SimRun, journal: Journal, scene_kind: SceneKind = SCENES) -> dict[str, Any]:
    """Measure all that the cell can measure, in scenes of 4 to 6 objects.

    - `named`: seen objects by name or part, in training's words; `scene_count` scenes.
    - `described`: seen objects by colour, shape or purpose; half as many.
    - `unseen_objects`: held-out objects by name, colour or shape; half as many.
    - `unseen_phrasing`: the first half of the commands of `named` in words never trained on.
    - `absent`: `scene_count` pictures with five questions each, no motion.
    - `refinement`, `refinement_unseen_phrasing`: follow-ups, a fifth carried out in the physics.
    - `sentences`: half as many pictures, each with an exclusion, a prohibition and a plain command
      that looks like one, in words of no rule; no motion.
    - `one_of_two`: half as many pictures with two things of one name, asked for by side; no motion.

    Args:
        run: how; its `scene_count` scales all sections.
        journal: has what an earlier run did.
        scene_kind: `SCENES`, or the same through another camera.

    Returns:
        What goes into JSON: the figures that have an aim, then a report per section.
    """
    whole, half, quarter = (max(1, run.scene_count // n) for n in (1, 2, 4))
    unseen = replace(scene_kind, with_unseen=True)
    trained = Phrasing.TRAINED
    trials: list[Trial] = [
        *_picks("named", run.seed, whole, scene_kind, BY_NAME_OR_PART, trained),
        *_picks("unseen_objects", run.seed, half, unseen, OF_UNSEEN_OBJECTS, trained),
        *_picks("unseen_phrasing", run.seed, half, scene_kind, BY_NAME_OR_PART, Phrasing.UNSEEN),
        *_picks("described", run.seed, half, scene_kind, BY_LOOKS, trained),
        *(AbsenceTrial("absent", run.seed, index, scene_kind) for index in range(whole)),
        *_follow_ups("refinement", run.seed, half, scene_kind, trained),
        *_follow_ups("refinement_unseen_phrasing", run.seed, quarter, scene_kind, Phrasing.UNSEEN),
        *(
            SentenceTrial(section, run.seed, index, scene_kind, is_alike)
            for section, is_alike in (("sentences", False), ("one_of_two", True))
            for index in range(half)
        ),
    ]
    summaries: dict[str, Callable[[list[Row]], dict[str, Any]]] = {
        "absent": summarise_absence,
        "refinement": summarise_follow_ups,
        "refinement_unseen_phrasing": summarise_follow_ups,
        "sentences": summarise_sentences,
        "one_of_two": summarise_sentences,
    }
    sections = {
        section: summaries.get(section, lambda rows: summarise(rows, run.seed, run.model))(rows)
        for section, rows in run.rows(trials, journal).items()
    }
    return {
        "model": run.model,
        "seed": run.seed,
        "scenes": run.scene_count,
        "camera": scene_kind.cameras.to_json(),
        **summary_of(sections),
        **sections,
    }


def summary_of(sections: dict[str, dict[str, Any]]) -> dict[str, float | None]:
    """Return the figures that the project has an aim for, see `AIMS`, and their standard errors.

    `unseen_phrasing_loss` is how much less often the same commands succeed when they are phrased in
    ways never trained on; its standard error is that of the paired differences.
    """
    named = sections["named"]
    return {
        **_of(named, "lifted_rate"),
        **_of(named, "wrong_object_rate"),
        **_of(sections["unseen_objects"], "lifted_rate", "unseen_object_lifted_rate"),
        **_of(named, "part_right_rate"),
        **_of(sections["absent"], "absent_refused_rate"),
        **_of(sections["absent"], "false_refusal_rate"),
        **_paired_loss(named["attempts_detail"], sections["unseen_phrasing"]["attempts_detail"]),
        **_of(sections["refinement"], "refinement_obeyed_rate"),
        **_of(sections["sentences"], "exclusion_kept_rate"),
        **_of(sections["sentences"], "prohibition_kept_rate"),
        **_of(sections["one_of_two"], "one_of_two_kept_rate"),
        **_of(sections["sentences"], "stated_colour_right_rate"),
    }


def _of(report: dict[str, Any], name: str, called: str = "") -> dict[str, float | None]:
    """Return a rate of a section with its standard error, under a name of the summary."""
    called = called or name
    return {called: report[name], f"{called}_se": report[f"{name}_se"]}


def _paired_loss(trained: Sequence[Row], unseen: Sequence[Row]) -> dict[str, float | None]:
    lost = np.array([a["lifted"] - b["lifted"] for a, b in zip(trained, unseen, strict=False)])
    return {
        "unseen_phrasing_loss": float(lost.mean()),
        "unseen_phrasing_loss_se": float(lost.std() / np.sqrt(len(lost))),
    }


AIMS: dict[str, tuple[str, float]] = {
    "lifted_rate": ("at least", 0.90),
    "wrong_object_rate": ("at most", 0.02),
    "unseen_object_lifted_rate": ("at least", 0.75),
    "part_right_rate": ("at least", 0.80),
    "absent_refused_rate": ("at least", 0.95),
    "false_refusal_rate": ("at most", 0.03),
    "unseen_phrasing_loss": ("at most", 0.05),
    "refinement_obeyed_rate": ("at least", 0.85),
    "exclusion_kept_rate": ("at least", 0.98),
    "prohibition_kept_rate": ("at least", 0.98),
    "one_of_two_kept_rate": ("at least", 0.90),
    "stated_colour_right_rate": ("at least", 0.95),
}
"""What the embedded checkpoint must reach."""


def _askings(scene_kind: SceneKind) -> tuple[Asking, ...]:
    if scene_kind.mesh_folders:
        return OF_MESHES
    return (*OF_UNSEEN_OBJECTS, Asking.PURPOSE) if scene_kind.with_unseen else BY_NAME_OR_PART


def _picks(
    section: str,
    seed: int,
    count: int,
    scene_kind: SceneKind,
    askings: tuple[Asking, ...],
    phrasing: Phrasing,
) -> list[PickTrial]:
    return [
        PickTrial(section, seed, index, scene_kind, askings, phrasing) for index in range(count)
    ]


def _follow_ups(
    section: str, seed: int, count: int, scene_kind: SceneKind, phrasing: Phrasing
) -> list[FollowUpTrial]:
    carried_out = max(1, round(count * _CARRIED_OUT_SHARE))
    return [
        FollowUpTrial(section, seed, index, scene_kind, phrasing, index < carried_out)
        for index in range(count)
    ]

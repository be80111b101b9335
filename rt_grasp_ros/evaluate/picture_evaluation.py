"""The evaluation on recorded pictures: models and baselines on the same pictures, one report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from ..data.folds import assign_folds
from ..data.grasp_picture import GraspPicture
from ..grasp.errors import RequestInvalid
from .baselines import baselines_for, report_baseline
from .picture_report import average_over_models, summarise_trials
from .picture_source import PictureSource
from .picture_trial import PictureTrial, labelled, run_trials
from .predictor import LoadPredictor
from .shown_trials import spread_evenly

OnTrial = Callable[[str, int, int], None]
"""Called with who answers, how many pictures it has answered, and of how many."""


@dataclass(frozen=True, slots=True)
class Folds:
    """A k-fold split of pictures that come without a split.

    Attributes:
        count: how many folds.
        by: what stays together, `image` or `object`.
    """

    count: int
    by: str


@dataclass(frozen=True, slots=True)
class PictureEvaluation:
    """What an evaluation found.

    Attributes:
        report: flat, ready for JSON.
        trials: of the first model, or of all models where each answers one fold.
    """

    report: dict[str, Any]
    trials: list[PictureTrial]


@dataclass(frozen=True, slots=True)
class _Job:
    """Pictures for one model, each with its fold; without folds that is 0."""

    load: LoadPredictor
    pictures: list[GraspPicture]
    folds: list[int]


@dataclass(frozen=True, slots=True)
class _Answered:
    """What one predictor answered; `complete` says whether that was all it was asked."""

    name: str
    trials: list[PictureTrial]
    complete: bool


def evaluate_pictures(
    source: PictureSource,
    command_kind: str,
    loaders: Sequence[LoadPredictor],
    folds: Folds | None = None,
    limit: int | None = None,
    on_trial: OnTrial = lambda name, done, count: None,
) -> PictureEvaluation:
    """Measure models and baselines on a data set.

    Ctrl-C ends it early with what was done: the report then says `complete: false`, and all
    numbers are of the pictures that were answered.

    Args:
        source: the pictures.
        command_kind: which of the pictures' commands, one of `COMMAND_KINDS`.
        loaders: one a model, at least one. Several are runs of one recipe, whose mean and spread
            is reported; with folds, as many as folds: model k answers fold k, which it was not
            trained on.
        folds: splits the pictures; one model answers all, and is reported by fold.
        limit: at most so many pictures, evenly spaced.
        on_trial: told after each answer.

    Raises:
        DataInvalid: the pictures lack labels or commands.
        RequestInvalid: the number of models fits neither one nor the folds.
        KeyboardInterrupt: Ctrl-C came before the first answer.
    """
    pictures = labelled(source.pictures, command_kind)
    if limit is not None:
        pictures = spread_evenly(pictures, limit)
    jobs = _jobs(loaders, pictures, folds)
    runs: list[_Answered] = []
    for job in jobs:
        runs.append(_answer(job.load, job.pictures, command_kind, on_trial))
        if not runs[-1].complete:
            break
    counted = [run for run in runs if run.complete or (folds and run.trials)] or runs[:1]
    shown = [trial for run in counted for trial in run.trials] if folds else counted[0].trials
    if not shown:
        raise KeyboardInterrupt
    if folds or len(loaders) == 1:
        report = summarise_trials(shown)
    else:
        report = average_over_models([summarise_trials(run.trials) for run in counted])
    report |= _circumstances(source, command_kind, [run.name for run in counted])
    if folds:
        report |= _by_fold(folds, [fold for job in jobs for fold in job.folds], shown)
    is_complete = all(run.complete for run in runs)
    for name, load in baselines_for(pictures, source.prior_pictures).items():
        run = _answer(load, [trial.picture for trial in shown], command_kind, on_trial)
        report |= report_baseline(name, run.name, run.trials if run.complete else [])
        is_complete = is_complete and run.complete
    return PictureEvaluation(report | {"complete": is_complete}, shown)


def _jobs(
    loaders: Sequence[LoadPredictor], pictures: list[GraspPicture], folds: Folds | None
) -> list[_Job]:
    """Say which model answers which pictures."""
    if folds is None:
        return [_Job(load, pictures, [0] * len(pictures)) for load in loaders]
    fold_of = assign_folds(pictures, folds.count, folds.by)
    if len(loaders) == 1:
        return [_Job(loaders[0], pictures, fold_of)]
    if len(loaders) != folds.count:
        raise RequestInvalid(
            f"{len(loaders)} models do not fit {folds.count} folds; give one model for all of "
            "them, or one for each."
        )
    jobs = []
    for fold, load in enumerate(loaders):
        held_out = [p for p, own in zip(pictures, fold_of, strict=True) if own == fold]
        jobs.append(_Job(load, held_out, [fold] * len(held_out)))
    return jobs


def _answer(
    load: LoadPredictor, pictures: list[GraspPicture], command_kind: str, on_trial: OnTrial
) -> _Answered:
    """Put all pictures to a predictor, until Ctrl-C."""
    name, trials = "", list[PictureTrial]()
    try:
        predictor = load()
        name = predictor.name
        for trial in run_trials(pictures, command_kind, predictor):
            trials.append(trial)
            on_trial(name, len(trials), len(pictures))
    except KeyboardInterrupt:
        return _Answered(name, trials, False)
    return _Answered(name, trials, True)


def _circumstances(
    source: PictureSource, command_kind: str, model_names: Sequence[str]
) -> dict[str, Any]:
    """Return what was measured on what."""
    return {
        "model": ", ".join(dict.fromkeys(model_names)),
        "data_set": source.data_set,
        "picture_set": source.picture_set,
        "split": source.split,
        "split_by": source.split_by,
        "commands": command_kind,
        "baselines_know_labels_of": source.prior_split or "all pictures",
    }


def _by_fold(
    folds: Folds, fold_of: Sequence[int], trials: Sequence[PictureTrial]
) -> dict[str, Any]:
    """Return the accuracy of each fold; of those that were reached, after Ctrl-C."""
    hits: dict[int, list[bool]] = {}
    for fold, trial in zip(fold_of, trials, strict=False):
        hits.setdefault(fold, []).append(trial.is_hit)
    accuracies = [fmean(hits[fold]) for fold in sorted(hits)]
    return {
        "folds": folds.count,
        "split_by": folds.by,
        "own_width_accuracy_by_fold": accuracies,
        "own_width_accuracy_fold_sd": stdev(accuracies) if len(accuracies) > 1 else None,
    }

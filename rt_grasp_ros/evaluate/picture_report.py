"""Trials on recorded pictures as the flat result that goes into JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import fmean, mean, median, stdev
from typing import Any

from ..language.grounding import Grounding
from ..metrics.clustered_error import clustered_standard_error
from ..metrics.rectangle_metric import RectangleVerdict
from .picture_trial import Outcome, PictureTrial

ACCURACIES: dict[str, Callable[[RectangleVerdict], bool]] = {
    "own_width": lambda verdict: verdict.own_width,
    "ground_truth_width": lambda verdict: verdict.ground_truth_width,
    "ground_truth_size": lambda verdict: verdict.ground_truth_size,
}
"""The rows of the metric, each a rate over all pictures; see `rectangle_metric`."""

_SPREAD_OVER_MODELS = ("own_width_accuracy", "ground_truth_width_accuracy")


def summarise_trials(trials: Sequence[PictureTrial]) -> dict[str, Any]:
    """Return counts, rates (0..1, over all trials unless said) and medians (over all grasps).

    `reasoning_agreement_rate` and `reasoning_contradiction_rate` are over all grasps. Medians and
    rates over grasps are None where no grasp was answered. Standard errors are over objects.

    Args:
        trials: at least one.

    Raises:
        ValueError: there is none.
    """
    if not trials:
        raise ValueError("no trial to summarise")
    objects = [trial.picture.object_id for trial in trials]
    verdicts = [trial.verdict for trial in trials if trial.verdict is not None]
    report: dict[str, Any] = {"n": len(trials), "objects": len(set(objects))}
    for row, is_hit in ACCURACIES.items():
        hits = _hits(trials, is_hit)
        report[f"{row}_accuracy"] = fmean(hits)
        report[f"{row}_accuracy_se"] = clustered_standard_error(hits, objects)
    return report | {
        "parse_failure_rate": _share(trials, Outcome.GARBLED),
        "refused_rate": _share(trials, Outcome.REFUSED),
        "median_centre_error_px": _median([verdict.centre_error_px for verdict in verdicts]),
        "median_angle_error_deg": _median([verdict.angle_error_deg for verdict in verdicts]),
        "median_width_error_px": _median([verdict.width_error_px for verdict in verdicts]),
        "reasoning_agreement_rate": _grounding_share(trials, Grounding.AGREES),
        "reasoning_contradiction_rate": _grounding_share(trials, Grounding.CONTRADICTS),
        "seconds_per_picture": fmean(trial.seconds for trial in trials),
        "per_category": _per_category(trials),
    }


def average_over_models(reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the mean of several models' reports, such as of one recipe with several seeds.

    Every number is the mean of those that are known; `<accuracy>_seed_sd` is the sample
    standard deviation over the models, None for a single one. `per_category` is left out.

    Args:
        reports: as `summarise_trials` returns them, at least one, all of the same pictures.
    """
    averaged: dict[str, Any] = {}
    for key in reports[0]:
        known = [report[key] for report in reports if isinstance(report[key], int | float)]
        if key != "per_category":
            averaged[key] = mean(known) if known else None
    for key in _SPREAD_OVER_MODELS:
        values = [report[key] for report in reports]
        averaged[f"{key}_seed_sd"] = stdev(values) if len(values) > 1 else None
    return averaged


def _hits(trials: Sequence[PictureTrial], is_hit: Callable[[RectangleVerdict], bool]) -> list[bool]:
    return [trial.verdict is not None and is_hit(trial.verdict) for trial in trials]


def _share(trials: Sequence[PictureTrial], outcome: Outcome) -> float:
    return fmean(trial.outcome is outcome for trial in trials)


def _grounding_share(trials: Sequence[PictureTrial], grounding: Grounding) -> float | None:
    known = [trial.grounding is grounding for trial in trials if trial.grounding is not None]
    return fmean(known) if known else None


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None


def _per_category(trials: Sequence[PictureTrial]) -> dict[str, dict[str, Any]]:
    """Return counts and accuracies by the object's name."""
    groups: dict[str, list[PictureTrial]] = defaultdict(list)
    for trial in trials:
        groups[trial.picture.object_name].append(trial)
    return {
        name: {
            "n": len(group),
            **{f"{row}_accuracy": fmean(_hits(group, hit)) for row, hit in ACCURACIES.items()},
        }
        for name, group in sorted(groups.items())
    }

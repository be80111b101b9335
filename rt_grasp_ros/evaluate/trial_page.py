"""The page of hits and misses on recorded pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .figure_page import Figure, figure_page
from .picture_trial import Outcome, PictureTrial
from .shown_trials import draw_trial

_LEAD = (
    "Green: what was labelled. Red and blue: what was predicted; the jaws are red. A hit overlaps "
    "one label by more than a quarter and lies within 30 degrees of it, with its own width."
)


def trial_page(title: str, report: dict[str, Any], trials: Sequence[PictureTrial]) -> str:
    """Return a page with the result's numbers and the drawn trials; it refers to no other file.

    Args:
        title: what was measured.
        report: the result; its numbers and texts are listed.
        trials: misses and hits, shown in this order under their headings.
    """
    figures = [_figure(trial) for trial in trials]
    sections = {
        "Misses": [figure for figure in figures if not figure.is_hit],
        "Hits": [figure for figure in figures if figure.is_hit],
    }
    return figure_page(title, _LEAD, report, sections)


def _figure(trial: PictureTrial) -> Figure:
    return Figure(
        picture_rgb=draw_trial(trial),
        name=trial.picture.image_path.name,
        command=trial.command,
        text=trial.text,
        remark=_describe_error(trial),
        is_hit=trial.is_hit,
    )


def _describe_error(trial: PictureTrial) -> str:
    """Say in one line how far off the answer is."""
    name = trial.picture.image_path.name
    if trial.verdict is None:
        refused = trial.outcome is Outcome.REFUSED
        return f"{name}: {'refused' if refused else 'not readable'}"
    verdict = trial.verdict
    line = (
        f"{name}: centre {verdict.centre_error_px:.1f} px, angle {verdict.angle_error_deg:.0f} deg,"
        f" width {verdict.width_error_px:.1f} px off"
    )
    return line + (f"; the text {trial.grounding.value}" if trial.grounding else "")

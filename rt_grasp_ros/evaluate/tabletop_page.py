"""The page of misses and hits on real tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..data.tabletop import read_mask, read_scene
from ..grasp.draw import draw_comparison
from .figure_page import Figure, figure_page
from .shown_trials import SHOWN_OF_EACH, spread_evenly
from .tabletop_trials import TabletopTrial

_LEAD = (
    "Green: what is meant. Red and blue: the grasp; the jaws are red. Right is a grasp that closes "
    "on what is meant with both fingers free, as the camera measured it; of what is absent, a "
    "refusal."
)
_MEANT_RGB = (40, 200, 60)


def tabletop_page(
    title: str, report: dict[str, Any], trials: Sequence[TabletopTrial], folder: Path, split: str
) -> str:
    """Return a page with the result's numbers and drawn trials; it refers to no other file.

    Args:
        title: what was measured.
        report: the result; its numbers and texts are listed.
        trials: all of them; misses and hits are spread evenly over them.
        folder: of the data set.
        split: of it.
    """
    sections = {
        heading: [_figure(trial, folder, split) for trial in spread_evenly(chosen, SHOWN_OF_EACH)]
        for heading, chosen in (
            ("Misses", [trial for trial in trials if not trial.is_right]),
            ("Hits", [trial for trial in trials if trial.is_right]),
        )
    }
    return figure_page(title, _LEAD, report, sections)


def _figure(trial: TabletopTrial, folder: Path, split: str) -> Figure:
    picture = read_scene(folder, split, trial.command.scene).rgb
    drawn = draw_comparison(_with_meant(picture, trial), [], trial.answer.rectangle)
    return Figure(
        picture_rgb=drawn,
        name=trial.command.scene,
        command=trial.command.command,
        text=trial.answer.text,
        remark=f"{trial.command.scene}, by {trial.command.kind}: {_fate(trial)}",
        is_hit=trial.is_right,
    )


def _with_meant(image_rgb: NDArray[np.uint8], trial: TabletopTrial) -> NDArray[np.uint8]:
    """Return a copy of the picture with what is meant outlined."""
    drawn = image_rgb.copy()
    if trial.command.mask_path is not None:
        mask = read_mask(trial.command.mask_path).astype(np.uint8)
        outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(drawn, outlines, -1, _MEANT_RGB, 2)
    return drawn


def _fate(trial: TabletopTrial) -> str:
    if trial.verdict is None:
        return "refused" if trial.is_refused else "a grasp, though nothing like it is there"
    if not trial.verdict.right_object:
        return "something else"
    if not trial.verdict.right_part:
        return "the right thing, another part"
    return "right" if trial.verdict.closing else "the right thing, but the fingers are not free"

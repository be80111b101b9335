"""The baselines that every data set's result is shown with, run the same way as the model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from ..data.grasp_picture import GraspPicture
from .antipodal_colour import AntipodalColour
from .antipodal_depth import AntipodalDepth
from .image_centre import ImageCentre
from .label_prior import LabelPrior
from .picture_report import summarise_trials
from .picture_trial import PictureTrial
from .predictor import LoadPredictor

IMAGE_CENTRE, ANTIPODAL = "image_centre_baseline", "antipodal_baseline"


def baselines_for(
    pictures: Sequence[GraspPicture], prior_pictures: Sequence[GraspPicture]
) -> dict[str, LoadPredictor]:
    """Return what makes the baselines, by the names under which they are reported.

    The antipodal one works on depth where every picture has it, else on colour.

    Args:
        pictures: to be judged.
        prior_pictures: whose labels they may know.

    Raises:
        DataInvalid: those carry no labels.
    """
    prior = LabelPrior.of(prior_pictures)
    has_depth = all(picture.depth_path is not None for picture in pictures)
    return {
        IMAGE_CENTRE: partial(ImageCentre, prior),
        ANTIPODAL: partial(AntipodalDepth if has_depth else AntipodalColour, prior),
    }


def report_baseline(
    name: str, predictor_name: str, trials: Sequence[PictureTrial]
) -> dict[str, Any]:
    """Return the numbers of a baseline under keys that start with its name.

    Args:
        name: `IMAGE_CENTRE` or `ANTIPODAL`; this key tells what it was.
        predictor_name: what it was.
        trials: its answers; none where it was not run to its end.
    """
    report = summarise_trials(trials) if trials else {}
    return {
        name: predictor_name,
        f"{name}_accuracy": report.get("own_width_accuracy"),
        f"{name}_accuracy_se": report.get("own_width_accuracy_se"),
        f"{name}_ground_truth_width_accuracy": report.get("ground_truth_width_accuracy"),
        f"{name}_refused_rate": report.get("refused_rate"),
    }

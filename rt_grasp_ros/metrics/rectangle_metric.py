"""The rectangle metric: whether a grasp is one that was labelled as good, and how far it is off.

A grasp hits if it has, with any one label, an intersection over union above 0.25 and an angle
within 30 degrees, modulo half a turn (Jiang, Moseson and Saxena, ICRA 2011).

Answers name no breadth of the jaws, the metric needs one: it is half the opening, for every
predictor alike and whatever its rectangle says (the rule of GG-CNN; Morrison et al., RSS 2018).
Nothing of a label goes into the first row, `own_width`. In the second, `ground_truth_width`, the
opening is that of the label it is compared with, and the jaws again half of that. In the third,
`ground_truth_size`, opening and jaws are the label's: only centre and angle are judged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..grasp.rectangle import GraspRectangle, jaw_angle_difference
from ..language.codec import JAW_PER_OPENING


@dataclass(frozen=True, slots=True)
class RectangleVerdict:
    """What the labels say of one predicted rectangle.

    Attributes:
        own_width: it hits as it was predicted.
        ground_truth_width: it hits with the label's opening put in.
        ground_truth_size: it hits with the label's opening and jaws put in.
        centre_error_px: distance of its centre to the nearest label's.
        angle_error_deg: angle to the closest label's jaw line, 0..90; see `closest_label`.
        width_error_px: difference to the closest label's opening, not negative.
    """

    own_width: bool
    ground_truth_width: bool
    ground_truth_size: bool
    centre_error_px: float
    angle_error_deg: float
    width_error_px: float


def judge_rectangle(
    prediction: GraspRectangle, labels: Sequence[GraspRectangle]
) -> RectangleVerdict:
    """Compare a predicted rectangle with the labels of its picture.

    Args:
        prediction: in pixels of the picture; its `jaw_px` is not looked at.
        labels: good grasps in the same picture, at least one.

    Raises:
        ValueError: there is no label.
    """
    if not labels:
        raise ValueError("a picture without labels can not be judged")
    own = with_opening(prediction, prediction.opening_px)
    closest = closest_label(own, labels)
    return RectangleVerdict(
        own_width=any(own.matches(label) for label in labels),
        ground_truth_width=any(
            with_opening(prediction, label.opening_px).matches(label) for label in labels
        ),
        ground_truth_size=any(
            replace(prediction, opening_px=label.opening_px, jaw_px=label.jaw_px).matches(label)
            for label in labels
        ),
        centre_error_px=min(_centre_distance_px(own, label) for label in labels),
        angle_error_deg=math.degrees(jaw_angle_difference(own.theta_rad, closest.theta_rad)),
        width_error_px=abs(own.opening_px - closest.opening_px),
    )


def with_opening(rectangle: GraspRectangle, opening_px: float) -> GraspRectangle:
    """Return the rectangle that the metric compares: its opening, and jaws of half of that."""
    return replace(rectangle, opening_px=opening_px, jaw_px=opening_px * JAW_PER_OPENING)


def closest_label(prediction: GraspRectangle, labels: Sequence[GraspRectangle]) -> GraspRectangle:
    """Return the label that errors are measured against.

    It is the one that overlaps most among those that accept the prediction; where none does, the
    one whose centre is nearest.
    """
    accepting = [label for label in labels if prediction.matches(label)]
    if accepting:
        return max(accepting, key=prediction.overlap)
    return min(labels, key=lambda label: _centre_distance_px(prediction, label))


def _centre_distance_px(first: GraspRectangle, second: GraspRectangle) -> float:
    return math.hypot(first.x_px - second.x_px, first.y_px - second.y_px)

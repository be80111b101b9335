import math
from dataclasses import replace
from pathlib import Path

import pytest

from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.evaluate.label_prior import LabelPrior
from rt_grasp_ros.grasp.errors import DataInvalid
from rt_grasp_ros.grasp.rectangle import GraspRectangle, jaw_angle_difference

LABEL = GraspRectangle(10.0, 10.0, 0.0, 20.0, 8.0, 200, 100)


def picture(*labels: GraspRectangle) -> GraspPicture:
    return GraspPicture("1", "1", "", Path("a.png"), None, 200, 100, labels)


def test_openings_are_over_the_longer_side():
    labels = [replace(LABEL, opening_px=float(opening)) for opening in range(1, 102)]
    prior = LabelPrior.of([picture(*labels[:30]), picture(*labels[30:])])
    assert prior.narrow_opening == pytest.approx(6 / 200)
    assert prior.median_opening == pytest.approx(51 / 200)
    assert prior.wide_opening == pytest.approx(96 / 200)


def test_the_direction_is_one_that_most_labels_are_near_modulo_half_a_turn():
    degrees = [75, 80, 100, 105, 0, 0, 0]  # the mean lies near none of them
    labels = [LABEL.rotated_by(math.radians(angle)) for angle in degrees]
    prior = LabelPrior.of([picture(*labels)])
    near = [jaw_angle_difference(prior.theta_rad, label.theta_rad) for label in labels]
    assert sum(angle < math.radians(30) for angle in near) == 4


def test_without_labels_nothing_is_known():
    with pytest.raises(DataInvalid, match="no labelled grasps"):
        LabelPrior.of([picture()])

"""A rectangle lifts what was meant, or it does not: the physics says so."""

import pytest

from rt_grasp_ros.data.sim_data import FIRST_TRAINING_SEED, training_scene
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.rollout.lift_trial import LiftTrial, lifted
from rt_grasp_ros.sim.cell import Cell

pytestmark = pytest.mark.sim

SEED = FIRST_TRAINING_SEED
SIZE_PX = 256, 192  # pictures of training are smaller than the camera's


@pytest.fixture(scope="module")
def label():
    with Cell(training_scene(SEED)) as cell:
        return next(one for one in cell.labels() if one.object_name == "marker" and one.is_default)


def test_the_true_grasp_lifts_and_the_table_does_not(label):
    right = LiftTrial(SEED, label.object_name, label.rectangle.resized(*SIZE_PX))
    wrong = LiftTrial(SEED, label.object_name, GraspRectangle(20, 170, 0.0, 30, 15, *SIZE_PX))
    assert lifted([right, wrong, right], processes=1) == {right: True, wrong: False}


def test_what_another_name_means_is_not_lifted_by_this_grasp(label):
    other = LiftTrial(SEED, "banana", label.rectangle.resized(*SIZE_PX))
    assert lifted([other], processes=1) == {other: False}

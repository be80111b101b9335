import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_pictures import (
    BAR_BREADTH_PX,
    SIDE_PX,
    bar_label,
    paint_bar,
)

from rt_grasp_ros.evaluate.antipodal import antipodal_grasp
from rt_grasp_ros.grasp.rectangle import jaw_angle_difference
from rt_grasp_ros.metrics.rectangle_metric import judge_rectangle


def relief_of(*labels) -> np.ndarray:
    relief = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    for label in labels:
        paint_bar(relief, label, 1.0)
    return relief


@given(st.floats(75, 149), st.floats(75, 149), st.floats(-1.57, 1.57))
@settings(max_examples=25, deadline=None)
def test_a_bar_is_held_across_its_middle(x_px, y_px, theta_rad):
    label = bar_label(x_px, y_px, theta_rad)
    found = antipodal_grasp(relief_of(label), 8.0, 60.0)
    verdict = judge_rectangle(found, [label])
    assert verdict.centre_error_px < 6
    assert verdict.angle_error_deg < 12
    assert found.opening_px == pytest.approx(1.5 * BAR_BREADTH_PX, abs=6)


def test_openings_stay_in_their_range():
    label = bar_label(110.0, 110.0, 0.0)
    assert antipodal_grasp(relief_of(label), 2.0, 15.0) is None
    across = antipodal_grasp(relief_of(label), 60.0, 100.0)
    assert across.opening_px == 60
    assert jaw_angle_difference(across.theta_rad, 0.0) < 0.2


def test_the_gap_between_two_objects_is_not_held():
    left, right = bar_label(70.0, 110.0, 0.0), bar_label(130.0, 110.0, 0.0)
    found = antipodal_grasp(relief_of(left, right), 8.0, 60.0)
    assert min(abs(found.x_px - 70), abs(found.x_px - 130)) < 6


def test_what_is_cut_by_the_border_comes_last():
    whole = bar_label(150.0, 110.0, 0.0)
    relief = relief_of(whole)
    relief[:, :60] = 1.0
    assert antipodal_grasp(relief, 8.0, 80.0).x_px == pytest.approx(150, abs=6)


@pytest.mark.parametrize("level", [0.0, 0.4])
def test_an_empty_table_offers_nothing(level):
    assert antipodal_grasp(np.full((SIDE_PX, SIDE_PX), level, np.float32), 8.0, 60.0) is None

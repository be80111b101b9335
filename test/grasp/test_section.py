"""Objects between the jaws, as points along the closing axis."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.section import measure_section, section_reach_m

POINTS_PER_BIN = 10.0


def measured(*intervals_m, opening_m=0.06, level_m=0.05):
    """Measure evenly covered intervals of the closing axis."""
    along_m = np.concatenate(
        [np.arange(low, high, 0.002 / POINTS_PER_BIN) for low, high in intervals_m]
    )
    return measure_section(along_m, np.full(len(along_m), level_m), opening_m, POINTS_PER_BIN)


def test_measures_an_object():
    section = measured((-0.012, 0.02))
    assert section.width_m == pytest.approx(0.032, abs=0.001)
    assert section.centre_m == pytest.approx(0.004, abs=0.001)
    assert section.top_m == pytest.approx(0.05)
    assert section.is_clear
    assert not section.spans_jaws


def test_nothing_there():
    assert measure_section(np.empty(0), np.empty(0), 0.06, POINTS_PER_BIN) is None


def test_what_stands_beyond_the_jaws_is_another_object():
    assert measured((0.04, 0.055)) is None
    assert measured((-0.01, 0.01), (0.035, 0.055)).high_m == pytest.approx(0.01, abs=0.001)


def test_two_walls_between_the_jaws_are_one_object():
    section = measured((-0.028, -0.024), (0.022, 0.026))
    assert (section.low_m, section.high_m) == pytest.approx((-0.028, 0.026), abs=0.001)


def test_a_hole_in_the_depth_does_not_split():
    section = measured((-0.01, -0.002), (0.003, 0.045), opening_m=0.03)
    assert (section.low_m, section.high_m) == pytest.approx((-0.01, 0.045), abs=0.001)


def test_an_object_that_ends_out_of_reach_is_not_clear():
    section = measured((-0.1, 0.01))
    assert not section.is_clear
    assert not section.spans_jaws


def test_an_object_beyond_both_jaws_spans_them():
    section = measured((-0.1, 0.1))
    assert not section.is_clear
    assert section.spans_jaws


def test_sparse_points_are_no_object():
    along_m = np.linspace(-0.01, 0.02, 15)
    assert measure_section(along_m, along_m, 0.06, POINTS_PER_BIN) is None


def test_one_stray_point_is_not_the_top():
    along_m = np.arange(-0.01, 0.01, 0.0001)
    level_m = np.full(len(along_m), 0.05)
    level_m[3] = 0.3
    assert measure_section(along_m, level_m, 0.06, POINTS_PER_BIN).top_m == pytest.approx(0.05)


def test_a_veil_behind_an_edge_is_no_object():
    object_m = np.arange(-0.01, 0.01, 0.002 / 40.0)
    veil_m = np.arange(0.01, 0.02, 0.002 / 5.0)
    along_m = np.concatenate([object_m, veil_m])
    section = measure_section(along_m, np.full(len(along_m), 0.05), 0.06, 40.0)
    assert section.high_m == pytest.approx(0.01, abs=0.001)


def test_edges_are_looked_for_3_cm_beyond_the_jaws():
    assert section_reach_m(0.06) == pytest.approx(0.06)
    assert measured((-0.1, 0.1)).high_m == pytest.approx(0.06, abs=0.002)


def test_an_object_beyond_one_jaw_does_not_span_both():
    assert not measured((-0.01, 0.1)).spans_jaws
    assert not measured((-0.1, 0.01)).spans_jaws


def test_each_of_three_things_between_and_beyond_the_jaws_is_told_from_the_others():
    section = measured((-0.052, -0.044), (-0.02, -0.016), (0.0, 0.006), (0.044, 0.052))
    assert (section.low_m, section.high_m) == pytest.approx((-0.02, 0.006), abs=0.001)


def test_what_reaches_a_little_beyond_a_jaw_is_another_object():
    assert measured((-0.006, 0.006), (0.02, 0.0305)).high_m == pytest.approx(0.006, abs=0.001)

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.metrics.rectangle_metric import closest_label, judge_rectangle, with_opening

JAWS_THAT_HALF_OVERLAPS = (0.14, 1.9)  # over the opening: IoU with jaws of half of it above 0.25

places_px = st.floats(0, 500)
angles_rad = st.floats(-10, 10)
openings_px = st.floats(8, 120)


@st.composite
def labels(draw) -> GraspRectangle:
    opening_px = draw(openings_px)
    jaw_px = opening_px * draw(st.floats(*JAWS_THAT_HALF_OVERLAPS))
    return GraspRectangle(
        draw(places_px), draw(places_px), draw(angles_rad), opening_px, jaw_px, 640, 480
    )


LABEL = GraspRectangle(100.0, 80.0, 0.4, 40.0, 20.0, 640, 480)


@given(labels(), st.lists(labels(), max_size=4))
def test_a_label_hits_itself_whatever_else_is_labelled(label, others):
    verdict = judge_rectangle(label, [*others, label])
    assert verdict.own_width
    assert verdict.ground_truth_width
    assert verdict.ground_truth_size
    assert verdict.centre_error_px == 0


@given(labels(), labels(), st.integers(-3, 3))
def test_a_gripper_turned_by_half_turns_is_the_same_gripper(prediction, label, turns):
    verdict = judge_rectangle(prediction, [label])
    turned = judge_rectangle(prediction.rotated_by(turns * math.pi), [label])
    if verdict.own_width == turned.own_width:  # else the angle is 30 degrees but for rounding
        assert turned.centre_error_px == verdict.centre_error_px
        assert turned.angle_error_deg == pytest.approx(verdict.angle_error_deg, abs=1e-6)
    else:
        assert verdict.angle_error_deg == pytest.approx(30, abs=1e-6)


@given(labels(), labels())
def test_prediction_and_label_change_places_where_their_jaws_follow_one_rule(first, second):
    first, second = (with_opening(each, each.opening_px) for each in (first, second))
    there, back = judge_rectangle(first, [second]), judge_rectangle(second, [first])
    assert there.angle_error_deg == pytest.approx(back.angle_error_deg)
    assert there.width_error_px == back.width_error_px
    if abs(first.overlap(second) - 0.25) > 1e-9:
        assert there.own_width == back.own_width


@given(labels(), st.floats(0.01, 100))
def test_the_jaws_of_a_prediction_are_not_looked_at(label, jaw_px):
    prediction = replace(label, x_px=label.x_px + 5)
    assert judge_rectangle(replace(prediction, jaw_px=jaw_px), [label]) == judge_rectangle(
        prediction, [label]
    )


@given(labels(), labels(), st.lists(labels(), max_size=3))
def test_more_labels_never_turn_a_hit_into_a_miss(prediction, label, others):
    alone, among = (judge_rectangle(prediction, [label, *more]) for more in ([], others))
    assert among.own_width >= alone.own_width
    assert among.ground_truth_width >= alone.ground_truth_width
    assert among.ground_truth_size >= alone.ground_truth_size
    assert among.centre_error_px <= alone.centre_error_px


@given(labels(), labels(), st.floats(8, 120))
def test_own_width_does_not_matter_where_the_label_gives_it(prediction, label, opening_px):
    verdict = judge_rectangle(prediction, [label])
    other = judge_rectangle(replace(prediction, opening_px=opening_px), [label])
    assert other.ground_truth_width == verdict.ground_truth_width
    assert other.ground_truth_size == verdict.ground_truth_size


@pytest.mark.parametrize(("degrees", "hits"), [(29.9, True), (30.1, False), (150.1, True)])
def test_thirty_degrees_are_the_limit(degrees, hits):
    turned = LABEL.rotated_by(math.radians(degrees))
    assert judge_rectangle(turned, [LABEL]).ground_truth_size == hits


def test_a_quarter_of_the_union_is_the_limit():
    # Of equal rectangles moved along the opening, the overlap is (1 - s) / (1 + s).
    for shift, hits in ((0.59, True), (0.61, False)):
        moved = LABEL.centre + shift * LABEL.opening_px * LABEL.opening_direction
        prediction = replace(LABEL, x_px=moved[0], y_px=moved[1])
        assert judge_rectangle(prediction, [LABEL]).own_width == hits


def test_a_width_far_off_misses_unless_the_label_gives_it():
    verdict = judge_rectangle(replace(LABEL, opening_px=130.0), [LABEL])
    assert not verdict.own_width
    assert verdict.ground_truth_width
    assert verdict.width_error_px == 90


def test_jaws_far_from_half_the_opening_miss_unless_the_label_gives_them():
    broad = replace(LABEL, jaw_px=2.5 * LABEL.opening_px)
    verdict = judge_rectangle(broad, [broad])
    assert not verdict.own_width
    assert not verdict.ground_truth_width
    assert verdict.ground_truth_size


def test_errors_are_measured_against_the_label_that_accepts():
    across = LABEL.rotated_by(math.pi / 2)
    along = replace(LABEL, x_px=LABEL.x_px + 3)
    assert closest_label(LABEL, [across, along]) is along
    verdict = judge_rectangle(LABEL, [across, along])
    assert verdict.angle_error_deg == 0
    assert verdict.centre_error_px == 0  # to the nearest label of all
    assert judge_rectangle(LABEL, [across]).angle_error_deg == pytest.approx(90)


def test_without_labels_there_is_nothing_to_judge():
    with pytest.raises(ValueError, match="without labels"):
        judge_rectangle(LABEL, [])

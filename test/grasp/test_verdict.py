import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.grasp import Grasp
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.grasp.verdict import Verdict, decisive, ranked_by_verdicts, twin_of

FAR, BLOCKED, FINE = ErrorCode.OUT_OF_REACH, ErrorCode.NO_PLAN, ErrorCode.OK
CODES = st.sampled_from([FAR, BLOCKED, FINE])


def verdict(index, is_twin, code):
    return Verdict(index, is_twin, code, "" if code is FINE else f"{code.name} of {index}.")


def grasp(index, code=FINE):
    rectangle = GraspRectangle(100.0 + index, 100.0, 0.0, 40.0, 20.0, 640, 480)
    return Grasp(rectangle, np.eye(4), 0.05, rejected_code=code)


@st.composite
def judged(draw):
    """Grasps, and verdicts of both ways round of those that were not rejected before."""
    before = draw(st.lists(st.booleans(), max_size=6))
    grasps = [
        grasp(i, FINE if is_fine else ErrorCode.OPENING_TOO_WIDE)
        for i, is_fine in enumerate(before)
    ]
    verdicts = [
        verdict(index, is_twin, draw(CODES))
        for index, is_fine in enumerate(before)
        if is_fine
        for is_twin in (False, True)
    ]
    return grasps, draw(st.permutations(verdicts))


@given(
    st.tuples(*[st.floats(-3.0, 3.0)] * 3),
    st.tuples(*[st.floats(-1.0, 1.0)] * 3),
)
def test_the_twin_of_the_twin_is_the_grasp(rotation_vector, position_m):
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_rotvec(rotation_vector).as_matrix()
    pose[:3, 3] = position_m
    twin = twin_of(pose)
    assert np.allclose(twin_of(twin), pose)
    assert np.allclose(twin[:3, 2:], pose[:3, 2:])  # same place, same approach
    assert np.allclose(twin[:3, 0], -pose[:3, 0])  # the fingers swapped
    assert np.allclose(twin[:3, 1], -pose[:3, 1])  # turned, no mirror image


@given(judged())
def test_a_grasp_is_rejected_where_both_ways_round_are(given_):
    grasps, verdicts = given_
    for index, after in ranked_by_verdicts(grasps, verdicts):
        codes = {v.rejected_code for v in verdicts if v.grasp_index == index}
        may_be_executed = FINE in codes if codes else grasps[index].is_executable
        assert after.is_executable is may_be_executed
        assert bool(after.rejected_reason) is (bool(codes) and not may_be_executed)


@given(judged())
def test_the_order_is_kept_and_the_rejected_come_last(given_):
    grasps, verdicts = given_
    after = ranked_by_verdicts(grasps, verdicts)
    assert sorted(index for index, _ in after) == list(range(len(grasps)))
    ranks = [(not entry.is_executable, index) for index, entry in after]
    assert ranks == sorted(ranks)


@given(judged())
def test_sorting_again_changes_nothing(given_):
    grasps, verdicts = given_
    once = [index for index, _ in ranked_by_verdicts(grasps, verdicts)]
    again = ranked_by_verdicts([entry for _, entry in ranked_by_verdicts(grasps, verdicts)], ())
    assert [once[index] for index, _ in again] == once


def test_the_reason_is_that_of_the_way_round_that_got_further():
    blocked = verdict(0, True, BLOCKED)
    assert decisive([verdict(0, False, FAR), blocked]) is blocked
    fine = verdict(0, True, FINE)
    assert decisive([blocked, fine]) is fine

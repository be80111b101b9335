"""Grasps as values for JSON."""

import json

import numpy as np

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.grasp import Grasp
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.grasp.verdict import Verdict
from rt_grasp_ros.pipeline.fields import candidate_fields

RECTANGLE = GraspRectangle(320, 240, 0.0, 60, 20, 640, 480)
TAKEN = Grasp(RECTANGLE, np.eye(4), 0.05, score=0.4)
FAR = Grasp(
    RECTANGLE,
    np.full((4, 4), np.nan),
    float("nan"),
    score=0.9,
    rejected_code=ErrorCode.OUT_OF_REACH,
    rejected_reason="It is too far away.",
)
VERDICTS = [
    Verdict(0, True),
    Verdict(0, False, ErrorCode.NO_PLAN, "The wrist is in the way."),
    Verdict(1, False, ErrorCode.OUT_OF_REACH, "It is too far away."),
    Verdict(1, True, ErrorCode.OUT_OF_REACH, "It is too far away."),
]


def test_each_candidate_has_its_fate_and_what_the_arm_says_of_both_ways_round():
    taken, far = json.loads(
        json.dumps(candidate_fields([TAKEN, FAR], "camera", VERDICTS), allow_nan=False)
    )
    assert (taken["rejected_code"], taken["rejected_reason"]) == (0, "")
    assert [(v["is_twin"], v["rejected_reason"]) for v in taken["arm"]] == [
        (True, ""),
        (False, "The wrist is in the way."),
    ]
    assert far["rejected_code"] == ErrorCode.OUT_OF_REACH
    assert len(far["arm"]) == 2
    assert far["rectangle"]["opening_px"] == 60


def test_without_an_arm_there_are_no_verdicts():
    assert [candidate["arm"] for candidate in candidate_fields([TAKEN, FAR], "camera")] == [[], []]


def test_a_candidate_has_its_pose_where_it_has_one():
    taken, far = candidate_fields([TAKEN, FAR], "camera")
    assert taken["pose"]["frame_id"] == "camera"
    assert taken["pose"]["position_m"] == [0.0, 0.0, 0.0]
    assert taken["pose"]["orientation_xyzw"] == [0.0, 0.0, 0.0, 1.0]
    assert taken["opening_m"] == 0.05
    assert far["pose"] is None and far["opening_m"] is None

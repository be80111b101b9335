"""What is said of results."""

from rt_grasp_ros.cli.report import candidate_lines


def test_the_rejected_ones_are_told_with_their_reasons():
    taken = {"rejected_code": 0, "rejected_reason": ""}
    far = {"rejected_code": 500, "rejected_reason": "It is too far away."}
    assert candidate_lines([taken, far]) == [
        "1 of 2 candidates may be executed",
        "candidate 2 of 2 is rejected: OUT_OF_REACH: It is too far away.",
    ]

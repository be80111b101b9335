import pytest

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.verdict import Verdict
from rt_grasp_ros.ros.executor.verdict_report import VerdictReport

pytestmark = pytest.mark.ros

FAR = Verdict(0, False, ErrorCode.OUT_OF_REACH, "It is too far away.")
FAR_TWIN = Verdict(0, True, ErrorCode.OUT_OF_REACH, "It is too far away.")
CROWDED = Verdict(1, True, ErrorCode.NO_PLAN, "No way was found.")


class Logger:
    def __init__(self):
        self.lines = []

    def info(self, line):
        self.lines.append(line)


@pytest.fixture
def logger():
    return Logger()


@pytest.fixture
def report(logger):
    """The goal's grasps 0, 1 and 4 were rejected before: 2, 3 and 5 became candidates."""
    return VerdictReport([2, 3, 5], logger)


def test_before_the_check_there_is_nothing_to_tell(report):
    assert report.messages == []


def test_grasps_are_counted_as_the_goal_counts_them(report):
    report.hear([Verdict(1, True), Verdict(2, False), FAR])
    assert [m.grasp_index for m in report.messages] == [3, 5, 2]
    assert [m.rejected_code for m in report.messages] == [0, 0, ErrorCode.OUT_OF_REACH]
    assert report.messages[0].is_twin


def test_the_log_says_which_are_left_and_why_others_are_not(report, logger):
    report.hear([Verdict(1, True), Verdict(1, False), Verdict(2, False), FAR, FAR_TWIN])
    assert logger.lines == [
        "grasps that the arm can go to, best first: 3, 5",
        "grasp 2 is rejected: It is too far away.",
        "grasp 2 turned by half a turn is rejected: It is too far away.",
    ]


def test_a_rejection_is_told_once(report, logger):
    report.hear([Verdict(1, True), FAR])
    report.hear([CROWDED, FAR])
    assert logger.lines[2:] == [
        "grasps that the arm can go to, best first: none",
        "grasp 3 turned by half a turn is rejected: No way was found.",
    ]

import numpy as np
import pytest
from poses import top_down

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import NoPlan
from rt_grasp_ros.motion.moveit_answers import check_line, check_scaling, failure_of

STEPS = 25
START, GOAL = top_down(0.5, 0.0, 0.2, 0.0), top_down(0.5, 0.0, 0.1, 0.0)


def line(fraction=1.0, bend_m=0.0, turn_rad=0.0, length=1.0, jump_rad=0.0):
    """Check a line of 10 cm whose joints move 1 rad, with faults."""
    shares = np.linspace(0.0, length, STEPS)
    poses = [
        top_down(0.5 + bend_m * np.sin(np.pi * s), 0.0, 0.2 - 0.1 * s, turn_rad * s) for s in shares
    ]
    positions = np.outer(shares, np.ones(7))
    positions[STEPS // 2 :, 2] += jump_rad
    check_line(fraction, positions, np.array(poses), GOAL)


def test_a_whole_straight_line_is_one():
    line()


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ({"fraction": 0.5}, "50.0 %"),
        ({"fraction": 0.998}, "99.8 %"),
        ({"fraction": -1.0}, "-100.0 %"),
        ({"fraction": float("nan")}, "nan"),
        ({"bend_m": 0.01}, "off by"),
        ({"turn_rad": 0.2}, "off by 0 mm"),
        ({"length": 0.9}, "off by 10 mm"),
        ({"jump_rad": 0.4}, "jump"),
    ],
)
def test_what_is_no_line_is_refused(faults, words):
    with pytest.raises(NoPlan, match=words):
        line(**faults)


def test_an_elbow_that_turns_while_the_tip_stands_is_a_jump_however_slow():
    """MoveIt's timing spreads a flip over many small steps."""
    positions = np.linspace(0.0, 1.0, 200)[:, None] * np.ones(7)
    with pytest.raises(NoPlan, match="jump"):
        check_line(1.0, positions, np.array([GOAL] * 200), GOAL)


@pytest.mark.parametrize("value", [0.0, -0.1, 1.01, float("nan")])
def test_a_scaling_that_moveit_takes_as_full_speed_is_refused(value):
    with pytest.raises(ValueError, match="speed"):
        check_scaling("speed", value)


def test_a_scaling_in_bounds_is_kept():
    assert check_scaling("speed", 0.1) == 0.1


@pytest.mark.parametrize(
    ("code", "doing", "expected"),
    [
        (-1, "planning", ErrorCode.NO_PLAN),
        (-4, "moving", ErrorCode.CONTROLLER_FAILED),
        (-6, "moving", ErrorCode.MOTION_TIMEOUT),
        (-6, "planning", ErrorCode.NO_PLAN),
        (-7, "moving", ErrorCode.CANCELLED),
        (-21, "inverse kinematics", ErrorCode.TRANSFORM_UNAVAILABLE),
        (-12345, "planning", ErrorCode.NO_PLAN),
    ],
)
def test_codes_become_failures_with_a_sentence(code, doing, expected):
    failure = failure_of(code, doing, "what MoveIt says")
    assert failure.code is expected
    assert failure.message.endswith(".")
    assert expected is ErrorCode.CANCELLED or "what MoveIt says" in failure.message

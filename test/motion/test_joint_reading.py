"""Joint state messages as drivers send them: what is right of them counts."""

import math

import pytest

from rt_grasp_ros.motion.joint_reading import read_joints

NAN = math.nan


def read(names, positions, velocities=(), wanted=("a", "b")):
    return read_joints(names, positions, velocities, wanted)


def test_order_and_other_joints_do_not_matter():
    reading = read(["wheel", "b", "a"], [9.0, 2.0, 1.0], [0.9, 0.2, 0.1])
    assert reading.positions == {"a": 1.0, "b": 2.0}
    assert reading.velocities == {"a": 0.1, "b": 0.2}
    assert reading.problems == ()


def test_a_joint_that_is_missing_is_no_problem_of_the_message():
    reading = read(["a"], [1.0])
    assert reading.positions == {"a": 1.0} and reading.problems == ()


@pytest.mark.parametrize("bad", [NAN, math.inf, -math.inf])
def test_a_position_that_is_no_number_costs_that_joint_alone(bad):
    reading = read(["a", "b"], [bad, 2.0])
    assert reading.positions == {"b": 2.0}
    assert reading.problems == ("the position of a is not a number",)


def test_what_is_wrong_with_joints_that_nobody_asks_for_is_no_problem():
    assert read(["a", "b", "wheel"], [1.0, 2.0, NAN]).problems == ()
    assert read(["wheel", "wheel", "a"], [1.0, 2.0, 3.0]).positions == {"a": 3.0}


def test_names_without_a_position_are_said():
    reading = read(["a", "b"], [1.0])
    assert reading.positions == {"a": 1.0}
    assert reading.problems == ("b has no position",)


def test_positions_without_a_name_are_passed_over():
    assert read(["a", "b"], [1.0, 2.0, 3.0]).positions == {"a": 1.0, "b": 2.0}


def test_a_name_given_twice_counts_where_both_say_the_same():
    assert read(["a", "a", "b"], [1.0, 1.0, 2.0]).positions == {"a": 1.0, "b": 2.0}
    reading = read(["a", "b", "a"], [1.0, 2.0, 1.5])
    assert reading.positions == {"b": 2.0}
    assert reading.problems == ("a comes twice, with different positions",)
    assert read(["a", "a", "a"], [1.0, 1.5, 1.0]).positions == {}  # nor the third


@pytest.mark.parametrize("velocities", [[], [0.1], [NAN, NAN], [0.1, 0.2, 0.3], [math.inf, NAN]])
def test_velocities_that_are_none_are_no_problem(velocities):
    reading = read(["a", "b"], [1.0, 2.0], velocities)
    assert reading.positions == {"a": 1.0, "b": 2.0}
    assert all(math.isnan(velocity) for velocity in reading.velocities.values())
    assert reading.problems == ()


def test_one_velocity_that_is_missing_leaves_the_others():
    reading = read(["a", "b"], [1.0, 2.0], [NAN, 0.2])
    assert math.isnan(reading.velocities["a"]) and reading.velocities["b"] == 0.2

import dataclasses
import itertools

import numpy as np
import pytest
from fake_robot import FakeRobot
from poses import top_down, wall
from ros2_controller import speeds

from rt_grasp_ros.grasp.errors import (
    Cancelled,
    ControllerFailed,
    JointStatesStale,
    MotionTimeout,
    NoPlan,
)
from rt_grasp_ros.motion.backend import never
from rt_grasp_ros.motion.embedded import EmbeddedBackend, MotionSettings
from rt_grasp_ros.motion.pick_outcome import Stage
from rt_grasp_ros.motion.pick_plan import PickCandidate
from rt_grasp_ros.motion.planning_scene import scene_for_grasp
from rt_grasp_ros.motion.sequence import PickSequence


@pytest.fixture
def io(robot, gripper):
    return FakeRobot(robot, gripper)


@pytest.fixture
def backend(robot, gripper, io):
    return EmbeddedBackend(robot, gripper, io)


@pytest.fixture
def motion(backend):
    return backend.plan_joints(backend.home_rad, backend.home_rad + np.eye(7)[0] * 2.0, 1.0, never)


def test_the_arm_reaches_the_end_of_a_trajectory(backend, io, motion):
    backend.execute(motion, 20.0, never)
    assert np.allclose(backend.arm_positions(), motion.end)
    assert io.held == 0
    assert max(io.sleeps_s) <= 0.02


def test_cancelling_halts_the_arm_on_its_way(backend, io, motion):
    halfway_s = io.now_s() + motion.duration_s / 2
    with pytest.raises(Cancelled):
        backend.execute(motion, 20.0, lambda: io.now_s() > halfway_s)
    told_s = io.now_s()
    assert io.held == 1
    io.sleep(0.5)
    where = backend.arm_positions()
    assert np.abs(where - motion.start).max() > 0.05
    assert np.abs(where - motion.end).max() > 0.05
    io.sleep(1.0)
    assert np.array_equal(backend.arm_positions(), where)
    _, speed, acceleration = speeds(io.controller.record, told_s - 0.02, told_s + 0.5)
    assert (np.abs(acceleration) <= io.robot.max_acceleration_rad_s2).all()
    assert (speed * np.sign(motion.end - motion.start) > -1e-6).all()


def test_an_arm_that_leaves_its_way_is_stopped(backend, io, motion):
    io.on_sleep = lambda: setattr(io, "arm_offset_rad", 0.3)
    with pytest.raises(ControllerFailed, match="left its way"):
        backend.execute(motion, 20.0, never)
    assert io.held == 1


def test_after_a_failure_the_arm_stands_before_anything_else_begins(backend, io, motion):
    """The next motion is planned from where it is measured."""
    io.on_sleep = lambda: setattr(io, "arm_offset_rad", 0.3)
    io.rests_from_s = 101.5
    with pytest.raises(ControllerFailed, match="left its way"):
        backend.execute(motion, 20.0, never)
    assert 101.5 <= io.now_s() < 101.6


def test_a_cancelled_goal_ends_while_the_arm_brakes(backend, io, motion):
    io.rests_from_s = np.inf
    with pytest.raises(Cancelled):
        backend.execute(motion, 20.0, lambda: io.now_s() > 100.5)
    assert io.now_s() < 100.6


def test_an_arm_that_stands_still_before_the_end_is_reported(backend, io, motion):
    io.arm_stuck = True
    with pytest.raises(ControllerFailed, match="from its goal"):
        backend.execute(motion, 20.0, never)
    assert io.held == 1


def test_a_slow_arm_is_given_up_at_the_deadline(backend, io, motion):
    with pytest.raises(MotionTimeout):
        backend.execute(motion, motion.duration_s / 3, never)
    assert io.held == 1


@pytest.mark.parametrize("fault", ["silent", "stale"])
def test_joint_states_that_stop_coming_stop_the_arm(backend, io, motion, fault):
    def fail() -> None:
        if fault == "silent":
            io.silent = True
        else:
            io.stale_from_s = min(io.stale_from_s, io.now_s())

    io.on_sleep = fail
    with pytest.raises(JointStatesStale):
        backend.execute(motion, 20.0, never)
    assert io.held == 1


def test_fingers_close_on_an_object_or_on_nothing(backend, io):
    io.object_joint_m = 0.012
    assert backend.close_gripper(5.0, never) == pytest.approx(0.024)
    io.object_joint_m = 0.0
    assert backend.close_gripper(5.0, never) == pytest.approx(0.0)
    backend.open_gripper(0.05, 5.0, never)
    assert backend.opening_m() == pytest.approx(0.05)


def test_fingers_that_do_not_open_are_reported(backend, io):
    backend.close_gripper(5.0, never)
    io.fingers_stuck = True
    with pytest.raises(ControllerFailed, match="gripper stands at 0 mm"):
        backend.open_gripper(0.05, 5.0, never)


def test_what_stands_in_the_way_of_opening_fingers_is_said_in_millimetres(backend, io):
    backend.open_gripper(0.04, 5.0, never)
    io.fingers_stuck = True
    with pytest.raises(ControllerFailed, match="stands at 40 mm instead of 60 mm"):
        backend.open_gripper(0.06, 5.0, never)


def test_fingers_that_stand_where_they_are_to_go_are_not_waited_for_longer(backend, io):
    backend.open_gripper(0.05, 5.0, never)
    asked_s = io.now_s()
    backend.open_gripper(0.05, 5.0, never)
    assert io.now_s() - asked_s < 1.5  # half a second of rest; those that are stuck get three


def test_how_fast_and_exactly_an_arm_moves_where_nothing_else_is_said():
    assert dataclasses.asdict(MotionSettings()) == {
        "speed": 0.5,
        "line_speed": 0.25,
        "path_tolerance_rad": 0.2,
        "goal_tolerance_rad": 0.02,
        "opening_tolerance_m": 0.004,
    }


def test_fingers_that_do_not_close_are_no_object(backend, io):
    io.fingers_stuck = True
    with pytest.raises(ControllerFailed, match="stay at 80 mm"):
        backend.close_gripper(5.0, never)


def test_fingers_that_react_late_are_waited_for(backend, io):
    react_s = io.now_s() + 0.8
    io.fingers_stuck = True
    io.object_joint_m = 0.01
    io.on_sleep = lambda: setattr(io, "fingers_stuck", io.now_s() < react_s)
    assert backend.close_gripper(5.0, never) == pytest.approx(0.02)


def test_fingers_that_creep_on_have_closed_on_something_that_gives_way(backend, io):
    begun_s = io.now_s()
    io.object_joint_m = 0.02

    def give_way() -> None:  # 2 mm between the fingers in a second
        io.object_joint_m = 0.02 - 0.001 * (io.now_s() - begun_s)

    io.on_sleep = give_way
    assert 0.034 < backend.close_gripper(5.0, never) < 0.04
    assert io.now_s() - begun_s < 2.5


def test_what_is_squeezed_out_is_not_closed_on(backend, io):
    begun_s = io.now_s()

    def slide_out() -> None:  # 8 mm between the fingers in a second
        io.object_joint_m = 0.036 - 0.004 * (io.now_s() - begun_s)

    io.on_sleep = slide_out
    with pytest.raises(MotionTimeout):
        backend.close_gripper(5.0, never)


def test_closing_can_be_cancelled_and_ends_at_its_deadline(backend):
    with pytest.raises(Cancelled):
        backend.close_gripper(5.0, lambda: True)
    with pytest.raises(MotionTimeout):
        backend.close_gripper(0.2, never)


def test_lines_may_touch_the_target_and_other_motions_may_not(robot, gripper, backend):
    grasp = top_down(0.5, 0.0, 0.03, 0.0)
    cloud = wall(0.0, top_m=0.05)
    cloud = cloud[np.abs(cloud[:, 0] - 0.5) < 0.02]
    backend.set_scene(scene_for_grasp(cloud, 0.0, grasp, 0.06))
    T_grasp_tip = np.linalg.inv(gripper.T_tip_grasp)
    above = backend.solve_ik(top_down(0.5, 0.0, 0.13, 0.0) @ T_grasp_tip, robot.home_rad, never)[0]
    down = backend.plan_line(above, grasp @ T_grasp_tip, never)
    assert np.allclose(backend.tip_pose(down.end), grasp @ T_grasp_tip, atol=2e-3)
    backend.set_scene(scene_for_grasp(wall(0.0, top_m=0.3), 0.0, grasp, 0.06))
    with pytest.raises(NoPlan):
        backend.plan_joints(robot.home_rad, down.end, 0.5, never)


def test_a_pose_reached_only_by_touching_something_says_what_is_touched(robot, gripper, backend):
    above = top_down(0.5, 0.0, 0.13, 0.0)
    T_grasp_tip = np.linalg.inv(gripper.T_tip_grasp)
    assert backend.solve_ik(above @ T_grasp_tip, robot.home_rad, never)
    backend.set_scene(scene_for_grasp(wall(0.0, top_m=0.3), 0.0, above, 0.06))
    with pytest.raises(NoPlan, match=r"touches something \(panda_.* and cloud"):
        backend.solve_ik(above @ T_grasp_tip, robot.home_rad, never)
    far_away = moved(backend.tip_pose(robot.home_rad), 2.0)
    assert backend.solve_ik(far_away, robot.home_rad, never) == []


def test_a_neighbour_in_the_way_down_rejects_the_grasp_and_the_next_one_is_taken(
    robot, gripper, backend, io
):
    io.object_joint_m = 0.015
    crowded = PickCandidate(top_down(0.5, 0.0, 0.03, 0.0), 0.05)
    free = PickCandidate(top_down(0.5, 0.2, 0.03, 0.8), 0.05)
    post = wall(0.0, top_m=0.06)
    post = post[np.abs(post[:, 0] - 0.545) < 0.012]
    outcome = PickSequence(backend, gripper).run([crowded, free], post)
    assert outcome.held
    assert outcome.executed_index == 1
    rejected = [v for v in outcome.verdicts if v.is_rejected]
    assert {v.grasp_index for v in rejected} == {0}
    assert {v.is_twin for v in rejected} == {False, True}
    assert all("blocked" in v.rejected_reason and "cloud" in v.rejected_reason for v in rejected)


def test_a_whole_pick_with_the_real_planner(robot, gripper, backend, io):
    io.object_joint_m = 0.015
    grasp = top_down(0.5, 0.1, 0.03, 0.8)
    cloud = np.array([[0.5, 0.1, 0.04]])
    outcome = PickSequence(backend, gripper).run([PickCandidate(grasp, 0.05)], cloud)
    assert outcome.error is None
    assert outcome.held
    assert outcome.finger_opening_m == pytest.approx(0.03)
    assert outcome.stages[-1].stage is Stage.VERIFYING
    lifted = grasp @ np.linalg.inv(gripper.T_tip_grasp)
    lifted[2, 3] += 0.12
    hand = backend.tip_pose(backend.arm_positions())
    assert np.allclose(hand[:3, 3], lifted[:3, 3], atol=2e-3)


@pytest.mark.parametrize(
    ("way", "asked"),
    [("solve_ik", 1), ("solve_ik", 9), ("plan_joints", 1), ("plan_joints", 60), ("plan_line", 12)],
)
def test_planning_ends_as_soon_as_it_is_cancelled(backend, way, asked):
    questions = itertools.count(1)
    here = backend.tip_pose(backend.home_rad)
    arguments = {
        "solve_ik": (moved(here, z_m=2.0), backend.home_rad),  # out of reach: all seeds are tried
        "plan_joints": (backend.home_rad, backend.home_rad + np.eye(7)[0] * 2.0, 1.0),
        "plan_line": (backend.home_rad, moved(here, z_m=-0.1)),
    }
    with pytest.raises(Cancelled):
        getattr(backend, way)(*arguments[way], lambda: next(questions) >= asked)
    assert next(questions) <= asked + 2


def moved(T_base_tip, z_m):
    pose = T_base_tip.copy()
    pose[2, 3] += z_m
    return pose

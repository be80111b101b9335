"""An arm whose joints turn without end: reached, planned for and moved the short way round."""

import numpy as np
import pytest
from fake_robot import FakeRobot
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.strangers.made_arm import CONTINUOUS, HOME_RAD, MadeArm, write_hand
from rt_grasp_ros.grasp.errors import ControllerFailed
from rt_grasp_ros.motion.backend import never
from rt_grasp_ros.motion.collision import CollisionChecker, RobotShape
from rt_grasp_ros.motion.embedded import EmbeddedBackend
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.kinematics import Kinematics
from rt_grasp_ros.motion.pick_plan import PickCandidate
from rt_grasp_ros.motion.planner import plan
from rt_grasp_ros.motion.planning_scene import PlanningScene
from rt_grasp_ros.motion.robot import load_robot
from rt_grasp_ros.motion.sequence import PickSequence
from rt_grasp_ros.motion.trajectory import JointState

HOME = np.array(HOME_RAD)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("made")


@pytest.fixture(scope="module")
def robot(folder):
    return load_robot(MadeArm(kind="continuous", limit=CONTINUOUS).write(folder))


@pytest.fixture(scope="module")
def hand(folder):
    return load_gripper(write_hand(folder))


@pytest.fixture(scope="module")
def shape(robot):
    return RobotShape(robot)


def turned(first_rad, last_rad=0.0):
    positions = HOME.copy()
    positions[0], positions[6] = first_rad, last_rad
    return positions


class Wrapping(FakeRobot):
    """Reports its joints between -pi and pi, and takes numbers as they are."""

    def joint_state(self):
        state = super().joint_state()
        positions = state.positions.copy()
        positions[:7] = (positions[:7] + np.pi) % (2 * np.pi) - np.pi
        return JointState(state.names, positions, state.velocities, state.stamp_s)

    def send_arm(self, trajectory):
        start_rad = self.joint_state().positions[:7]
        self.largest_step_rad = np.abs(trajectory.start - start_rad).max()
        super().send_arm(trajectory)


@given(st.floats(-20.0, 20.0), st.floats(-20.0, 20.0))
@settings(max_examples=20, deadline=None)
def test_configurations_are_found_in_the_turn_in_which_the_arm_is(robot, first_rad, last_rad):
    kinematics = Kinematics(robot)
    here = turned(first_rad, last_rad)
    pose = kinematics.tip_pose(turned(first_rad + 0.4, last_rad - 0.3))
    found = kinematics.solve_all(pose, here)
    assert found
    for positions in found:
        assert np.allclose(kinematics.tip_pose(positions), pose, atol=2e-3)
        assert (np.abs(positions - here)[robot.is_continuous] <= np.pi + 1e-9).all()


NO_POINTS = np.empty((0, 3))


def checker(shape, hand, points=NO_POINTS):
    scene = PlanningScene(points, np.zeros(len(points), bool), -1.0, 0.08)
    return CollisionChecker(shape, hand, scene, may_touch_target=False)


def test_the_way_leads_over_pi_where_that_is_shorter(robot, hand, shape):
    start, goal = turned(3.0), turned(-3.0)
    path = plan(robot, checker(shape, hand), start, goal, 1.0)
    assert path[0].tolist() == start.tolist()
    assert path[-1][0] == pytest.approx(2 * np.pi - 3.0)
    assert np.abs(np.diff(path, axis=0)).max() < 0.11


def pillar(angle_rad):
    """Points of a pillar where the hand would pass."""
    x_m, y_m = 0.5 * np.cos(angle_rad), 0.5 * np.sin(angle_rad)
    z_m = np.arange(0.0, 1.0, 0.01)
    return np.column_stack([np.full_like(z_m, x_m), np.full_like(z_m, y_m), z_m])


def test_the_way_leads_the_other_way_round_where_the_short_one_is_blocked(robot, hand, shape):
    walled = checker(shape, hand, pillar(np.pi))
    start, goal = turned(2.4), turned(-2.4)
    assert not walled.is_path_free(np.stack([start, robot.nearest_rad(goal, start)]))
    path = plan(robot, walled, start, goal, 10.0)
    assert walled.is_path_free(path)
    assert np.abs(np.diff(path, axis=0)).max() < 0.11  # no jump of a turn
    assert robot.difference_rad(path[-1], goal) == pytest.approx(np.zeros(7), abs=1e-6)


@pytest.mark.parametrize("reports", [FakeRobot, Wrapping])
def test_the_arm_is_at_its_goal_whatever_turn_it_reports(robot, hand, reports):
    io = reports(robot, hand)
    io.arm = turned(3.0)
    backend = EmbeddedBackend(robot, hand, io)
    trajectory = backend.plan_joints(backend.arm_positions(), turned(-3.0), 1.0, never)
    backend.execute(trajectory, 30.0, never)
    assert io.arm[0] == pytest.approx(2 * np.pi - 3.0, abs=1e-3)
    back = backend.plan_joints(backend.arm_positions(), turned(3.0), 1.0, never)
    backend.execute(back, 30.0, never)
    measured_rad = io.joint_state().positions[0]
    assert measured_rad == pytest.approx(3.0, abs=1e-3)


def test_a_motion_planned_in_another_turn_starts_where_the_arm_is(robot, hand):
    io = Wrapping(robot, hand)
    io.arm = turned(0.5)
    backend = EmbeddedBackend(robot, hand, io)
    trajectory = backend.plan_joints(turned(0.5 + 4 * np.pi), turned(0.9 + 4 * np.pi), 1.0, never)
    backend.execute(trajectory, 30.0, never)
    assert io.largest_step_rad == pytest.approx(0.0, abs=1e-6)
    assert io.arm[0] == pytest.approx(0.9, abs=1e-3)


def test_an_arm_that_leaves_its_way_over_pi_is_still_stopped(robot, hand):
    io = Wrapping(robot, hand)
    io.arm = turned(3.0)
    backend = EmbeddedBackend(robot, hand, io)
    trajectory = backend.plan_joints(backend.arm_positions(), turned(-3.0), 1.0, never)

    def push():
        if io.arm[0] > 3.1:
            io.arm_offset_rad = 0.5

    io.on_sleep = push
    with pytest.raises(ControllerFailed, match="left its way"):
        backend.execute(trajectory, 30.0, never)
    assert io.held


@pytest.mark.parametrize("turn_rad", [0.0, 3.0, -3.0])
@pytest.mark.parametrize("reports", [FakeRobot, Wrapping])
def test_a_whole_pick_behind_the_arm_holds(robot, hand, reports, turn_rad):
    io = reports(robot, hand)
    io.arm = turned(turn_rad)
    io.object_joint_m = 0.015
    T_base_grasp = np.diag([1.0, -1.0, -1.0, 1.0])
    T_base_grasp[:3, 3] = -0.45, 0.05, 0.08  # beyond pi for the first joint
    sequence = PickSequence(EmbeddedBackend(robot, hand, io), hand)
    outcome = sequence.run([PickCandidate(T_base_grasp, 0.06)], np.empty((0, 3)), -0.02)
    assert outcome.error is None
    assert outcome.held

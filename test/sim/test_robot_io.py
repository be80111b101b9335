import numpy as np
import pytest

from rt_grasp_ros.grasp.errors import ControllerFailed
from rt_grasp_ros.motion.trajectory import Trajectory
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.panda import ARM_JOINTS, FINGER_JOINTS, HOME_POSITION_RAD
from rt_grasp_ros.sim.robot_io import CellRobotIo
from rt_grasp_ros.sim.scene import random_scene

pytestmark = pytest.mark.sim

GOAL_RAD = np.array(HOME_POSITION_RAD) + 0.3


@pytest.fixture
def io():
    with Cell(random_scene(1, ["apple"])) as cell:
        yield CellRobotIo(cell)


def straight_to(names, start, goal, duration_s) -> Trajectory:
    positions = np.stack([start, goal])
    return Trajectory(
        tuple(names), positions, np.zeros_like(positions), np.array([0.0, duration_s])
    )


def test_time_passes_only_in_sleep(io):
    before = io.joint_state()
    assert io.now_s() == before.stamp_s == 0.0
    io.sleep(0.1)
    assert io.now_s() == pytest.approx(0.1)
    assert io.joint_state().stamp_s == pytest.approx(0.1)


def test_arm_goes_where_it_is_sent(io):
    io.send_arm(straight_to(ARM_JOINTS, HOME_POSITION_RAD, GOAL_RAD, 1.0))
    io.sleep(1.1)
    np.testing.assert_allclose(io.joint_state().of(ARM_JOINTS), GOAL_RAD, atol=2e-3)


def test_hand_closes(io):
    io.send_hand(straight_to(FINGER_JOINTS[:1], [0.04], [0.0], 0.5))
    io.sleep(0.7)
    np.testing.assert_allclose(io.joint_state().of(FINGER_JOINTS), 0.0, atol=1e-3)


def test_hold_stops_the_arm_and_not_the_hand(io):
    io.send_arm(straight_to(ARM_JOINTS, HOME_POSITION_RAD, GOAL_RAD, 1.0))
    io.send_hand(straight_to(FINGER_JOINTS[:1], [0.04], [0.01], 1.0))
    io.sleep(0.5)
    stopped_rad = io.joint_state().of(ARM_JOINTS)
    io.hold()
    io.sleep(1.0)
    np.testing.assert_allclose(io.joint_state().of(ARM_JOINTS), stopped_rad, atol=0.01)
    np.testing.assert_allclose(io.joint_state().of(FINGER_JOINTS), 0.01, atol=1e-3)


def test_refused_trajectory_changes_nothing(io):
    with pytest.raises(ControllerFailed):
        io.send_arm(straight_to(FINGER_JOINTS, [0, 0], [1, 1], 1.0))
    io.sleep(0.2)
    np.testing.assert_allclose(io.joint_state().of(ARM_JOINTS), HOME_POSITION_RAD, atol=1e-4)

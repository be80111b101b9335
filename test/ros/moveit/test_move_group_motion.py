"""The arm goes where it was sent, or stops; whatever move_group says of it."""

import threading
import time

import numpy as np
import pytest
from arm_world import ROBOT, eventually
from move_group_arm import (
    GRIPPER,
    HOME,
    LONG_S,
    PROMPTLY_S,
    TURNED,
    has_left,
    raises,
    stands_on_the_way,
)
from moveit_msgs.msg import MoveItErrorCodes as Codes

from rt_grasp_ros.grasp.errors import (
    BackendUnavailable,
    Cancelled,
    ControllerFailed,
    JointStatesStale,
    MotionTimeout,
)
from rt_grasp_ros.motion.backend import never
from rt_grasp_ros.motion.embedded import MotionSettings
from rt_grasp_ros.motion.timing import time_path
from rt_grasp_ros.ros.moveit.move_group_backend import MoveGroupBackend, MoveItSettings

pytestmark = [pytest.mark.ros, pytest.mark.moveit]


def test_the_arm_goes_along_a_plan(backend, arm):
    backend.execute(backend.plan_joints(HOME, TURNED, 2.0, never), 10.0, never)
    assert np.allclose(arm.arm_rad(), TURNED, atol=0.02)


def test_cancelling_in_the_middle_stops_the_arm_by_the_event(backend, arm, move_group):
    plan = backend.plan_joints(HOME, TURNED, 2.0, never)
    arm.creep_in("arm", 1)
    move_group.hanging.add("execute_trajectory")
    start_s = time.monotonic()
    with pytest.raises(Cancelled):
        backend.execute(plan, LONG_S, lambda: has_left(arm))
    assert time.monotonic() - start_s < PROMPTLY_S
    assert eventually(lambda: move_group.stops >= 1)
    assert stands_on_the_way(arm)


def test_a_stop_is_even_and_moveit_is_told_when_the_arm_stands(backend, arm, move_group):
    """Told at once, its controller holds the measured position, and races with the braking."""
    way = HOME + np.eye(7)[0] * 1.5
    plan = time_path(ROBOT, np.linspace(HOME, way, 8), 0.35)
    cancelled_s = []

    def is_cancelled():
        if arm.arm_rad()[0] - HOME[0] < 0.5:
            return False
        cancelled_s.append(time.monotonic())
        return True

    with pytest.raises(Cancelled):
        backend.execute(plan, LONG_S, is_cancelled)
    assert eventually(lambda: move_group.stops >= 1)
    assert eventually(arm.is_at_rest)
    assert arm.stood_within_s() < 0.5
    arm.assert_braked_evenly(cancelled_s[0], most=2.0)


def test_a_stop_without_a_goal_is_told_to_moveit_too(backend, arm, move_group):
    backend.stop()
    assert eventually(lambda: move_group.stops == 1)


def test_a_motion_that_somebody_else_stopped_has_not_arrived(backend, arm, move_group):
    """The controller calls its goal reached, and MoveIt reports success."""
    plan = time_path(ROBOT, np.linspace(HOME, HOME + np.eye(7)[0] * 1.5, 8), 0.35)

    def stop():
        assert eventually(lambda: arm.arm_rad()[0] - HOME[0] > 0.5)
        backend._io.hold()

    threading.Thread(target=stop).start()
    with raises(ControllerFailed, "reports success", "not at its goal"):
        backend.execute(plan, LONG_S, never)
    assert move_group.stops >= 1


def test_an_aborting_controller_is_a_failure_and_the_arm_is_stopped(backend, arm, move_group):
    move_group.codes["execute_trajectory"] = Codes.CONTROL_FAILED
    arm.creep_in("arm", 1)
    with raises(ControllerFailed, "controller"):
        backend.execute(backend.plan_joints(HOME, TURNED, 2.0, never), 10.0, never)
    assert stands_on_the_way(arm)


def test_a_refused_motion_moves_nothing(backend, arm, move_group):
    move_group.refusing.add("execute_trajectory")
    with raises(BackendUnavailable, "execute_trajectory", "refused"):
        backend.execute(backend.plan_joints(HOME, TURNED, 2.0, never), 10.0, never)
    assert np.allclose(arm.arm_rad(), HOME)


def test_a_motion_that_never_ends_is_stopped(backend, arm, move_group):
    move_group.hanging.add("execute_trajectory")
    with raises(MotionTimeout, "did not end"):
        backend.execute(backend.plan_joints(HOME, TURNED, 2.0, never), 0.5, never)
    assert eventually(lambda: move_group.stops >= 1)


def test_joint_states_that_stop_coming_stop_the_arm(backend, arm, move_group):
    plan = backend.plan_joints(HOME, HOME + np.eye(7)[0] * 2.5, 2.0, never)
    arm.is_silent = True
    move_group.hanging.add("execute_trajectory")
    with pytest.raises(JointStatesStale):
        backend.execute(plan, 10.0, never)
    assert eventually(lambda: move_group.stops >= 1)


def test_success_of_an_arm_that_stands_elsewhere_is_not_believed(backend, arm, move_group):
    plan = backend.plan_joints(HOME, TURNED, 2.0, never)
    arm.is_stuck = True  # by a brake, whatever its controller is told
    with raises(ControllerFailed, "not at its goal"):
        backend.execute(plan, 10.0, never)


@pytest.mark.parametrize("speed", [0.0, -0.1, 1.5])
def test_a_speed_that_move_group_takes_as_full_is_refused(world, speed):
    settings = MotionSettings(speed=speed)
    with pytest.raises(ValueError, match="speed"):
        MoveGroupBackend(None, ROBOT, GRIPPER, None, settings, MoveItSettings())

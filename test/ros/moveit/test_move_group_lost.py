"""A move_group that is lost does not come back: the one test of its file."""

import threading
import time

import pytest
from arm_world import eventually
from move_group_arm import HOME, LONG_S, TURNED, has_left, raises, stands_on_the_way

from rt_grasp_ros.grasp.errors import BackendUnavailable
from rt_grasp_ros.motion.backend import never

pytestmark = [pytest.mark.ros, pytest.mark.moveit]


def test_a_move_group_that_disappears_in_the_middle_stops_the_arm(backend, arm, move_group):
    plan = backend.plan_joints(HOME, TURNED, 2.0, never)
    arm.creep_in("arm", 1)
    move_group.hanging.add("execute_trajectory")

    def disappear():
        assert eventually(lambda: has_left(arm))
        move_group.disappear()

    threading.Thread(target=disappear).start()
    start_s = time.monotonic()
    with raises(BackendUnavailable, "execute_trajectory", "disappeared"):
        backend.execute(plan, LONG_S, never)
    assert time.monotonic() - start_s < LONG_S / 2
    assert stands_on_the_way(arm)
    with raises(BackendUnavailable, "start move_group"):
        backend.solve_ik(backend.tip_pose(HOME), HOME, never)

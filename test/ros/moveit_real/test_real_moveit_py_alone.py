"""The real moveit_py in worlds of their own: a controller that is silent, and a namespace."""

import threading
import time

import numpy as np
import pytest
from arm_world import eventually
from moveit_py_tasks import go_to
from moveit_tasks import HOME, STANDS_WITHIN_S, TURNED, has_left
from real_moveit import ControlledArm
from real_moveit_py import BackendProcess

from rt_grasp_ros.grasp.errors import BackendUnavailable, Cancelled

pytestmark = [pytest.mark.ros, pytest.mark.real_moveit, pytest.mark.real_moveit_py]


@pytest.fixture
def connect(prefix):
    """Start processes of a backend; none outlives the test."""
    started = []

    def connect(**options):
        started.append(BackendProcess(prefix, **options))
        return started[-1]

    yield connect
    for process in started:
        process.stop()


def test_a_controller_that_does_not_answer_holds_up_no_stop(new_world, connect):
    arm = new_world.add(ControlledArm(new_world))
    answers = threading.Event()
    arm.answer_cancelling_after(answers)
    backend = connect()
    backend.begin(go_to, TURNED)
    assert eventually(lambda: has_left(arm))
    pressed_s = time.monotonic()
    backend.pressed.set()
    with pytest.raises(Cancelled):
        backend.result()
    print(f"execute ended after {time.monotonic() - pressed_s:.1f} s")
    assert time.monotonic() - pressed_s < 5.0
    stood_s, _ = arm.stood_after_s(pressed_s)
    assert stood_s < STANDS_WITHIN_S
    with pytest.raises(BackendUnavailable, match="did not end"):
        backend.run(go_to, HOME)
    answers.set()
    time.sleep(0.5)
    backend.run(go_to, HOME)


def test_a_robot_in_a_namespace_is_moved(new_world, connect):
    arm = new_world.add(ControlledArm(new_world, namespace="robot1"))
    backend = connect(namespace="robot1")
    backend.run(go_to, TURNED)
    assert np.allclose(arm.arm_rad(), TURNED, atol=0.01)

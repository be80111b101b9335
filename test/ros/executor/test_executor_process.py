"""The executor as a process of its own: stopping it stops the arm."""

import signal
import subprocess

import numpy as np
import pytest
from arm_world import ROBOT, Commander, FakeArm, assert_stands_still, eventually
from rt_grasp_ros.action import ExecuteGrasp
from world import FakeCamera

from rt_grasp_ros.with_parent import start_with_parent

pytestmark = pytest.mark.ros


@pytest.fixture
def start():
    """Start executor processes; none outlives the test."""
    started = []

    def start(*arguments):
        command = [
            "-m",
            "rt_grasp_ros.ros.executor.executor_node",
            "--ros-args",
            *("-p", "autostart:=true"),
            *arguments,
        ]
        started.append(start_with_parent(command, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait(5.0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_the_process_stops_the_arm_first(new_world, start, number):
    process = start("-p", "speed:=0.5")
    arm = new_world.add(FakeArm(new_world))
    new_world.add(FakeCamera(new_world))
    commander = new_world.add(Commander(new_world))
    arm.creep_in("arm", 1)
    arm.publish_camera_pose()
    assert commander.send().accepted
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_PREGRASP)
    assert eventually(lambda: np.abs(arm.arm_rad() - ROBOT.home_rad).max() > 0.01)
    assert arm.holds == 0
    process.send_signal(number)
    _, complaint = process.communicate(timeout=60.0)
    assert process.returncode == 0, complaint
    assert_stands_still(arm)


@pytest.mark.parametrize(
    ("argument", "named"),
    [("speed:=7.0", "speed"), ("gripper:=3", "gripper")],
)
def test_a_wrong_parameter_ends_it_with_a_sentence(start, argument, named):
    process = start("-p", argument)
    _, complaint = process.communicate(timeout=120.0)
    assert process.returncode == 1
    assert complaint.strip().splitlines()[-1].startswith("executor_node: ")
    assert named in complaint

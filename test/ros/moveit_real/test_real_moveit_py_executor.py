"""The executor with the real moveit_py: picks, stops, and how its process ends."""

import signal
import subprocess
import time

import pytest
from arm_world import Commander, Operator, assert_stands_still, eventually
from moveit_tasks import SPEED, STANDS_WITHIN_S, SceneUser, assert_nothing_of_ours_in, has_left
from real_moveit import ControlledArm
from real_moveit_py import PACKAGE, UPSTREAMS_PACKAGE, environment_with
from rt_grasp_ros.action import ExecuteGrasp
from world import FakeCamera

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.with_parent import start_with_parent

pytestmark = [pytest.mark.ros, pytest.mark.real_moveit, pytest.mark.real_moveit_py]


@pytest.fixture
def start(prefix):
    """Start executor processes; none outlives the test."""
    started = []

    def start(package=PACKAGE):
        parameters = {
            "backend": "moveit_py",
            "moveit_config_package": package,
            "speed": SPEED,
            "line_speed": SPEED,
            "autostart": True,
        }
        command = ["-m", "rt_grasp_ros.ros.executor.executor_node", "--ros-args"]
        for name, value in parameters.items():
            command += ["-p", f"{name}:={value}"]
        environment = environment_with(prefix)
        started.append(
            start_with_parent(command, stderr=subprocess.PIPE, text=True, env=environment)
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait(5.0)


def test_the_executor_carries_out_a_grasp_then_is_stopped(new_world, start):
    arm = new_world.add(ControlledArm(new_world))
    start()
    user = new_world.add(SceneUser(new_world))
    new_world.add(FakeCamera(new_world))
    commander, operator = new_world.add(Commander(new_world)), new_world.add(Operator(new_world))
    arm.publish_camera_pose()
    result = commander.result_of(commander.send())
    assert ErrorCode(result.error_code) is ErrorCode.OK, result.error_message
    assert result.held
    assert_nothing_of_ours_in(user.scene())
    arm.go_home()
    time.sleep(0.2)
    handle = commander.send()
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_PREGRASP)
    assert eventually(lambda: has_left(arm))
    pressed_s = time.monotonic()
    assert operator.stop().success
    result = commander.result_of(handle, 10.0)
    assert ErrorCode(result.error_code) is ErrorCode.CANCELLED
    time.sleep(STANDS_WITHIN_S)
    stood_s, _ = arm.stood_after_s(pressed_s)
    print(f"stop of the executor: the arm stands after {stood_s * 1000:.0f} ms")
    assert stood_s < STANDS_WITHIN_S
    assert_nothing_of_ours_in(user.scene())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_ending_the_executor_in_the_middle_stops_the_arm(new_world, start, number):
    arm = new_world.add(ControlledArm(new_world))
    process = start()
    new_world.add(FakeCamera(new_world))
    commander = new_world.add(Commander(new_world))
    arm.publish_camera_pose()
    assert eventually(lambda: "arm_guard" in arm.get_node_names())
    assert commander.send().accepted
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_PREGRASP)
    assert eventually(lambda: has_left(arm))
    sent_s = time.monotonic()
    process.send_signal(number)
    _, complaint = process.communicate(timeout=60.0)
    print(f"{number.name}: exit status {process.returncode}, {time.monotonic() - sent_s:.2f} s")
    assert process.returncode == (-number if number is signal.SIGKILL else 0), complaint
    assert_stands_still(arm)
    stood_s, _ = arm.stood_after_s(sent_s)
    print(f"  the arm stands after {stood_s * 1000:.0f} ms")


def test_a_configuration_without_moveit_cpp_ends_the_executor_with_a_sentence(new_world, start):
    new_world.add(ControlledArm(new_world))
    process = start(UPSTREAMS_PACKAGE)
    _, complaint = process.communicate(timeout=60.0)
    assert process.returncode == 1, complaint
    assert "moveit_cpp.yaml" in complaint.strip().splitlines()[-1]


def test_without_joint_states_the_executor_ends_with_a_sentence(new_world, start):
    process = start()
    _, complaint = process.communicate(timeout=60.0)
    assert process.returncode == 1, complaint
    assert "joint_states" in complaint.strip().splitlines()[-1]

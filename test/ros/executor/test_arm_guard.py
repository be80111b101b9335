"""An executor that is killed while the arm moves: the arm stops all the same."""

import dataclasses
import errno
import os
import resource
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from arm_world import ROBOT, Commander, FakeArm, assert_stands_still, eventually
from rclpy.node import Node
from rt_grasp_ros.action import ExecuteGrasp
from sensor_msgs.msg import JointState
from std_msgs.msg import Header, String
from trajectory_msgs.msg import JointTrajectory
from world import FakeCamera

from rt_grasp_ros.motion.sent_motion import SentMotion
from rt_grasp_ros.motion.trajectory import Trajectory
from rt_grasp_ros.ros.executor import arm_guard
from rt_grasp_ros.ros.executor.arm_guard import start_guard
from rt_grasp_ros.ros.executor.sent_record import SentRecord
from rt_grasp_ros.ros.messages.stamps import time_from_nanoseconds
from rt_grasp_ros.ros.robot.topic_names import ARM_TOPIC, JOINTS_TOPIC, STOP_EVENT
from rt_grasp_ros.with_parent import start_with_parent

pytestmark = pytest.mark.ros


@pytest.fixture
def executor():
    command = ["-m", "rt_grasp_ros.ros.executor.executor_node"]
    command += ["--ros-args", "-p", "speed:=0.1", "-p", "autostart:=true"]
    process = start_with_parent(command)
    yield process
    process.kill()
    process.wait(5.0)


def test_the_arm_stops_though_nothing_is_left_of_the_executor(new_world, executor):
    arm = new_world.add(FakeArm(new_world))
    new_world.add(FakeCamera(new_world))
    commander = new_world.add(Commander(new_world))
    arm.publish_camera_pose()
    assert commander.send().accepted
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_PREGRASP)
    assert eventually(lambda: np.abs(arm.arm_rad() - ROBOT.home_rad).max() > 0.001)
    assert arm.holds == 0
    killed_s = time.monotonic()
    executor.send_signal(signal.SIGKILL)
    assert_stands_still(arm)
    arm.assert_braked_evenly(killed_s, most=2.0)


def guarding(node, sent=None):
    record = SentRecord()
    if sent is not None:
        record.write(sent)
    return start_guard(node, ("wrist", "elbow"), np.array([10.0, 2.0]), record)


def test_an_executor_goes_on_when_its_guard_is_up(new_world, monkeypatch, tmp_path):
    """Else one that is killed in its first seconds would leave the arm to its way."""
    node = new_world.add(Node("executor_node", context=new_world.context))
    slow_python = tmp_path / "python"
    slow_python.write_text(f'#!/bin/sh\nsleep 2\nexec {sys.executable} "$@"\n')
    slow_python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(slow_python))
    started_s = time.monotonic()
    guard = guarding(node)
    try:
        assert time.monotonic() - started_s > 2.0
        assert guard.poll() is None
    finally:
        guard.kill()
        guard.wait(5.0)


def test_the_guard_goes_before_others_where_the_system_lets_it(new_world):
    node = new_world.add(Node("executor", context=new_world.context))
    guard = guarding(node)
    threads = {
        int(one.name): (one / "comm").read_text()
        for one in Path(f"/proc/{guard.pid}/task").iterdir()
    }
    # Those that numpy starts while it is imported have nothing to do with the arm.
    acts = [guard.pid, *(one for one, name in threads.items() if name.startswith("dds"))]
    policies = {os.sched_getscheduler(one) for one in acts}
    guard.stdin.close()
    guard.wait(30.0)
    may = os.geteuid() == 0 or resource.getrlimit(resource.RLIMIT_RTPRIO)[0] > 0
    assert policies == {os.SCHED_RR if may else os.SCHED_OTHER}
    assert guard.returncode == 0


@pytest.mark.parametrize(
    "error", [PermissionError(), OSError(errno.EINVAL, "no"), AttributeError()]
)
def test_the_guard_goes_on_where_the_system_does_not_let_it_go_first(monkeypatch, error):
    def refuse(*_):
        raise error

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    arm_guard._go_before_others()


def test_an_executor_whose_guard_does_not_start_says_so(new_world, monkeypatch, capfd):
    node = new_world.add(Node("executor_node", context=new_world.context))
    monkeypatch.setattr(sys, "executable", "false")
    assert guarding(node).wait(5.0) != 0
    assert "nothing stops the arm" in capfd.readouterr().err


def test_a_measurement_from_before_the_executors_end_moves_no_arm(new_world):
    """By then another robot, or another cell, may have taken the place of the one measured."""
    node = new_world.add(Node("executor_node", context=new_world.context))
    heard = []
    node.create_subscription(JointTrajectory, ARM_TOPIC, heard.append, 10)
    states = node.create_publisher(JointState, JOINTS_TOPIC, 10)
    guard = guarding(node)
    assert eventually(lambda: states.get_subscription_count() == 1)
    state = JointState(name=["elbow", "wrist"], position=[1.5, -0.5], velocity=[0.0, 0.0])
    for _ in range(50):
        states.publish(state)
        time.sleep(0.02)
    guard.stdin.close()
    assert guard.wait(60.0) == 0
    assert not eventually(lambda: heard, 0.5)


def test_a_controller_that_the_guard_finds_late_is_told_to_stop_all_the_same(new_world):
    node = new_world.add(Node("executor_node", context=new_world.context))
    states = node.create_publisher(JointState, JOINTS_TOPIC, 10)
    start_s = time.monotonic()

    def publish():
        elbow_rad = 0.2 * (time.monotonic() - start_s)
        states.publish(
            JointState(
                name=["elbow", "finger", "wrist"],
                position=[elbow_rad, 0.04, -0.5],
                velocity=[0.2, 0.0, 0.0],
            )
        )

    node.create_timer(0.02, publish)
    guard = guarding(node)
    guard.stdin.close()
    try:
        assert eventually(lambda: "arm_guard" in node.get_node_names())
        heard = []
        node.create_subscription(JointTrajectory, ARM_TOPIC, heard.append, 10)
        assert eventually(lambda: heard)
        gone_rad = 0.2 * (time.monotonic() - start_s)
        assert heard[0].joint_names == ["wrist", "elbow"]
        (point,) = heard[0].points
        time_s = point.time_from_start.nanosec * 1e-9
        assert 0.1 < time_s < 0.4  # 0.2 rad/s, braked by 2 rad/s^2; the older, the more gently
        wrist, elbow = point.positions
        assert wrist == -0.5
        assert 0.2 * time_s / 2 < elbow < gone_rad + 0.2 * (time_s / 2 + 0.2)  # on its way
        assert list(point.velocities) == [0.0, 0.0]
        assert guard.wait(60.0) == 0
    finally:
        guard.kill()
        guard.wait(5.0)


def way():
    """Return an even motion of both joints, at 0.4 rad/s for longer than a guard takes to start."""
    ends = np.array([[0.0, 0.0], [40.0, 40.0]])
    return Trajectory(("wrist", "elbow"), ends, np.full((2, 2), 0.4), np.array([0.0, 100.0]))


def stop_sent_by_a_guard(node, sent, publish):
    """Let a guard stop an arm whose states `publish` tells; return what it sends, and when."""
    heard, events = [], []
    node.create_subscription(JointTrajectory, ARM_TOPIC, heard.append, 10)
    node.create_subscription(
        String, STOP_EVENT, lambda event: events.append((event.data, len(heard))), 10
    )
    node.create_timer(0.02, publish)
    guard = guarding(node, sent)
    try:
        guard.stdin.close()
        assert guard.wait(60.0) == 0
        assert eventually(lambda: heard and events, 5.0)
        assert events == [("stop", 1)]  # once the arm had been told
        return heard[0]
    finally:
        guard.kill()
        guard.wait(5.0)


def test_an_arm_that_nobody_sees_is_braked_along_what_it_was_sent(new_world):
    node = new_world.add(Node("executor_node", context=new_world.context))
    sent_s = time.monotonic()
    message = stop_sent_by_a_guard(node, SentMotion(way(), sent_s), lambda: None)
    gone_rad = 0.4 * (time.monotonic() - sent_s)
    for end_rad in message.points[-1].positions:
        assert 0.1 < end_rad < gone_rad + 0.2


@pytest.mark.parametrize(
    ("names", "lasts_s"), [(("wrist", "elbow"), 0.01), (("left_wrist", "left_elbow"), 100.0)]
)
def test_an_arm_that_nobody_sees_is_not_moved_by_a_way_that_is_over_or_anothers(
    new_world, names, lasts_s
):
    node = new_world.add(Node("executor_node", context=new_world.context))
    heard, events = [], []
    node.create_subscription(JointTrajectory, ARM_TOPIC, heard.append, 10)
    node.create_subscription(String, STOP_EVENT, events.append, 10)
    motion = dataclasses.replace(way(), names=names, times_s=np.array([0.0, lasts_s]))
    guard = guarding(node, SentMotion(motion, time.monotonic()))
    try:
        guard.stdin.close()
        assert guard.wait(60.0) == 0
        assert eventually(lambda: events)
        assert heard == []
    finally:
        guard.kill()
        guard.wait(5.0)


@pytest.mark.parametrize("sent", [[], [0.4 * 57.3] * 2, [-0.4] * 2])
def test_positions_show_velocities_that_are_not_sent_or_wrong(new_world, sent):
    """The arm once went back to where it was seen first, and by degrees beyond its limits."""
    node = new_world.add(Node("executor_node", context=new_world.context))
    states = node.create_publisher(JointState, JOINTS_TOPIC, 10)
    start_ns = time.monotonic_ns()

    def publish():
        now_ns = time.monotonic_ns()
        header = Header(stamp=time_from_nanoseconds(now_ns))
        position_rad = 0.4 * (now_ns - start_ns) * 1e-9
        states.publish(
            JointState(
                header=header, name=["wrist", "elbow"], position=[position_rad] * 2, velocity=sent
            )
        )

    message = stop_sent_by_a_guard(node, None, publish)
    first, even, last = (point.positions[0] for point in message.points)
    assert first < even < last
    span_s = message.points[1].time_from_start.nanosec - message.points[0].time_from_start.nanosec
    assert (even - first) / (span_s * 1e-9) == pytest.approx(0.4, rel=0.05)

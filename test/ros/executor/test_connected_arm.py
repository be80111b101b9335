"""What is connected is released in order: the arm stands, the guard has ended, all else follows."""

import subprocess
from types import SimpleNamespace

import pytest

from rt_grasp_ros.grasp.errors import BackendUnavailable
from rt_grasp_ros.ros.executor import connected_arm
from rt_grasp_ros.ros.executor.connected_arm import ConnectedArm
from rt_grasp_ros.ros.executor.executor_parameters import ExecutorParameters

pytestmark = pytest.mark.ros


class Log(list):
    """What was done, in order; every attribute is something that can be done."""

    def of(self, name, result=None):
        def done(*given, **named):
            self.append((name, *given, *named.values()))
            return result

        return done


class Guard:
    """A process that ends when it may, or never before it is killed."""

    def __init__(self, log, ends):
        self.stdin = SimpleNamespace(close=log.of("close"))
        self.kill = log.of("kill")
        self._log, self._ends = log, ends

    def wait(self, timeout_s=None):
        self._log.append(("wait", timeout_s))
        if timeout_s is not None and not self._ends:
            raise subprocess.TimeoutExpired("guard", timeout_s)


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def connect(log, monkeypatch):
    """Return what connects an arm that is played, with some parts that fail or are others."""

    def connect(ends=True, **parts):
        io = SimpleNamespace(require_controller=log.of("require"), on_sent=None)
        made = {
            "RobotTopics": lambda *_: io,
            "make_backend": lambda *_: SimpleNamespace(finish_stop=log.of("finish_stop")),
            "PickRequestReader": lambda *_: None,
            "SentRecord": lambda: SimpleNamespace(write="write", close=log.of("close record")),
            "start_guard": log.of("start", Guard(log, ends)),
        }
        for name, part in (made | parts).items():
            monkeypatch.setattr(connected_arm, name, part)
        listener = SimpleNamespace(release=log.of("release"))
        return ConnectedArm(listener, ExecutorParameters)

    return connect


def test_the_controller_is_looked_for_half_a_second(connect, log):
    connect()
    assert log == [("require", 0.5)]


@pytest.mark.parametrize("part", ["RobotTopics", "make_backend", "PickRequestReader"])
def test_what_fails_leaves_nothing_connected(connect, log, part):
    def fails(*_):
        raise BackendUnavailable("It is not installed.")

    with pytest.raises(BackendUnavailable):
        connect(**{part: fails})
    assert log == [("release",)]


def test_the_guard_is_told_what_is_sent(connect, log):
    arm = connect()
    log.clear()
    arm.start_guard("executor")
    ((name, node, joints, limits_rad_s2, record),) = log
    assert (name, node, joints) == ("start", "executor", arm.robot.arm_joints)
    assert limits_rad_s2 is arm.robot.max_acceleration_rad_s2
    assert arm.io.on_sent == record.write == "write"


def test_the_guard_is_seen_to_end_when_the_arm_stands(connect, log):
    arm = connect()
    arm.start_guard("executor")
    log.clear()
    arm.release()
    assert log == [
        ("finish_stop",),
        ("close",),
        ("wait", 20.0),
        ("close record",),
        ("release",),
    ]


def test_a_guard_that_does_not_end_is_killed(connect, log):
    arm = connect(ends=False)
    arm.start_guard("executor")
    log.clear()
    arm.release()
    assert log[2:5] == [("wait", 20.0), ("kill",), ("wait", None)]
    assert log[-1] == ("release",)


def test_without_a_guard_there_is_less_to_release(connect, log):
    arm = connect()
    log.clear()
    arm.release()
    assert log == [("finish_stop",), ("release",)]

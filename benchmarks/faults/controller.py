"""The controllers refuse, abort or say nothing: on topics, and behind a move_group."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from rclpy.parameter import Parameter
from trajectory_msgs.msg import JointTrajectory

from benchmarks.faults.chain import EXECUTOR
from benchmarks.faults.relay import Fault, Relay, drop
from benchmarks.faults.trial import Case, Trial
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.ros.robot.topic_names import ARM_TOPIC
from rt_grasp_ros.ros.sim.sim_node import HAND_TOPIC

_ARM_RESTS_S = 15.0
_SERVERS = tuple(str(Path(__file__).parents[2] / "test" / room) for room in ("ros", "motion"))
"""Where the tests have servers that talk as a real move_group does, and its controller."""


def cases() -> list[Case]:
    """Return every way in which a controller fails."""
    on_topics = (
        ("arm's controller is silent", ARM_TOPIC, _silent),
        ("arm's controller aborts", ARM_TOPIC, _aborting),
        ("hand's controller is silent", HAND_TOPIC, _silent),
    )
    behind_move_group = (
        ("refuses", ErrorCode.BACKEND_UNAVAILABLE, _refuse),
        ("aborts", ErrorCode.CONTROLLER_FAILED, _abort),
        ("is silent", ErrorCode.MOTION_TIMEOUT, _hang),
    )
    return [
        Case(
            "controller",
            name,
            f"a relay before the controller, on {topic}",
            "moving",
            partial(_spoil, topic=topic, make=make),
        )
        for name, topic, make in on_topics
    ] + [
        Case(
            "controller",
            f"controller behind move_group {what}",
            "ordered from a server that talks as move_group does",
            "moving",
            partial(_spoil_move_group, code=code, spoil=spoil),
        )
        for what, code, spoil in behind_move_group
    ]


def _spoil(trial: Trial, topic: str, make: Callable[[Relay], Fault]) -> None:
    relay = trial.chain.relays[topic]
    relay.spoil(make(relay))
    trial.fault()
    trial.require_code(trial.ask(execute=True), ErrorCode.CONTROLLER_FAILED)
    relay.mend()
    trial.wait_until_arm_stands(_ARM_RESTS_S)
    trial.require_arm_still()
    trial.recover(execute=True)


def _silent(_: Relay) -> Fault:
    return drop


def _aborting(relay: Relay) -> Fault:
    """Follow each trajectory for a moment, then hold."""

    def begin(message: JointTrajectory) -> None:
        points = [point for point in message.points if not point.time_from_start.sec]
        kept = points[: max(1, len(points) // 2)]
        kept[-1].velocities = [0.0] * len(message.joint_names)
        relay.publish(JointTrajectory(joint_names=message.joint_names, points=kept))

    return begin


def _spoil_move_group(trial: Trial, code: ErrorCode, spoil: Callable[[Any], None]) -> None:
    with _move_group(trial) as move_group:
        spoil(move_group)
        trial.fault()
        trial.require_code(trial.ask(execute=True), code)
        trial.wait_until_arm_stands(_ARM_RESTS_S)
        trial.require_arm_still()
        move_group.mend()
        trial.recover(execute=True)


def _refuse(move_group: Any) -> None:
    move_group.refusing.add("execute_trajectory")


def _abort(move_group: Any) -> None:
    from moveit_msgs.msg import MoveItErrorCodes

    move_group.codes["execute_trajectory"] = MoveItErrorCodes.CONTROL_FAILED


def _hang(move_group: Any) -> None:
    move_group.hanging.add("execute_trajectory")


@contextmanager
def _move_group(trial: Trial) -> Iterator[Any]:
    """Let a new executor plan and move by a move_group, and end that afterwards."""
    sys.path += [folder for folder in _SERVERS if folder not in sys.path]
    from moveit_world import FakeMoveGroup

    chain = trial.chain
    cells_clock = Parameter("use_sim_time", value=True)
    move_group = FakeMoveGroup(chain, parameter_overrides=[cells_clock])
    chain.add(move_group)
    chain.replace(EXECUTOR, backend="move_group")
    try:
        yield move_group
    finally:
        move_group.release()
        chain.remove(move_group)

"""All that the executor has of robot, gripper and camera while it is configured."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from rclpy.node import Node

from ...motion.gripper import load_gripper
from ...motion.robot import load_robot
from ...resources import given_or_shipped
from ..node.listening_node import ListeningNode
from ..robot.robot_topics import RobotTopics
from .arm_guard import start_guard
from .backends import make_backend
from .executor_parameters import ExecutorParameters
from .pick_request import PickRequestReader
from .sent_record import SentRecord

_FIND_TIMEOUT_S = 0.5
_GUARD_TIMEOUT_S = 20.0  # it looks for the controller, and waits until the arm stands


class ConnectedArm:
    """The robot as the executor hears and moves it; by itself it moves nothing.

    Attributes:
        robot: the arm.
        gripper: what is mounted.
        io: the robot's topics.
        backend: what plans and moves.
        reader: reads goals, with the help of camera and TF.
    """

    def __init__(
        self, listener: ListeningNode, parameters: Callable[[], ExecutorParameters]
    ) -> None:
        """Load the profiles, connect, and see that all of it belongs together.

        Args:
            listener: hears and sends; it is released where this fails.
            parameters: gives the executor's as they are now.

        Raises:
            ProfileInvalid: the robot's or the gripper's profile is wrong, or they do not fit.
            FileNotFoundError: there is no such profile.
            BackendUnavailable: what plans or drives the robot is not installed.
            ControllerFailed: the arm's controller is there, and of other joints.
        """
        now = parameters()
        self.robot = load_robot(given_or_shipped(now.robot))
        gripper = load_gripper(given_or_shipped(now.gripper))
        self.gripper = gripper.driven_by(now.gripper_controller)
        self._listener = listener
        self._record: SentRecord | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        try:
            self.io = RobotTopics(listener, listener, self.robot, self.gripper)
            self.backend = make_backend(listener, self.robot, self.gripper, self.io, now)
            self.reader = PickRequestReader(listener, self.robot, self.gripper, parameters)
            self.io.require_controller(_FIND_TIMEOUT_S)
        except Exception:
            listener.release()
            raise

    def start_guard(self, node: Node) -> None:
        """Let a process of its own stop the arm when this one ends; no goal comes before it is up.

        Args:
            node: the executor.
        """
        self._record = SentRecord()
        self.io.on_sent = self._record.write
        self._guard = start_guard(
            node, self.robot.arm_joints, self.robot.max_acceleration_rad_s2, self._record
        )

    def release(self) -> None:
        """Disconnect, once the arm stands; the guard is seen to end, which holds the arm."""
        self.backend.finish_stop()
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.close()
            try:
                self._guard.wait(_GUARD_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._guard.kill()
                self._guard.wait()
        if self._record is not None:
            self._record.close()
        self._listener.release()

"""The service `stop`: the arm stands still, and what was asked for before it moves nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.clock import TimeJump
from rclpy.node import Node
from std_srvs.srv import Trigger

from rt_grasp_ros.msg import Grasp as GraspMessage

from ...grasp.errors import Cancelled, JointStatesStale
from ...motion.robot_io import RobotIo
from ...motion.watch import fresh_state
from ...pipeline.one_job import OneJob
from ..messages.stamps import nanoseconds_from_time
from ..node.node_process import STOP_TIMEOUT_S
from ..node.robot_clock import EVERY_CHANGE, simulated_clock


class StopService:
    """Halts the arm at once, then sees the goal end; also where no goal is known of."""

    def __init__(
        self,
        node: Node,
        stop_arm: Callable[[], None],
        job: OneJob,
        robot_io: Callable[[], RobotIo | None],
    ) -> None:
        """Offer the service; what was asked for before now counts as stopped.

        Args:
            node: which an executor spins.
            stop_arm: sends whatever makes the arm stand still, and returns at once.
            job: the goal that is carried out.
            robot_io: returns what tells whether anybody can see the arm; None without an arm.
        """
        self._clock = node.get_clock()
        self._stop_arm, self._job, self._robot_io = stop_arm, job, robot_io
        self._stopped_steady_ns = time.monotonic_ns()
        self._stopped_ns = self._clock.now().nanoseconds
        if simulated_clock(node) is not None:
            self._jumps = self._clock.create_jump_callback(EVERY_CHANGE, post_callback=self._jump)
        self._service = node.create_service(
            Trigger, "stop", self._stop, callback_group=ReentrantCallbackGroup()
        )

    def stop(self) -> None:
        """Stop the arm, and what was asked for before now; returns at once, the goal is to end."""
        self._stopped_steady_ns = time.monotonic_ns()
        self._stopped_ns = self._clock.now().nanoseconds
        self._stop_arm()

    def refuse_what_came_before(self, grasps: Sequence[GraspMessage]) -> None:
        """Refuse what was seen before the last stop, or before this node started.

        A command that was still being thought about then must not move the arm afterwards.

        Raises:
            Cancelled: every stamped grasp is that old.
        """
        stamps_ns = [nanoseconds_from_time(grasp.header.stamp) for grasp in grasps]
        if stamps_ns and 0 < max(stamps_ns) <= self._stopped_ns:
            raise Cancelled

    def _jump(self, jump: TimeJump) -> None:
        """Say by `/clock`, heard first or set back, when this node started or was stopped last."""
        now_ns = self._clock.now().nanoseconds
        if self._stopped_ns == 0:
            self._stopped_ns = max(1, now_ns - (time.monotonic_ns() - self._stopped_steady_ns))
        elif jump.delta.nanoseconds < 0:
            self._stopped_ns = now_ns

    def _stop(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self.stop()
        response.success = False
        if not self._job.halt(STOP_TIMEOUT_S):
            response.message = (
                "The arm was told to stand still, but the goal did not end; look at the arm."
            )
            return response
        robot_io = self._robot_io()
        if robot_io is None:
            response.message = (
                "The executor is not configured: it moves nothing and sees no arm; where one "
                "moves, use the robot's own stop."
            )
            return response
        try:
            fresh_state(robot_io)
        except JointStatesStale as error:
            response.message = f"Nobody can see whether the arm stands still. {error.message}"
            return response
        response.success = True
        response.message = "The arm was told to stand still; send a new command to go on."
        return response

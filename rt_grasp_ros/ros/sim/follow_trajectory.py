"""A trajectory controller's action, as ros2_control's joint_trajectory_controller serves it.

Followed beside the controller's topic: MoveIt drives an arm by the action. What is done alike
(ros2_controllers 5): a trajectory that the topic would refuse is rejected; a new goal ends the one
before; a cancel holds the arm where it is commanded to be; a trajectory on the topic replaces the
motion and leaves the goal, which ends with it; tolerances that the goal does not give are not
checked, and without a `goal_time_tolerance` the arm may take as long as it needs to come to rest.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.node import Node
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from ...grasp.errors import RtGraspError
from ...motion.trajectory import JointState

_STOPPED = 0.01  # rad/s or m/s, ros2_controllers' stopped_velocity_tolerance
_UNCHECKED = np.inf


class Controller(Protocol):
    """What follows the trajectories; `sim.controller.JointTrajectoryController` is one."""

    joint_names: tuple[str, ...]

    @property
    def end_time_s(self) -> float:
        """When the newest trajectory ends."""
        ...

    def sample(self, time_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return commanded positions and velocities, each of shape (joints,)."""
        ...

    def hold(self, time_s: float) -> None:
        """Stay where the joints are commanded to be."""
        ...


class FollowTrajectory:
    """The action `follow_joint_trajectory` of one controller; one thread serves and updates it."""

    def __init__(
        self,
        node: Node,
        topic: str,
        controller: Controller,
        start: Callable[[JointTrajectory], None],
        state: Callable[[], JointState],
    ) -> None:
        """Offer it beside the controller's topic.

        Args:
            node: which serves it.
            topic: of the controller, such as `arm_controller/joint_trajectory`, remapped or not.
            controller: follows what was started.
            start: starts a trajectory now; raises `RtGraspError` where it is refused.
            state: what the joints measure now, stamped on the controller's clock.
        """
        from control_msgs.action import FollowJointTrajectory

        self._kind: Any = FollowJointTrajectory
        self._node, self._controller = node, controller
        self._start, self._state = start, state
        self._goal: ServerGoalHandle | None = None
        name = node.resolve_topic_name(topic).rpartition("/")[0]
        self._server = ActionServer(
            node,
            FollowJointTrajectory,
            f"{name}/follow_joint_trajectory",
            execute_callback=self._end_cancelled,
            goal_callback=self._accept_or_reject,
            handle_accepted_callback=self._begin,
            cancel_callback=self._cancel,
        )

    def update(self) -> None:
        """Say how far the goal is, and end it where it has come to its end."""
        goal = self._goal
        if goal is None:
            return
        if goal.is_cancel_requested:
            self._goal = None
            goal.execute(self._end_cancelled)
            return
        state = self._state()
        names = self._controller.joint_names
        desired, velocities = self._controller.sample(state.stamp_s)
        actual = state.of(names)
        self._tell(goal, desired, velocities, actual)
        error = np.abs(desired - actual)
        late_s = state.stamp_s - self._controller.end_time_s
        if late_s < 0.0:
            allowed = _allowed(goal.request.path_tolerance, names)
            if (error > allowed).any():
                message = "Aborted due to path tolerance violation"
                self._abort(goal, "PATH_TOLERANCE_VIOLATED", message)
            return
        columns = [state.names.index(name) for name in names]
        speeds = np.abs(state.velocities[columns])
        is_there = (error <= _allowed(goal.request.goal_tolerance, names)).all()
        if is_there and (speeds <= _STOPPED).all():
            self._goal = None
            goal.execute(self._end_reached)
            return
        given = goal.request.goal_time_tolerance
        given_s = given.sec + given.nanosec * 1e-9
        if 0.0 < given_s < late_s:
            self._abort(
                goal,
                "GOAL_TOLERANCE_VIOLATED",
                f"Aborted due to goal_time_tolerance exceeding by {late_s - given_s:.3f} seconds",
            )

    def destroy(self) -> None:
        """Serve no more."""
        self._server.destroy()

    def _accept_or_reject(self, request: Any) -> GoalResponse:
        """Start the trajectory, or reject it; the one before ends where this one begins."""
        try:
            self._start(request.trajectory)
        except RtGraspError as error:
            self._node.get_logger().error(f"follow_joint_trajectory: {error.message}")
            return GoalResponse.REJECT
        if self._goal is not None:
            message = "Current goal cancelled due to new incoming action."
            self._abort(self._goal, "INVALID_GOAL", message, hold=False)
        return GoalResponse.ACCEPT

    def _begin(self, goal: ServerGoalHandle) -> None:
        self._goal = goal

    def _cancel(self, goal: ServerGoalHandle) -> CancelResponse:
        if self._goal is not None and goal.goal_id == self._goal.goal_id:
            self._controller.hold(self._state().stamp_s)
        return CancelResponse.ACCEPT

    def _abort(self, goal: ServerGoalHandle, code: str, message: str, hold: bool = True) -> None:
        """End a goal that failed; the arm stays where it is."""
        self._goal = None
        if hold:
            self._controller.hold(self._state().stamp_s)

        def end(handle: ServerGoalHandle) -> Any:
            handle.abort()
            return self._result(code, message)

        goal.execute(end)

    def _end_cancelled(self, goal: ServerGoalHandle) -> Any:
        goal.canceled()
        return self._result("SUCCESSFUL", "")

    def _end_reached(self, goal: ServerGoalHandle) -> Any:
        goal.succeed()
        return self._result("SUCCESSFUL", "Goal successfully reached!")

    def _result(self, code: str, message: str) -> Any:
        result = self._kind.Result
        return result(error_code=getattr(result, code), error_string=message)

    def _tell(
        self,
        goal: ServerGoalHandle,
        desired: NDArray[np.float64],
        velocities: NDArray[np.float64],
        actual: NDArray[np.float64],
    ) -> None:
        feedback = self._kind.Feedback(
            joint_names=list(self._controller.joint_names),
            desired=JointTrajectoryPoint(
                positions=desired.tolist(), velocities=velocities.tolist()
            ),
            actual=JointTrajectoryPoint(positions=actual.tolist()),
            error=JointTrajectoryPoint(positions=(desired - actual).tolist()),
        )
        feedback.header.stamp = self._node.get_clock().now().to_msg()
        goal.publish_feedback(feedback)


def is_installed() -> bool:
    """Return whether ROS 2 brings the action's package here; PyPI has none."""
    try:
        return hasattr(importlib.import_module("control_msgs.action"), "FollowJointTrajectory")
    except ImportError:
        return False


def _allowed(tolerances: Sequence[Any], names: tuple[str, ...]) -> NDArray[np.float64]:
    """Return how far each joint may be, shape (joints,): unchecked where no number above 0 is."""
    given = {tolerance.name: tolerance.position for tolerance in tolerances}
    return np.array([given[n] if given.get(n, 0.0) > 0.0 else _UNCHECKED for n in names])

"""`MotionBackend` over the actions and services of a move_group node."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from moveit_msgs.action import ExecuteTrajectory, MoveGroup
from moveit_msgs.msg import MoveItErrorCodes
from moveit_msgs.srv import GetCartesianPath, GetPositionIK
from numpy.typing import NDArray
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from std_msgs.msg import String

from ...grasp.errors import BackendUnavailable, ControllerFailed, MotionTimeout, NoPlan
from ...motion.backend import IsCancelled
from ...motion.embedded import MotionSettings
from ...motion.gripper import GripperProfile
from ...motion.measured_arm import MeasuredArm, touching
from ...motion.moveit_answers import (
    NO_IK_SOLUTION,
    SUCCESS,
    check_line,
    check_scaling,
    failure_of,
)
from ...motion.planning_scene import PlanningScene
from ...motion.robot import RobotProfile
from ...motion.robot_io import RobotIo
from ...motion.timing import SAMPLE_S
from ...motion.trajectory import JointState, Trajectory
from ...motion.watch import fresh_state, wait_until
from ..robot.topic_names import STOP_EVENT
from . import messages
from .remote_calls import RemoteAction, RemoteService
from .scene_keeper import SceneKeeper
from .stop_sequence import StopSequence

_SLACK_S = 2.0  # a reply may come this much after the time that planning was given
_IK_TIMEOUT_S = 1.0  # MoveIt looks at whole seconds alone
_SETTLE_TIMEOUT_S = 2.0
_KNOWN_SEEDS = 2  # of our own, tried where MoveIt finds none: each may take the whole second


@dataclass(frozen=True, slots=True)
class MoveItSettings:
    """How MoveIt is asked.

    Attributes:
        pipeline: planning pipeline, such as `ompl`; empty for MoveIt's default.
        planner: planner of the pipeline; empty for its default.
        timeout_s: for each service and action to appear, accept and reply.
    """

    pipeline: str = ""
    planner: str = ""
    timeout_s: float = 3.0


class MoveGroupBackend(MeasuredArm):
    """`MotionBackend` that lets move_group plan and move the arm.

    The gripper is driven by its own controller, and joint states are watched by us. A motion is
    stopped in three ways, since cancelling `execute_trajectory` alone does not: the arm is braked
    by its controller's topic, and once it stands (`StopSequence`) come the event `stop` and the
    cancelling.
    """

    def __init__(
        self,
        node: Node,
        robot: RobotProfile,
        gripper: GripperProfile,
        io: RobotIo,
        settings: MotionSettings,
        moveit: MoveItSettings,
    ) -> None:
        """Connect; move_group need not be there yet, and nothing moves.

        Args:
            node: which an executor spins.
            robot: the arm; its `planning_group` is the one that move_group knows.
            gripper: what is mounted at its tip frame.
            io: joint states, the gripper, and the last resort of stopping the arm.
            settings: how fast and how exactly.
            moveit: how MoveIt is asked.

        Raises:
            ValueError: a speed is not above 0 and at most 1.
        """
        super().__init__(robot, gripper, io, settings.opening_tolerance_m)
        self._moveit = moveit
        self._speed = check_scaling("speed", settings.speed)
        self._line_speed = check_scaling("line_speed", settings.line_speed)
        self._goal_tolerance_rad = settings.goal_tolerance_rad
        group = ReentrantCallbackGroup()
        self._scene = SceneKeeper(node, robot, group, moveit.timeout_s)
        self._ik = RemoteService(node, GetPositionIK, "compute_ik", group)
        self._line = RemoteService(node, GetCartesianPath, "compute_cartesian_path", group)
        self._plan = RemoteAction(node, MoveGroup, "move_action", group)
        self._execute = RemoteAction(node, ExecuteTrajectory, "execute_trajectory", group)
        self._events = node.create_publisher(String, STOP_EVENT, 10)
        self._stops = StopSequence(io, lambda: self._events.publish(String(data="stop")))

    def set_scene(self, scene: PlanningScene) -> None:
        """Put the obstacles into move_group's planning scene, in place of ours before."""
        self._scene.set_scene(scene)

    def clear_scene(self) -> None:
        """Take everything of ours out of move_group's planning scene."""
        self._scene.clear()

    def solve_ik(
        self,
        T_base_tip: NDArray[np.float64],
        seed_rad: NDArray[np.float64],
        is_cancelled: IsCancelled,
    ) -> list[NDArray[np.float64]]:
        """Return positions free of collisions, found from the seed and from home.

        MoveIt says the same of a pose out of reach, of one in collision, and of one that it did not
        find: where it finds none, it is asked again from positions that our own kinematics knows.
        """
        found = self._ask_ik(T_base_tip, (seed_rad, self._robot.home_rad), is_cancelled)
        if not found:
            known = self._kinematics.solve_all(T_base_tip, seed_rad, is_cancelled)
            found = self._ask_ik(T_base_tip, known[:_KNOWN_SEEDS], is_cancelled)
            if known and not found:
                raise touching("see move_group's log")
        return found

    def _ask_ik(
        self,
        T_base_tip: NDArray[np.float64],
        seeds_rad: Sequence[NDArray[np.float64]],
        is_cancelled: IsCancelled,
    ) -> list[NDArray[np.float64]]:
        """Return what `compute_ik` finds from each seed, without repetitions."""
        found: list[NDArray[np.float64]] = []
        for seed in seeds_rad:
            request = messages.ik_request(self._robot, T_base_tip, seed, _IK_TIMEOUT_S)
            timeout_s = self._moveit.timeout_s + _IK_TIMEOUT_S
            reply = self._ik.call(request, timeout_s, is_cancelled)
            if reply.error_code.val == NO_IK_SOLUTION:
                continue
            self._require_success(reply.error_code, "inverse kinematics")
            joints = reply.solution.joint_state
            known = dict(zip(joints.name, joints.position, strict=True))
            if not all(math.isfinite(known.get(name, math.nan)) for name in self._robot.arm_joints):
                raise NoPlan("MoveIt's joint positions are not usable; look at move_group's log.")
            answered = np.array([known[name] for name in self._robot.arm_joints])
            positions = self._robot.nearest_rad(answered, seeds_rad[0])
            if all(np.abs(positions - other).max() > 0.1 for other in found):
                found.append(positions)
        return found

    def plan_joints(
        self,
        start_rad: NDArray[np.float64],
        goal_rad: NDArray[np.float64],
        timeout_s: float,
        is_cancelled: IsCancelled,
    ) -> Trajectory:
        """Return what `move_action` plans (without moving), its ends checked."""
        goal = messages.plan_goal(
            self._robot,
            start_rad,
            goal_rad,
            planning_time_s=timeout_s,
            scaling=self._speed,
            pipeline=self._moveit.pipeline,
            planner=self._moveit.planner,
        )
        try:
            result = self._plan.run(
                goal,
                accept_timeout_s=self._moveit.timeout_s,
                timeout_s=timeout_s + _SLACK_S,
                is_cancelled=is_cancelled,
            )
        except MotionTimeout as error:
            raise BackendUnavailable(
                f"move_group did not end planning within {timeout_s + _SLACK_S:.1f} s; look at "
                "its log."
            ) from error
        self._require_success(result.error_code, "planning")
        trajectory = messages.trajectory_of(result.planned_trajectory, self._robot)
        if trajectory is None:
            trajectory = _staying(self._robot, start_rad)
        for end_rad, wanted_rad in ((trajectory.start, start_rad), (trajectory.end, goal_rad)):
            apart_rad = self._robot.difference_rad(end_rad, wanted_rad)
            if np.abs(apart_rad).max() > self._goal_tolerance_rad:
                raise NoPlan("MoveIt planned between other ends than asked for; try again.")
        return trajectory

    def plan_line(
        self,
        start_rad: NDArray[np.float64],
        T_base_tip: NDArray[np.float64],
        is_cancelled: IsCancelled,
    ) -> Trajectory:
        """Return the whole line, checked for jumps; the gripper may touch the target."""
        request = messages.line_request(self._robot, start_rad, T_base_tip, self._line_speed)
        with self._scene.contact_allowed(is_cancelled):
            reply = self._line.call(request, self._moveit.timeout_s, is_cancelled)
        self._require_success(reply.error_code, "the straight way")
        trajectory = messages.trajectory_of(reply.solution, self._robot)
        if trajectory is None:
            trajectory = _staying(self._robot, start_rad)
        trajectory = self._robot.from_where_it_is(trajectory, start_rad)
        positions = np.vstack([start_rad, trajectory.positions])
        tips = np.array([self._kinematics.tip_pose(row) for row in positions])
        check_line(reply.fraction, positions, tips, T_base_tip)
        return trajectory

    def execute(self, trajectory: Trajectory, timeout_s: float, is_cancelled: IsCancelled) -> None:
        """Let move_group move the arm, watching its joints; where that fails, stop it."""
        self._stops.wait()
        is_stopped = False

        def bring_to_rest() -> None:
            nonlocal is_stopped
            is_stopped = True
            self._stops.begin()
            self._stops.wait()

        try:
            result = self._execute.run(
                messages.execute_goal(trajectory),
                accept_timeout_s=self._moveit.timeout_s,
                timeout_s=timeout_s,
                is_cancelled=is_cancelled,
                watch=lambda: fresh_state(self._io),
                on_accepted=lambda: self._io.expect_arm(trajectory),
                before_cancel=bring_to_rest,
            )
            if result.error_code.val != SUCCESS:
                raise failure_of(result.error_code.val, "moving", result.error_code.message)
            self._wait_for_end(trajectory, is_cancelled)
        except BaseException:
            if not is_stopped:
                bring_to_rest()
            raise

    def open_gripper(self, opening_m: float, timeout_s: float, is_cancelled: IsCancelled) -> None:
        """Open the fingers and let go of the target in MoveIt's scene, too."""
        super().open_gripper(opening_m, timeout_s, is_cancelled)
        self._scene.detach_target()

    def close_gripper(self, timeout_s: float, is_cancelled: IsCancelled) -> float:
        """Close the fingers and attach the target to the tip in MoveIt's scene."""
        opening_m = super().close_gripper(timeout_s, is_cancelled)
        self._scene.attach_target()
        return opening_m

    def stop(self) -> None:
        """Brake the arm at once; move_group is told to stop when it stands."""
        self._stops.begin()

    def finish_stop(self) -> None:
        """Wait until MoveIt was told to stop, too."""
        self._stops.wait()

    def _wait_for_end(self, trajectory: Trajectory, is_cancelled: IsCancelled) -> None:
        """Wait until the joints are where MoveIt says that they are."""

        def is_there(state: JointState, _: float) -> bool:
            measured = state.of(self._robot.arm_joints)
            error_rad = np.abs(self._robot.difference_rad(measured, trajectory.end)).max()
            return bool(error_rad <= self._goal_tolerance_rad)

        try:
            wait_until(self._io, is_there, _SETTLE_TIMEOUT_S, is_cancelled, "Settling")
        except MotionTimeout as error:
            raise ControllerFailed(
                "move_group reports success, but the arm is not at its goal; check its controller."
            ) from error

    def _require_success(self, code: MoveItErrorCodes, doing: str) -> None:
        if code.val != SUCCESS:
            raise failure_of(code.val, doing, code.message)


def _staying(robot: RobotProfile, positions_rad: NDArray[np.float64]) -> Trajectory:
    """Return the motion that stays: MoveIt answers with none where the goal is met already."""
    positions = positions_rad[None]
    return Trajectory(robot.arm_joints, positions, np.zeros_like(positions), np.array([SAMPLE_S]))

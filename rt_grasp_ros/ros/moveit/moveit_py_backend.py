"""`MotionBackend` over moveit_py: MoveIt plans and executes inside of the executor's process."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from moveit.core.robot_state import RobotState
from moveit.core.robot_trajectory import RobotTrajectory
from moveit.planning import MoveItPy, PlanRequestParameters
from moveit_msgs.msg import CollisionObject
from numpy.typing import NDArray
from rclpy.node import Node

from ...grasp.errors import BackendUnavailable, ControllerFailed, NoPlan
from ...motion.backend import IsCancelled, raise_if
from ...motion.cartesian import straight_line
from ...motion.embedded import MotionSettings
from ...motion.gripper import GripperProfile
from ...motion.measured_arm import MeasuredArm
from ...motion.moveit_answers import SUCCESS, check_scaling, failure_of
from ...motion.planning_scene import PlanningScene
from ...motion.robot import RobotProfile
from ...motion.robot_io import RobotIo
from ...motion.timing import time_path
from ...motion.trajectory import JointState, Trajectory
from ...motion.watch import wait_until
from . import messages
from .moveit_py_start import start_moveit
from .scene_checker import SceneChecker
from .scene_objects import OBSTACLES, TABLE, TARGET, objects_of
from .stop_sequence import StopSequence

_PLAN_SLICE_S = 0.5
"""plan() keeps every Python thread waiting: one call of it may take this long, no more."""

_HEAR_S = 0.05  # in which the joint states that came while all threads waited are heard
_STOP_TIMEOUT_S = 2.0  # MoveIt waits for a controller that does not answer without end
_STOP_AGAIN_S = 0.05


class MoveItPyBackend(MeasuredArm):
    """`MotionBackend` that plans, checks collisions and executes with moveit_py.

    Straight lines are stepped by our own kinematics and checked in MoveIt's scene, since
    moveit_py has none. While `plan` runs nothing else of this process does: a stop is served up to
    half a second late then, with the arm standing.
    """

    def __init__(
        self,
        node: Node,
        robot: RobotProfile,
        gripper: GripperProfile,
        io: RobotIo,
        settings: MotionSettings,
        config_package: str,
    ) -> None:
        """Start MoveIt; it needs joint states from the beginning. Nothing moves.

        Args:
            node: MoveIt's own node is in its namespace and has its clock.
            robot: the arm; its `planning_group` is the one in MoveIt's configuration.
            gripper: what is mounted at its tip frame.
            io: joint states, the gripper, and the last resort of stopping the arm.
            settings: how fast and how exactly.
            config_package: MoveIt's configuration of the robot, with a `moveit_cpp.yaml`.

        Raises:
            ValueError: a speed is not above 0 and at most 1.
            BackendUnavailable: MoveIt does not start with that configuration.
        """
        super().__init__(robot, gripper, io, settings.opening_tolerance_m)
        self._speed = check_scaling("speed", settings.speed)
        self._line_speed = check_scaling("line_speed", settings.line_speed)
        self._goal_tolerance_rad = settings.goal_tolerance_rad
        try:
            self._moveit = start_moveit(node, robot.name, config_package)
            self._component = self._moveit.get_planning_component(robot.planning_group)
        except Exception as error:  # whatever the bindings raise
            raise BackendUnavailable(
                f"MoveIt does not start with the package '{config_package}' ({error}); check its "
                "moveit_cpp.yaml and that joint_states are published."
            ) from error
        self._monitor = self._moveit.get_planning_scene_monitor()
        self._execution = self._moveit.get_trajectory_execution_manager()
        self._added: set[str] = set()
        self._is_attached = False
        self._mover: _Mover | None = None
        self._stops = StopSequence(io, self._stop_execution)

    def set_scene(self, scene: PlanningScene) -> None:
        """Put the obstacles into MoveIt's planning scene, in place of ours before."""
        self.clear_scene()
        objects = objects_of(scene, self._robot.base_frame)
        self._added = {entry.id for entry in objects}
        self._change_scene(objects)

    def clear_scene(self) -> None:
        """Take the obstacles out of MoveIt's planning scene, what is held among them."""
        self._detach_target()
        self._change_scene([messages.removed_object(name) for name in sorted(self._added)])
        self._added = set()

    def solve_ik(
        self,
        T_base_tip: NDArray[np.float64],
        seed_rad: NDArray[np.float64],
        is_cancelled: IsCancelled,
    ) -> list[NDArray[np.float64]]:
        """Return positions free of collisions in MoveIt's scene; empty where out of reach."""
        with self._checker(may_touch_target=False) as checker:
            return self._free_positions(T_base_tip, seed_rad, checker, is_cancelled)

    def plan_joints(
        self,
        start_rad: NDArray[np.float64],
        goal_rad: NDArray[np.float64],
        timeout_s: float,
        is_cancelled: IsCancelled,
    ) -> Trajectory:
        """Return what MoveIt plans, in slices of half a second."""
        self._component.set_start_state(robot_state=self._state_at(start_rad))
        self._component.set_goal_state(robot_state=self._state_at(goal_rad))
        response = self._plan_in_slices(timeout_s, is_cancelled)
        self._io.sleep(_HEAR_S)
        raise_if(is_cancelled)
        if not response:
            code = response.error_code
            raise failure_of(code.val if code.val != SUCCESS else 99999, "planning", code.message)
        message = response.trajectory.get_robot_trajectory_msg()
        trajectory = messages.trajectory_of(message, self._robot)
        if trajectory is None:
            raise NoPlan("MoveIt planned nothing; look at its log.")
        return trajectory

    def _plan_in_slices(self, timeout_s: float, is_cancelled: IsCancelled) -> Any:
        """Return MoveIt's answer: a plan, or what the last slice said."""
        parameters = PlanRequestParameters(self._moveit, "")
        parameters.max_velocity_scaling_factor = self._speed
        parameters.max_acceleration_scaling_factor = self._speed
        parameters.planning_attempts = 1
        parameters.planning_time = min(timeout_s, _PLAN_SLICE_S)
        for _ in range(max(1, int(timeout_s / _PLAN_SLICE_S))):
            raise_if(is_cancelled)
            response = self._component.plan(single_plan_parameters=parameters)
            if response:
                break
        return response

    def plan_line(
        self,
        start_rad: NDArray[np.float64],
        T_base_tip: NDArray[np.float64],
        is_cancelled: IsCancelled,
    ) -> Trajectory:
        """Return a straight motion of the tip, free in MoveIt's scene but for the target."""
        with self._checker(may_touch_target=True) as checker:
            path = straight_line(self._kinematics, checker, start_rad, T_base_tip, is_cancelled)
        return time_path(self._robot, path, self._line_speed)

    def execute(self, trajectory: Trajectory, timeout_s: float, is_cancelled: IsCancelled) -> None:
        """Let MoveIt move the arm, watching its joints; where that fails, stop it."""
        self._stops.wait()
        if self._mover is not None and self._mover.is_alive():
            raise BackendUnavailable(
                "MoveIt did not end the motion that was stopped before; check the arm's controller "
                "and start the executor again."
            )
        mover = self._mover = _Mover(self._moveit, self._motion_of(trajectory))

        def is_done(state: JointState, _: float) -> bool:
            if mover.is_alive():
                return False
            mover.require_success()
            measured = state.of(self._robot.arm_joints)
            error_rad = np.abs(self._robot.difference_rad(measured, trajectory.end)).max()
            return bool(error_rad <= self._goal_tolerance_rad)

        try:
            self._io.expect_arm(trajectory)
            mover.start()
            wait_until(self._io, is_done, timeout_s, is_cancelled, "The arm's motion")
        except BaseException:
            self._stop_until_ended(mover)
            raise

    def open_gripper(self, opening_m: float, timeout_s: float, is_cancelled: IsCancelled) -> None:
        """Open the fingers and let go of the target in MoveIt's scene, too."""
        super().open_gripper(opening_m, timeout_s, is_cancelled)
        self._detach_target()

    def close_gripper(self, timeout_s: float, is_cancelled: IsCancelled) -> float:
        """Close the fingers and attach the target to the tip in MoveIt's scene."""
        opening_m = super().close_gripper(timeout_s, is_cancelled)
        if TARGET in self._added and not self._is_attached:
            self._change_attachment(CollisionObject.ADD)
            self._is_attached = True
        return opening_m

    def stop(self) -> None:
        """Brake the arm at once; MoveIt is told to stop when it stands."""
        self._stops.begin()

    def finish_stop(self) -> None:
        """Wait until MoveIt was told to stop, too."""
        self._stops.wait()

    def _stop_execution(self) -> None:
        """Tell MoveIt to stop.

        That waits for the controller; where this does not answer, nobody waits with it.
        """
        stopping = threading.Thread(target=self._execution.stop_execution, daemon=True)
        stopping.start()
        stopping.join(_STOP_TIMEOUT_S)

    def _stop_until_ended(self, mover: _Mover) -> None:
        """Stop a motion for good: MoveIt forgets a stop that comes before it has sent the motion.

        Two motions at once would end the process: what does not end in time is remembered.
        """
        deadline_s = time.monotonic() + _STOP_TIMEOUT_S
        while True:
            self._stops.begin()
            self._stops.wait()
            mover.join(_STOP_AGAIN_S)
            if not mover.is_alive() or time.monotonic() > deadline_s:
                return

    def _motion_of(self, trajectory: Trajectory) -> RobotTrajectory:
        """Return a trajectory as MoveIt's."""
        motion = RobotTrajectory(self._moveit.get_robot_model())
        motion.joint_model_group_name = self._robot.planning_group
        message = messages.execute_goal(trajectory).trajectory
        motion.set_robot_trajectory_msg(self._state_at(trajectory.start), message)
        return motion

    def _state_at(self, positions_rad: NDArray[np.float64]) -> RobotState:
        """Return the present state with the arm at positions (shape (J,))."""
        with self._monitor.read_only() as scene:
            state = copy.deepcopy(scene.current_state)
        state.joint_positions = dict(
            zip(self._robot.arm_joints, positions_rad.tolist(), strict=True)
        )
        state.update()
        return state

    def _change_scene(self, objects: list[CollisionObject]) -> None:
        with self._monitor.read_write() as scene:
            for entry in objects:
                scene.apply_collision_object(entry)
            scene.current_state.update()

    def _detach_target(self) -> None:
        """Leave the target where it is; nothing where it is not attached."""
        if self._is_attached:
            self._change_attachment(CollisionObject.REMOVE)
            self._is_attached = False

    def _change_attachment(self, operation: bytes) -> None:
        attached = messages.attached_object(
            TARGET, self._robot.tip_frame, self._robot.links_beyond_tip, operation
        )
        with self._monitor.read_write() as scene:
            scene.process_attached_collision_object(attached)
            scene.current_state.update()

    @contextmanager
    def _checker(self, may_touch_target: bool) -> Iterator[SceneChecker]:
        """Give a checker on a copy of the scene: allowed contacts need no undoing."""
        with self._monitor.read_only() as scene:
            snapshot = copy.deepcopy(scene)
        if may_touch_target and TARGET in self._added:
            allowed = snapshot.allowed_collision_matrix
            for other in (*self._robot.links_beyond_tip, TABLE, OBSTACLES):
                allowed.set_entry(TARGET, other, True)
            snapshot.allowed_collision_matrix = allowed
        yield SceneChecker(snapshot, self._robot)


class _Mover(threading.Thread):
    """One motion: MoveIt keeps whoever asks for it until it has ended."""

    def __init__(self, moveit: MoveItPy, motion: RobotTrajectory) -> None:
        """Make ready; `start` begins the motion."""
        super().__init__(name="moveit_motion", daemon=True)
        self._moveit = moveit
        self._motion = motion
        self._status: Any = None

    def run(self) -> None:
        """Carry the motion out."""
        self._status = self._moveit.execute(self._motion, controllers=[])

    def require_success(self) -> None:
        """Refuse a motion that has ended badly.

        Raises:
            ControllerFailed: says how.
        """
        if not self._status:
            why = "an exception, see its log" if self._status is None else self._status.status
            raise ControllerFailed(
                f"MoveIt did not execute the motion ({why}); check the arm's controller."
            )

"""`MotionBackend` over moveit_py: MoveIt plans and executes inside of the executor's process."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from moveit.core.robot_state import RobotState
from moveit.core.robot_trajectory import RobotTrajectory
from moveit.planning import MoveItPy, PlanRequestParameters
from moveit_configs_utils import MoveItConfigsBuilder
from moveit_msgs.msg import CollisionObject
from numpy.typing import NDArray

from ...grasp.errors import BackendUnavailable, ControllerFailed, NoPlan
from ...motion.backend import IsCancelled, never, raise_if
from ...motion.cartesian import straight_line
from ...motion.collision import densify
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
from .scene_objects import TARGET, objects_of

_NODE_NAME = "rt_grasp_moveit"
_PLAN_SLICE_S = 0.5
"""plan() keeps every Python thread waiting: one call of it may take this long, no more."""

_PATH_STEP_RAD = 0.02


class MoveItPyBackend(MeasuredArm):
    """`MotionBackend` that plans, checks collisions and executes with moveit_py.

    Straight lines are stepped by our own kinematics and checked in MoveIt's scene, since
    moveit_py has none. While `plan` runs nothing else of this process does: a stop is served up to
    half a second late then, with the arm standing.
    """

    def __init__(
        self,
        robot: RobotProfile,
        gripper: GripperProfile,
        io: RobotIo,
        settings: MotionSettings,
        config_package: str,
    ) -> None:
        """Start MoveIt; it needs joint states from the beginning. Nothing moves.

        Args:
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
            configuration = MoveItConfigsBuilder(robot.name, package_name=config_package)
            parameters = configuration.moveit_cpp().to_moveit_configs().to_dict()
            self._moveit = MoveItPy(node_name=_NODE_NAME, config_dict=parameters)
            self._component = self._moveit.get_planning_component(robot.planning_group)
        except Exception as error:  # whatever the bindings raise
            raise BackendUnavailable(
                f"MoveIt does not start with the package '{config_package}' ({error}); check its "
                "moveit_cpp.yaml and that joint_states are published."
            ) from error
        self._monitor = self._moveit.get_planning_scene_monitor()
        self._execution = self._moveit.get_trajectory_execution_manager()
        self._added: set[str] = set()

    def set_scene(self, scene: PlanningScene) -> None:
        """Put the obstacles into MoveIt's planning scene, in place of ours before."""
        self.clear_scene()
        objects = objects_of(scene, self._robot.base_frame)
        self._added = {entry.id for entry in objects}
        self._change_scene(objects)

    def clear_scene(self) -> None:
        """Take the obstacles out of MoveIt's planning scene."""
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
        parameters = PlanRequestParameters(self._moveit, "")
        parameters.max_velocity_scaling_factor = self._speed
        parameters.max_acceleration_scaling_factor = self._speed
        parameters.planning_attempts = 1
        parameters.planning_time = min(timeout_s, _PLAN_SLICE_S)
        self._component.set_start_state(robot_state=self._state_at(start_rad))
        self._component.set_goal_state(robot_state=self._state_at(goal_rad))
        for _ in range(max(1, int(timeout_s / _PLAN_SLICE_S))):
            raise_if(is_cancelled)
            response = self._component.plan(single_plan_parameters=parameters)
            if response:
                break
        raise_if(is_cancelled)
        if not response:
            code = response.error_code
            raise failure_of(code.val if code.val != SUCCESS else 99999, "planning", code.message)
        message = response.trajectory.get_robot_trajectory_msg()
        trajectory = messages.trajectory_of(message, self._robot)
        if trajectory is None:
            raise NoPlan("MoveIt planned nothing; look at its log.")
        return trajectory

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
        motion = RobotTrajectory(self._moveit.get_robot_model())
        motion.joint_model_group_name = self._robot.planning_group
        message = messages.execute_goal(trajectory).trajectory
        motion.set_robot_trajectory_msg(self._state_at(trajectory.start), message)
        statuses: list[Any] = []
        mover = threading.Thread(
            target=lambda: statuses.append(self._moveit.execute(motion, controllers=[])),
            daemon=True,
        )

        def is_done(state: JointState, _: float) -> bool:
            if mover.is_alive():
                return False
            status = statuses[0] if statuses else None
            if not status:
                why = status.status if status is not None else "an exception, see its log"
                raise ControllerFailed(
                    f"MoveIt did not execute the motion ({why}); check the arm's controller."
                )
            error_rad = np.abs(state.of(self._robot.arm_joints) - trajectory.end).max()
            return bool(error_rad <= self._goal_tolerance_rad)

        try:
            mover.start()
            wait_until(self._io, is_done, timeout_s, is_cancelled, "The arm's motion")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Make the arm stand still: its controller's hold, then MoveIt's stop, which may block."""
        self._io.hold()
        self._execution.stop_execution()

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

    @contextmanager
    def _checker(self, may_touch_target: bool) -> Iterator[_SceneChecker]:
        """Give a checker on a copy of the scene: allowed contacts need no undoing."""
        with self._monitor.read_only() as scene:
            snapshot = copy.deepcopy(scene)
        if may_touch_target and TARGET in self._added:
            allowed = snapshot.allowed_collision_matrix
            for link in self._robot.links_beyond_tip:
                allowed.set_entry(TARGET, link, True)
            snapshot.allowed_collision_matrix = allowed
        yield _SceneChecker(snapshot, self._robot)


class _SceneChecker:
    """`motion.cartesian.LineChecker` on a copy of MoveIt's scene."""

    def __init__(self, scene: Any, robot: RobotProfile) -> None:
        self._scene = scene
        self._robot = robot
        self._state = copy.deepcopy(scene.current_state)

    def is_free(self, positions_rad: NDArray[np.float64]) -> bool:
        """Return whether nothing meets with the arm at positions, shape (J,)."""
        self._state.joint_positions = dict(
            zip(self._robot.arm_joints, positions_rad.tolist(), strict=True)
        )
        self._state.update()
        return not self._scene.is_state_colliding(self._state, self._robot.planning_group)

    def first_blocked(
        self, path_rad: NDArray[np.float64], *, is_cancelled: IsCancelled = never
    ) -> NDArray[np.float64] | None:
        """Return the first positions of a polyline that are not free, or None."""
        for positions in densify(path_rad, _PATH_STEP_RAD):
            raise_if(is_cancelled)
            if not self.is_free(positions):
                return positions
        return None

    def contacts(self, _: NDArray[np.float64]) -> list[str]:
        """Return what meets what; MoveIt's log says it."""
        return ["see MoveIt's log"]

"""A backend that plans by name and moves at once, with faults to order."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rt_grasp_ros.grasp.errors import Cancelled
from rt_grasp_ros.motion.backend import IsCancelled
from rt_grasp_ros.motion.planning_scene import PlanningScene
from rt_grasp_ros.motion.trajectory import Trajectory

HOME = np.zeros(7)


class FakeBackend:
    """`MotionBackend` whose joint positions are the tip's x, y, z and yaw; it logs every call.

    `failures` maps the name of a call to the failures of its next calls, None for a success.
    """

    def __init__(self) -> None:
        self.positions = HOME
        self.opening = 0.08
        self.object_width_m = 0.03
        self.log: list[str] = []
        self.timeouts_s: list[float] = []
        self.scenes: list[PlanningScene] = []
        self.failures: dict[str, list[Exception | None]] = {}
        self.unreachable: Callable[[NDArray[np.float64]], bool] = lambda pose: False
        self.on_call: Callable[[str], None] = lambda name: None

    @property
    def home_rad(self) -> NDArray[np.float64]:
        return HOME

    def arm_positions(self) -> NDArray[np.float64]:
        self._call("arm_positions")
        return self.positions

    def tip_pose(self, positions_rad: NDArray[np.float64]) -> NDArray[np.float64]:
        pose = np.eye(4)
        pose[:3, 3] = positions_rad[:3]
        return pose

    def set_scene(self, scene: PlanningScene) -> None:
        self._call("set_scene")
        self.scenes.append(scene)

    def clear_scene(self) -> None:
        self._call("clear_scene")

    def solve_ik(self, T_base_tip, seed_rad, is_cancelled) -> list[NDArray[np.float64]]:
        self._call("solve_ik", is_cancelled=is_cancelled)
        return [] if self.unreachable(T_base_tip) else [self._positions_at(T_base_tip)]

    def plan_joints(self, start_rad, goal_rad, timeout_s: float, is_cancelled) -> Trajectory:
        self._call("plan_joints", timeout_s, is_cancelled)
        return self._motion(start_rad, goal_rad)

    def plan_line(self, start_rad, T_base_tip, is_cancelled) -> Trajectory:
        self._call("plan_line", is_cancelled=is_cancelled)
        return self._motion(start_rad, self._positions_at(T_base_tip))

    def execute(self, trajectory: Trajectory, timeout_s: float, is_cancelled: IsCancelled) -> None:
        self._call("execute", timeout_s, is_cancelled)
        self.positions = trajectory.end

    def open_gripper(self, opening_m: float, timeout_s: float, is_cancelled: IsCancelled) -> None:
        self._call("open_gripper", timeout_s, is_cancelled)
        self.opening = opening_m

    def close_gripper(self, timeout_s: float, is_cancelled: IsCancelled) -> float:
        self._call("close_gripper", timeout_s, is_cancelled)
        self.opening = self.object_width_m
        return self.opening

    def opening_m(self) -> float:
        self._call("opening_m")
        return self.opening

    def stop(self) -> None:
        self.log.append("stop")

    def finish_stop(self) -> None:
        pass

    def _call(
        self, name: str, timeout_s: float | None = None, is_cancelled: IsCancelled | None = None
    ) -> None:
        self.log.append(name)
        if timeout_s is not None:
            self.timeouts_s.append(timeout_s)
        self.on_call(name)
        if is_cancelled is not None and is_cancelled():
            raise Cancelled
        planned = self.failures.get(name, [])
        failure = planned.pop(0) if planned else None
        if failure is not None:
            raise failure

    def _positions_at(self, T_base_tip: NDArray[np.float64]) -> NDArray[np.float64]:
        yaw = np.arctan2(T_base_tip[1, 0], T_base_tip[0, 0])
        return np.array([*T_base_tip[:3, 3], yaw, 0.0, 0.0, 0.0])

    def _motion(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> Trajectory:
        names = tuple(f"joint{number}" for number in range(7))
        positions = np.stack([start, end])
        return Trajectory(names, positions, np.zeros_like(positions), np.array([0.0, 1.0]))

"""Opening and closing a parallel gripper, judged by the joint states alone."""

from __future__ import annotations

import numpy as np

from ..grasp.errors import ControllerFailed
from .backend import IsCancelled
from .gripper import GripperProfile
from .robot_io import RobotIo
from .trajectory import JointState
from .watch import Stillness, fresh_state, wait_until

_STILL_M = 0.0003
_MOVED_M = 0.001
_SETTLED_S = 0.5
_STUCK_S = 3.0
_CREPT_M, _CREPT_S = 0.003, 1.0  # in that time no farther: what is held gives way


class Fingers:
    """The fingers of one gripper.

    Whatever interface drives them, only measured joints say where they are: controllers differ
    in what they report of fingers that an object stops.
    """

    def __init__(self, gripper: GripperProfile, io: RobotIo, tolerance_m: float) -> None:
        """Remember what to move; nothing moves.

        Args:
            gripper: what is mounted.
            io: drives its joints.
            tolerance_m: how far the opened fingers may be from their distance.
        """
        self._gripper = gripper
        self._io = io
        self._tolerance_m = tolerance_m

    def open(self, opening_m: float, timeout_s: float, is_cancelled: IsCancelled) -> None:
        """Open to a distance and wait until the fingers stand there; as `MotionBackend`."""
        reached_m = self._move(opening_m, timeout_s, is_cancelled)
        if abs(reached_m - opening_m) > self._tolerance_m:
            raise ControllerFailed(
                f"The gripper stands at {reached_m * 1000:.0f} mm instead of "
                f"{opening_m * 1000:.0f} mm; free its fingers, and check its controller."
            )

    def close(self, timeout_s: float, is_cancelled: IsCancelled) -> float:
        """Close until the fingers stand still and return their distance; as `MotionBackend`.

        Fingers that creep on hold something soft, or round, which gives way: they have closed, and
        whether they hold it is measured after the lift.
        """
        start_m = self.opening_m()
        reached_m = self._move(0.0, timeout_s, is_cancelled)
        if reached_m > self._tolerance_m and start_m - reached_m < _MOVED_M:
            raise ControllerFailed(
                f"The fingers stay at {reached_m * 1000:.0f} mm instead of closing; check the "
                "gripper's controller."
            )
        return reached_m

    def opening_m(self) -> float:
        """Return the measured distance between the fingers.

        Raises:
            JointStatesStale: no joint state arrived lately.
        """
        return self._opening_of(fresh_state(self._io))

    def _move(self, goal_m: float, timeout_s: float, is_cancelled: IsCancelled) -> float:
        """Send the fingers to a distance and return the one at which they come to stand.

        Fingers that have not moved yet may only be slow to react: they are given longer.
        """
        start_m = self.opening_m()
        trajectory = self._gripper.trajectory(start_m, goal_m)
        stillness, creeping = Stillness(_STILL_M), Stillness(_CREPT_M)

        def is_done(state: JointState, waited_s: float) -> bool:
            opening_m = self._opening_of(state)
            still_s = stillness.duration_s(np.array([opening_m]), state.stamp_s)
            crept_s = creeping.duration_s(np.array([opening_m]), state.stamp_s)
            if waited_s < trajectory.duration_s:
                return False
            has_arrived = abs(opening_m - goal_m) <= self._tolerance_m
            has_moved = abs(opening_m - start_m) > _MOVED_M
            if goal_m < start_m and has_moved and crept_s > _CREPT_S:
                return True
            return still_s > (_SETTLED_S if has_arrived or has_moved else _STUCK_S)

        self._io.send_hand(trajectory)
        wait_until(self._io, is_done, timeout_s, is_cancelled, "The gripper's motion")
        return self.opening_m()

    def _opening_of(self, state: JointState) -> float:
        return self._gripper.opening_m(state.of(self._gripper.joints))

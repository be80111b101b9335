"""Waiting for joints: every wait is watched, cancellable and ends."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import JointStatesStale, MotionTimeout
from .backend import IsCancelled, raise_if
from .robot_io import RobotIo
from .trajectory import JointState

POLL_S = 0.01
MAX_STATE_AGE_S = 1.0
_LONGEST_REST_S = 3.0


def fresh_state(io: RobotIo) -> JointState:
    """Return the newest joint state.

    Raises:
        JointStatesStale: there is none, or it is older than a second.
    """
    state = io.joint_state()
    if state is None:
        raise JointStatesStale(
            io.joints_trouble() or "No joint state has arrived; start the robot or its simulation."
        )
    age_s = io.now_s() - state.stamp_s
    if age_s > MAX_STATE_AGE_S:
        trouble = io.joints_trouble()
        if trouble is not None:
            raise JointStatesStale(trouble)
        raise JointStatesStale(
            f"The newest joint state is {age_s:.1f} s old; check the robot's connection and clock."
        )
    return state


class Stillness:
    """For how long a group of joints has not moved."""

    def __init__(self, tolerance: float) -> None:
        """Start with nothing seen.

        Args:
            tolerance: change of a joint (rad or m) that counts as standing still.
        """
        self._tolerance = tolerance
        self._reference: NDArray[np.float64] | None = None
        self._since_s = 0.0

    def duration_s(self, positions: NDArray[np.float64], stamp_s: float) -> float:
        """Return for how long all joints have been seen where they are now.

        Args:
            positions: of the joints (rad or m), shape (N,).
            stamp_s: when they were there; while no new state comes, nobody knows them still.
        """
        if self._reference is None or np.abs(positions - self._reference).max() > self._tolerance:
            self._reference = positions
            self._since_s = stamp_s
        return stamp_s - self._since_s


def wait_until(
    io: RobotIo,
    is_done: Callable[[JointState, float], bool],
    timeout_s: float,
    is_cancelled: IsCancelled,
    what: str,
) -> None:
    """Wait until the joints are as wanted.

    Args:
        io: gives joint states and lets time pass.
        is_done: gets the newest state and the seconds waited; may raise to give up.
        timeout_s: longest wait.
        is_cancelled: asked every 10 ms.
        what: names the motion in messages.

    Raises:
        Cancelled: it was asked to stop.
        JointStatesStale: no fresh joint state.
        MotionTimeout: the wait was too long.
    """
    start_s = io.now_s()
    while True:
        raise_if(is_cancelled)
        waited_s = io.now_s() - start_s
        if is_done(fresh_state(io), waited_s):
            return
        if waited_s > timeout_s:
            raise MotionTimeout(
                f"{what} did not end within {timeout_s:.1f} s; check the robot's controllers."
            )
        io.sleep(POLL_S)


def wait_for_rest(io: RobotIo) -> None:
    """Wait until the arm stands after a `hold`, or does not obey; three seconds at the longest."""
    start_s = io.now_s()
    while not io.has_come_to_rest() and io.now_s() - start_s < _LONGEST_REST_S:
        io.sleep(POLL_S)

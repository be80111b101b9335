"""The order of a stop where MoveIt moves the arm: braking first, MoveIt's own stop after it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ...motion.robot_io import RobotIo
from ...motion.watch import wait_for_rest

_LONGEST_S = 6.0  # three seconds until the arm stands, and MoveIt's own time
_HEARD_S = 0.05  # what MoveIt is told reaches it before the next motion


class StopSequence:
    """Brakes the arm at once, and ends MoveIt's motion once the arm stands or does not slow down.

    MoveIt stops by cancelling its controller's goal, and `joint_trajectory_controller` then holds
    the position that it measures: a motion of 0.7 rad/s would end within one cycle, and a braking
    point sent beside it would set the arm going again. The braking point alone is followed though a
    goal is under way; the controller reports that goal as reached, so whoever moved the arm
    compares the joints with the goal.
    """

    def __init__(self, io: RobotIo, end_motion: Callable[[], None]) -> None:
        """Get ready.

        Args:
            io: brakes the arm.
            end_motion: makes MoveIt end its motion; may take its time.
        """
        self._io, self._end_motion = io, end_motion
        self._lock = threading.Lock()
        self._follower: threading.Thread | None = None

    def begin(self) -> None:
        """Brake the arm and return at once; MoveIt is told in the background."""
        self._io.hold()
        with self._lock:
            if self._follower is None or not self._follower.is_alive():
                self._follower = threading.Thread(
                    target=self._follow, name="moveit_stop", daemon=True
                )
                self._follower.start()

    def wait(self) -> None:
        """Return when no stop is under way any more; it lasts some seconds at the longest."""
        with self._lock:
            follower = self._follower
        if follower is not None:
            follower.join(_LONGEST_S)

    def _follow(self) -> None:
        """Wait until the arm stands, then end MoveIt's motion."""
        wait_for_rest(self._io)
        self._end_motion()
        self._io.sleep(_HEARD_S)

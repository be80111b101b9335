"""Joint states as they come, those of several broadcasters put together."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import JointState as JointStateMessage

from ...doctor.finding import Finding
from ...doctor.robot_checks import check_joints
from ...motion.joint_history import JointHistory
from ...motion.trajectory import JointState
from ..messages.motion_conversions import reading_from_message
from ..messages.stamps import NANOSECONDS_PER_SECOND, nanoseconds_from_time

_TROUBLE_S = 2.0  # what was wrong with messages of this time is told


class HeardJoints:
    """What was heard of some joints; safe to share between threads.

    Nodes and doctor listen by this, so that they say the same of the same message.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        """Start with nothing heard.

        Args:
            names: the joints to listen for; others are passed over.
        """
        self._names = names
        self._lock = threading.Lock()
        self._history = JointHistory()
        self._problems: dict[str, float] = {}  # when each was there last

    def hear(self, message: JointStateMessage, arrival_s: float) -> None:
        """Remember what is right of a message, and when it came."""
        reading = reading_from_message(message, self._names)
        stamp_s = nanoseconds_from_time(message.header.stamp) / NANOSECONDS_PER_SECOND
        with self._lock:
            self._history.hear(reading, arrival_s, stamp_s)
            self._problems |= dict.fromkeys(reading.problems, arrival_s)
            self._problems = {
                problem: last_s
                for problem, last_s in self._problems.items()
                if last_s > arrival_s - _TROUBLE_S
            }

    def forget(self) -> None:
        """Have nothing heard again."""
        with self._lock:
            self._history.forget()
            self._problems.clear()

    def state_of(self, names: tuple[str, ...], *, is_fitted: bool = False) -> JointState | None:
        """Return the newest state of some joints; see `JointHistory.state_of`.

        None where one of them was never heard of.
        """
        with self._lock:
            return self._history.state_of(names, is_fitted=is_fitted)

    def positions_at(self, names: tuple[str, ...], stamp_s: float) -> NDArray[np.float64]:
        """Return where joints that were heard of stood; see `JointHistory.positions_at`."""
        with self._lock:
            return self._history.positions_at(names, stamp_s)

    @property
    def has_problems(self) -> bool:
        """Whether something was wrong with messages of late."""
        return bool(self._problems)

    def finding(self) -> Finding:
        """Return whether all the joints were heard of, and what was wrong with messages of late."""
        with self._lock:
            heard = [name for name in self._names if self._history.state_of((name,)) is not None]
            return check_joints(self._names, heard, tuple(self._problems))

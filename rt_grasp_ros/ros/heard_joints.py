"""Joint states as they come, those of several broadcasters put together."""

from __future__ import annotations

import threading

import numpy as np
from sensor_msgs.msg import JointState as JointStateMessage

from ..motion.trajectory import JointState
from .motion_conversions import joint_state_from_message


class HeardJoints:
    """What was last heard of each joint; safe to share between threads."""

    def __init__(self) -> None:
        """Start with nothing heard."""
        self._lock = threading.Lock()
        self._heard: dict[str, tuple[float, float, float]] = {}  # position, velocity, arrival

    def hear(self, message: JointStateMessage, arrival_s: float) -> None:
        """Remember what a message says, and when it came.

        Raises:
            RequestInvalid: it can't be read; then nothing is remembered of it.
        """
        state = joint_state_from_message(message)
        rows = zip(state.names, state.positions.tolist(), state.velocities.tolist(), strict=True)
        with self._lock:
            for name, position, velocity in rows:
                self._heard[name] = position, velocity, arrival_s

    def forget(self) -> None:
        """Have nothing heard again."""
        with self._lock:
            self._heard.clear()

    def state_of(self, names: tuple[str, ...]) -> JointState | None:
        """Return the newest state of some joints, stamped with the arrival of the oldest part.

        None where one of them was never heard of.
        """
        with self._lock:
            if any(name not in self._heard for name in names):
                return None
            heard = np.array([self._heard[name] for name in names])
        return JointState(names, heard[:, 0], heard[:, 1], float(heard[:, 2].min()))

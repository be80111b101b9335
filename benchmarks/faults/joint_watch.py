"""The arm's joints over the last minutes, as the cell reports them."""

from __future__ import annotations

import threading
import time
from collections import deque

import numpy as np
from numpy.typing import NDArray
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import JointState

from rt_grasp_ros.ros.rclpy_fixes.service_call import comes_true

_KEPT = 15_000
_MOVING_RAD = 0.0005  # between two joint states, 20 ms apart


class JointWatch:
    """Remembers joint states; safe between threads."""

    def __init__(self, node: Node, joints: tuple[str, ...]) -> None:
        """Listen to `joint_states`.

        Args:
            node: which an executor spins.
            joints: of the arm.
        """
        self._joints = joints
        self._lock = threading.Lock()
        self._states: deque[tuple[float, NDArray[np.float64]]] = deque(maxlen=_KEPT)
        node.create_subscription(
            JointState,
            "joint_states",
            self._hear,
            qos_profile_sensor_data,
            callback_group=MutuallyExclusiveCallbackGroup(),
        )

    def forget(self) -> None:
        """Start anew: the cell is a new one, whose arm never was where the last one's stood."""
        with self._lock:
            self._states.clear()

    def is_fresh(self, max_age_s: float) -> bool:
        """Return whether the newest joint state is that young."""
        with self._lock:
            return bool(self._states) and time.monotonic() - self._states[-1][0] < max_age_s

    def off_rad(self, positions_rad: NDArray[np.float64]) -> float:
        """Return how far the joints are from positions of shape (J,); infinite where unknown."""
        with self._lock:
            newest = self._states[-1][1] if self._states else np.inf
        return float(np.abs(newest - positions_rad).max())

    def way_rad(self, since_s: float, until_s: float) -> float:
        """Return the furthest that a joint went from where it was, rad; 0 where nobody looked."""
        with self._lock:
            seen = [q for arrival_s, q in self._states if since_s <= arrival_s <= until_s]
        return float(np.abs(np.array(seen) - seen[0]).max()) if seen else 0.0

    def last_motion_s(self) -> float:
        """Return when a joint was last seen moving, by `time.monotonic`; 0 where none was."""
        with self._lock:
            states = list(self._states)
        if len(states) < 2:
            return 0.0
        steps_rad = np.abs(np.diff(np.array([q for _, q in states]), axis=0)).max(axis=1)
        moving = np.flatnonzero(steps_rad > _MOVING_RAD)
        return states[moving[-1] + 1][0] if len(moving) else 0.0

    def wait_until_still(self, still_s: float, timeout_s: float) -> bool:
        """Wait until no joint has moved for a while; return whether it came to that."""
        start_s = time.monotonic()

        def is_still() -> bool:
            return time.monotonic() - max(self.last_motion_s(), start_s) >= still_s

        return comes_true(is_still, timeout_s)

    def _hear(self, message: JointState) -> None:
        known = dict(zip(message.name, message.position, strict=True))
        positions = np.array([known[name] for name in self._joints])
        with self._lock:
            self._states.append((time.monotonic(), positions))

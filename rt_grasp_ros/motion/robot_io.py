"""The seam to whatever drives the joints: ROS topics, or the simulated cell in-process."""

from __future__ import annotations

from typing import Protocol

from .trajectory import JointState, Trajectory


class RobotIo(Protocol):
    """Sends trajectories to joint controllers and reads joints; it never waits, but in `sleep`."""

    def joint_state(self) -> JointState | None:
        """Return the newest measured state of arm and fingers, or None where none came yet."""
        ...

    def send_arm(self, trajectory: Trajectory) -> None:
        """Start the trajectory now, in place of the one that the arm is following."""
        ...

    def send_hand(self, trajectory: Trajectory) -> None:
        """Start the trajectory of the finger joints now."""
        ...

    def hold(self) -> None:
        """Bring the arm to rest where it is and keep it there; the hand keeps its command."""
        ...

    def now_s(self) -> float:
        """Return the time of the clock that stamps joint states, in seconds."""
        ...

    def sleep(self, duration_s: float) -> None:
        """Let that time pass (a simulation steps)."""
        ...

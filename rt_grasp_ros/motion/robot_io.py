"""The seam to whatever drives the joints: ROS topics, or the simulated cell in-process."""

from __future__ import annotations

from typing import Protocol

from .trajectory import JointState, Trajectory


class RobotIo(Protocol):
    """Sends trajectories to joint controllers and reads joints; it never waits, but in `sleep`."""

    def joint_state(self) -> JointState | None:
        """Return the newest measured state of arm and fingers, or None where none came yet."""
        ...

    def joints_trouble(self) -> str | None:
        """Return what is wrong with the joint states that come, a sentence, or None."""
        ...

    def send_arm(self, trajectory: Trajectory) -> None:
        """Start the trajectory now, in place of the one that the arm is following."""
        ...

    def expect_arm(self, trajectory: Trajectory) -> None:
        """Remember a trajectory that another one (MoveIt) sends to the arm's controller now."""
        ...

    def send_hand(self, trajectory: Trajectory) -> None:
        """Start the trajectory of the finger joints now."""
        ...

    def hold(self) -> None:
        """Bring the arm to rest on its way and keep it there; the hand keeps its command.

        It returns at once. While the arm comes to rest already, nothing is sent again.
        """
        ...

    def has_come_to_rest(self) -> bool:
        """Return whether the arm stands after a `hold`, or goes on as if it had not been told."""
        ...

    def now_s(self) -> float:
        """Return the time of the clock that stamps joint states, in seconds."""
        ...

    def sleep(self, duration_s: float) -> None:
        """Let that time pass (a simulation steps)."""
        ...

"""Topics of an arm, as its controllers and MoveIt name them; relative, to be remapped."""

from __future__ import annotations

ARM_TOPIC = "arm_controller/joint_trajectory"
JOINTS_TOPIC = "joint_states"
STOP_EVENT = "trajectory_execution_event"

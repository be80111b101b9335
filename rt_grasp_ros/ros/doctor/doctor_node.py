"""The doctor as a node: what `rt-grasp doctor` finds in the graph, as diagnostics."""

from __future__ import annotations

from typing import Any

from rclpy.node import Node

from ...doctor.finding import Finding
from ...doctor.gpu import check_gpus, read_gpus
from ...grasp.errors import RtGraspError
from ...motion.gripper import load_gripper
from ...motion.robot import load_robot
from ...resources import given_or_shipped
from ..node.diagnostics import DiagnosticsPublisher
from ..node.node_process import run_node
from ..node.parameters import Parameters
from .doctor_parameters import DoctorParameters
from .graph_check import GraphCheck

# The examination, camera, joint states, TF, replies and parameters.
THREADS = 5


class DoctorNode(Node):
    """Examines the graph again and again and publishes what it finds on `/diagnostics`."""

    def __init__(self, **options: Any) -> None:
        """Start to listen; the first findings come after one period.

        Args:
            options: passed on to `Node`.

        Raises:
            ProfileInvalid: the robot's or the gripper's profile is wrong.
            FileNotFoundError: there is no such profile.
        """
        super().__init__("doctor_node", **options)
        self._declared = Parameters(self, DoctorParameters)
        now = self._declared.snapshot()
        robot = load_robot(given_or_shipped(now.robot))
        gripper = load_gripper(given_or_shipped(now.gripper)).driven_by(now.gripper_controller)
        self._wrong: set[str] = set()
        self._check = GraphCheck(self, robot, gripper)
        self._diagnostics = DiagnosticsPublisher(self, robot.name, self._examine, now.period_s)

    def _examine(self) -> list[Finding]:
        findings = self._check.examine(self._declared.snapshot().listen_s)
        try:
            findings.append(check_gpus(read_gpus()))
        except RtGraspError as error:
            findings.append(Finding("gpu", "wrong", error.message))
        self._log_changes(findings)
        return findings

    def _log_changes(self, findings: list[Finding]) -> None:
        """Log what has become wrong, and what is no longer so."""
        before, self._wrong = self._wrong, set()
        for finding in findings:
            if finding.status == "wrong":
                self._wrong.add(finding.check)
                if finding.check not in before:
                    self.get_logger().warning(f"{finding.check}: {finding.message}")
        for check in sorted(before - self._wrong):
            self.get_logger().info(f"{check}: no longer wrong")


def main(args: list[str] | None = None) -> None:
    """Run the node until it is stopped."""
    run_node(DoctorNode, "doctor_node", args, THREADS)


if __name__ == "__main__":
    main()

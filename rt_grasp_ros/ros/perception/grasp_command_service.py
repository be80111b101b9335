"""The services `grasp_command` and `cancel_command`: commands for who waits for a reply alone."""

from __future__ import annotations

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from std_srvs.srv import Trigger

from rt_grasp_ros.srv import GraspCommand

from .command_messages import request_of, service_response
from .command_runner import CommandRunner


class GraspCommandService:
    """Hands commands to the runner and replies what came of them.

    Its interfaces live as long as the node: taking them off a node that spins breaks rclpy's wait.
    So a command is also answered, with `NOT_ACTIVE`, by a node that was not configured yet.
    """

    def __init__(self, node: Node, runner: CommandRunner) -> None:
        """Create the services on the node."""
        self._runner = runner
        # Reentrant: a second command must be refused while the first one is being answered.
        group = ReentrantCallbackGroup()
        node.create_service(GraspCommand, "grasp_command", self._answer, callback_group=group)
        node.create_service(Trigger, "cancel_command", self._cancel, callback_group=group)

    def _answer(
        self, request: GraspCommand.Request, _: GraspCommand.Response
    ) -> GraspCommand.Response:
        """Answer the service `grasp_command`."""
        return service_response(self._runner.run(request_of(request)))

    def _cancel(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        """Answer the service `cancel_command`, which ends a goal of the action as well."""
        response.success = self._runner.cancel()
        response.message = (
            "The command ends as soon as it can; its own reply says how."
            if response.success
            else "No command is being carried out."
        )
        return response

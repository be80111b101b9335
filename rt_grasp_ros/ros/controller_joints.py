"""Which joints a ros2_control controller takes, by its own parameters."""

from __future__ import annotations

from rcl_interfaces.srv import GetParameters
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.parameter import parameter_value_to_python

from .service_call import NotReady, ask

_NAMES = ("joints", "joint")
"""Of a trajectory controller, and of a gripper's action controller."""


class ControllerJoints:
    """Asks a controller's node; the node's executor must spin meanwhile."""

    def __init__(self, node: Node, command_name: str) -> None:
        """Connect; the controller need not be there, nor have parameters.

        Args:
            node: which asks.
            command_name: its topic or action, such as `hand_controller/joint_trajectory`; what is
                before the last slash is the controller's node.
        """
        controller = command_name.rpartition("/")[0]
        self._client = node.create_client(
            GetParameters,
            f"{controller}/get_parameters",
            callback_group=ReentrantCallbackGroup(),
        )

    def is_there(self) -> bool:
        """Return whether somebody is there to answer."""
        return bool(self._client.service_is_ready())

    def ask(self, timeout_s: float) -> tuple[str, ...]:
        """Return the names; empty where nobody says, such as a controller of another kind.

        Args:
            timeout_s: for each of two questions, asked only where somebody is there to answer.
        """
        for name in _NAMES:
            if not self.is_there():
                return ()
            try:
                request = GetParameters.Request(names=[name])
                reply = ask(self._client, request, timeout_s, "No joints came")
            except NotReady:
                return ()
            value = parameter_value_to_python(reply.values[0]) if reply.values else None
            if value:
                return (value,) if isinstance(value, str) else tuple(map(str, value))
        return ()

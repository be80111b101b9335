"""What a ros2_control controller is, by its own parameters."""

from __future__ import annotations

from typing import Any

from rcl_interfaces.srv import GetParameters
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.parameter import parameter_value_to_python

from ..rclpy_fixes.service_call import NotReady, ask

_NAMES = ("joints", "joint")
"""Of a trajectory controller, and of a gripper's action controller."""

_FROM_COMMANDED = ("interpolate_from_desired_state", "open_loop_control")
"""Where one of these is true, a trajectory begins from the motion that was commanded last."""


class ControllerJoints:
    """Asks a controller's node; the node's executor must spin meanwhile."""

    def __init__(self, node: Node, command_name: str) -> None:
        """Connect; the controller need not be there, nor have parameters.

        Args:
            node: which asks.
            command_name: its topic or action, such as `hand_controller/joint_trajectory`; what is
                before the last slash, remapped as the topic is, is the controller's node.
        """
        controller = node.resolve_topic_name(command_name).rpartition("/")[0]
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
            value = self._value(name, timeout_s)
            if value:
                return (value,) if isinstance(value, str) else tuple(map(str, value))
        return ()

    def knows_velocities(self, timeout_s: float) -> bool | None:
        """Return whether a trajectory controller begins a new trajectory at the joints' velocities.

        Else it begins as if they stood, unless the first point has no velocities. None where
        nobody says.

        Args:
            timeout_s: for each of three questions, asked only where somebody is there to answer.
        """
        interfaces = self._value("state_interfaces", timeout_s)
        if not interfaces:
            return None
        return "velocity" in interfaces or any(
            self._value(name, timeout_s) for name in _FROM_COMMANDED
        )

    def _value(self, name: str, timeout_s: float) -> Any:
        """Return a parameter's value, or None where nobody says."""
        if not self.is_there():
            return None
        try:
            request = GetParameters.Request(names=[name])
            reply = ask(self._client, request, timeout_s, f"No {name} came")
        except NotReady:
            return None
        return parameter_value_to_python(reply.values[0]) if reply.values else None

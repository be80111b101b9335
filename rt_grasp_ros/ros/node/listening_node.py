"""A node beside another one, which hears for it what comes often."""

from __future__ import annotations

from typing import Any

from rclpy.node import Node
from rclpy.parameter import Parameter

from ..rclpy_fixes.private_names import private
from ..rclpy_fixes.spinner import Spinner
from .robot_clock import simulated_clock

_STOP_TIMEOUT_S = 2.0


class ListeningNode(Node):
    """Hears joint states, TF, pictures and `/clock` for a node, in a thread of its own.

    rclpy builds its wait anew for every message, out of all that the nodes in it have. In a node
    with services, actions and publishers that costs more than the message does, many times a
    second, and a request to stop comes late. Here only subscriptions are waited for.
    """

    def __init__(self, node: Node, **options: Any) -> None:
        """Make it, and spin it from now on; `destroy_node` ends that.

        Args:
            node: for which it hears; its name is that node's with `_listener` behind.
            options: which that node was made with: its remappings and its clock are meant here,
                too. It has no parameters of its own to be set.
        """
        name = f"{node.get_name()}_listener"
        # Its own arguments go before the process's, where launch gives the other node its name.
        own = ["--ros-args", "-r", f"__node:={name}", "--"]
        options["cli_args"] = [*own, *(options.get("cli_args") or ())]
        simulated = simulated_clock(node)
        is_simulated = Parameter("use_sim_time", value=simulated is not None)
        options["parameter_overrides"] = [is_simulated]
        super().__init__(name, **options, start_parameter_services=False)
        if simulated is not None:
            theirs, ours = (private(each, "_time_source", None) for each in (node, self))
            if theirs is not None and ours is not None:
                theirs.detach_node()
                ours.attach_clock(simulated)
        self._spinner = Spinner(self.context)
        self._spinner.add(self)
        self._spinner.start()

    def raise_failure(self) -> None:
        """Raise what a callback raised, since when nothing is heard any more."""
        if self._spinner.failure is not None:
            raise self._spinner.failure

    def destroy_node(self) -> None:
        """Hear nothing any more."""
        self._spinner.stop(_STOP_TIMEOUT_S)
        super().destroy_node()

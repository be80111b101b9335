"""A node beside another one, which hears for it what comes often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.action import ActionClient
from rclpy.client import Client
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.publisher import Publisher
from rclpy.subscription import Subscription
from rclpy.timer import Timer

from ..rclpy_fixes.private_names import private
from ..rclpy_fixes.spinner import Spinner
from .robot_clock import simulated_clock

_STOP_TIMEOUT_S = 2.0


class ListeningNode(Node):
    """Hears joint states, TF, pictures and `/clock` for a node, in a thread of its own.

    What comes and goes with a lifecycle's states is made on it, too: here it can be taken off.

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
        self._kept = self._entities()
        self._spinner = Spinner(self.context)
        self._spinner.add(self)
        self._spinner.start()

    def raise_failure(self) -> None:
        """Raise what a callback raised, since when nothing is heard any more."""
        if self._spinner.failure is not None:
            raise self._spinner.failure

    def release(self) -> None:
        """Take off whatever was made on this node since it was; `/clock` is heard on.

        Nothing is waited for meanwhile: taking something off a node that spins breaks rclpy's wait.
        """
        self._spinner.remove(self)
        self._destroy(self._entities() - self._kept)
        self._spinner.add(self)

    def destroy_node(self) -> None:
        """Hear nothing any more."""
        self._spinner.stop(_STOP_TIMEOUT_S)
        self._destroy(self._entities() - self._kept)
        super().destroy_node()

    def _entities(self) -> set[Any]:
        actions = [each for each in self.waitables if isinstance(each, ActionClient)]
        return {*self.subscriptions, *self.publishers, *self.clients, *self.timers, *actions}

    def _destroy(self, entities: set[Any]) -> None:
        destroyers: dict[type, Callable[[Any], Any]] = {
            Subscription: self.destroy_subscription,
            Publisher: self.destroy_publisher,
            Client: self.destroy_client,
            Timer: self.destroy_timer,
            ActionClient: ActionClient.destroy,
        }
        for entity in entities:
            for kind, destroy in destroyers.items():
                if isinstance(entity, kind):
                    destroy(entity)

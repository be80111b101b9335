"""How MoveIt is started inside of a process that has a node and signal handlers of its own."""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from moveit.planning import MoveItPy
from moveit_configs_utils import MoveItConfigsBuilder
from rclpy.node import Node

_NODE_NAME = "rt_grasp_moveit"


def start_moveit(node: Node, robot_name: str, config_package: str) -> MoveItPy:
    """Start MoveIt with a package's configuration, in a node's namespace and with its clock.

    By a file for every node: what moveit_py itself writes is for a node without a namespace.

    Args:
        node: whose namespace and clock they are.
        robot_name: as MoveIt's configuration calls it.
        config_package: that configuration, with a `moveit_cpp.yaml`.

    Raises:
        Exception: whatever the bindings and the configuration's reader raise.
    """
    configuration = MoveItConfigsBuilder(robot_name, package_name=config_package)
    parameters = configuration.moveit_cpp().to_moveit_configs().to_dict()
    parameters["use_sim_time"] = node.get_parameter("use_sim_time").value
    with tempfile.TemporaryDirectory() as folder, _signals_kept():
        path = Path(folder, "parameters.yaml")
        path.write_text(yaml.safe_dump({"/**": {"ros__parameters": parameters}}), encoding="utf-8")
        return MoveItPy(
            node_name=_NODE_NAME,
            name_space=node.get_namespace(),
            launch_params_filepaths=[str(path)],
        )


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Let this process go on to hear of its own end.

    rclcpp takes SIGINT and SIGTERM for itself and ends MoveIt at once, with the arm on its way.
    """
    numbers = (signal.SIGINT, signal.SIGTERM)
    handlers = {number: signal.getsignal(number) for number in numbers}
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in handlers.items():
                if callable(handler) and handler is not signal.default_int_handler:
                    signal.signal(number, handler)

"""A node as a process: made, spun until it is stopped, and taken down."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

import rclpy
from rclpy._rclpy_pybind11 import RCLError
from rclpy.exceptions import ParameterException
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node

from ..grasp.errors import RtGraspError
from .spinner import end_executor, make_executor

STOP_TIMEOUT_S = 5.0
"""For what is under way when a process ends."""

AnyNode = TypeVar("AnyNode", bound=Node)


def make_or_exit(make_node: Callable[[], AnyNode], name: str) -> AnyNode:
    """Return a new node; where it can't be made, say why in one sentence and end the process.

    Args:
        make_node: called once rclpy is initialised.
        name: of the node, for the sentence.
    """
    try:
        return make_node()
    except (ParameterException, RtGraspError, FileNotFoundError) as error:
        rclpy.try_shutdown()
        sys.exit(f"{name}: {error}")


def run_node(
    make_node: Callable[[], Node], name: str, args: list[str] | None, threads: int = 1
) -> None:
    """Run a node until Ctrl-C, SIGTERM or the context's end.

    Args:
        make_node: called once rclpy is initialised.
        name: of the node.
        args: of the command line; None takes the process's own.
        threads: that serve its callbacks.
    """
    rclpy.init(args=args)
    node = make_or_exit(make_node, name)
    executor = make_executor(threads)
    executor.add_node(node)
    try:
        executor.spin()
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    except RCLError:
        if rclpy.ok():
            raise  # else the signal came while rclpy prepared to wait
    finally:
        node.destroy_node()  # first, for it ends what is under way
        end_executor(executor, STOP_TIMEOUT_S)
        rclpy.try_shutdown()

"""A node as a process: made, spun until it is stopped, and taken down."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

import rclpy
from rclpy.exceptions import ParameterException
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from ...grasp.errors import RtGraspError
from ..rclpy_fixes.private_names import RCLError
from ..rclpy_fixes.spinner import end_executor, make_executor, work_ends

STOP_TIMEOUT_S = 5.0
"""For what is under way when a process ends."""

_SPIN_S = 0.1

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
    make_node: Callable[[], AnyNode],
    name: str,
    args: list[str] | None,
    threads: int = 1,
    end_work: Callable[[AnyNode], None] | None = None,
) -> None:
    """Run a node until Ctrl-C, SIGTERM or the context's end.

    The signals are not rclpy's to handle: it would end the context, and with it the way on which
    the arm is stopped.

    Args:
        make_node: called once rclpy is initialised.
        name: of the node, for messages.
        args: of the command line; None takes the process's own.
        threads: that serve its callbacks.
        end_work: called when the process is to end; ends what is under way and returns then. The
            node is spun meanwhile, and what callbacks have to reply is sent behind it.
    """
    stopped = threading.Event()
    rclpy.init(args=args, signal_handler_options=SignalHandlerOptions.NO)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    node = make_or_exit(make_node, name)
    executor = make_executor(threads)
    executor.add_node(node)

    def spin_while(is_wanted: Callable[[], bool]) -> None:
        while is_wanted() and rclpy.ok():
            executor.spin_once(timeout_sec=_SPIN_S)

    try:
        spin_while(lambda: not stopped.is_set())
        if end_work is not None:
            ending = threading.Thread(target=end_work, args=(node,), name="end_work", daemon=True)
            ending.start()
            spin_while(ending.is_alive)
            work_ends(executor, STOP_TIMEOUT_S)
    except ExternalShutdownException:
        pass
    except RCLError:
        if rclpy.ok():
            raise  # else the context ended while rclpy prepared to wait
    finally:
        node.destroy_node()  # first, for it ends what is under way
        end_executor(executor, STOP_TIMEOUT_S)
        rclpy.try_shutdown()

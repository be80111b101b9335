"""`rt-grasp mcp`: tools for an agent, over standard input and output."""

from __future__ import annotations

import argparse

from .. import __version__
from ..grasp.errors import RequestInvalid


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "mcp",
        help="serve a robot's tools to an agent (Model Context Protocol)",
        description="Serves the tools perceive, pick, stop and state of a robot that runs, over "
        "standard input and output, as agents start such servers. Needs the extra [mcp]. Speed, "
        "workspace and confirmation stay as the robot's nodes were started.",
    )
    parser.add_argument("--namespace", default="", help="of the robot's nodes (default none)")
    parser.add_argument(
        "--timeout-s",
        type=float,
        default=300.0,
        help="for one command; a longer one is cancelled (default 300)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until the agent closes the connection.

    Raises:
        RequestInvalid: the extra is not installed, or the time is none.
    """
    if not 0 < arguments.timeout_s < float("inf"):
        raise RequestInvalid(f"--timeout-s is {arguments.timeout_s:g}; give seconds above 0.")
    try:
        from ..agent.tool_server import tool_server
    except ModuleNotFoundError as error:
        raise RequestInvalid(
            f"The tools need the package '{error.name}'; install rt_grasp_ros with its extra "
            "[mcp]: pip install 'rt_grasp_ros[mcp]'."
        ) from error
    from ..ros.agent.nodes_robot import NodesRobot

    with NodesRobot(arguments.namespace) as robot:
        tool_server(robot, __version__, arguments.timeout_s).run("stdio")
    return 0

"""`rt-grasp`: one verb a file in this folder."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from importlib import import_module

from .. import __version__
from ..bootstrap import enter_ros_environment
from ..grasp.errors import RtGraspError

VERBS = (
    "demo",
    "detect",
    "replay",
    "evaluate",
    "doctor",
    "data",
    "train",
    "merge",
    "ablate",
    "bench",
    "serve",
    "mcp",
)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with all verbs."""
    parser = argparse.ArgumentParser(
        prog="rt-grasp",
        description="RT-Grasp for ROS 2: from a sentence and an RGB-D picture to a lifted object.",
    )
    parser.add_argument("--version", action="version", version=f"rt-grasp {__version__}")
    subparsers = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in VERBS:
        import_module(f"{__package__}.{verb}").add_parser(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb; failures end in one sentence on standard error, never in a traceback.

    Returns:
        0 on success, 1 where the verb says so, 2 for a failure, 130 after Ctrl-C.
    """
    parsed = build_parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # clean up as after Ctrl-C
    try:
        return int(parsed.run(parsed))
    except RtGraspError as error:
        print(f"rt-grasp {parsed.verb}: {error.message} [{error.code.name}]", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"rt-grasp {parsed.verb}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


def run_script() -> int:
    """Run a verb where rclpy finds its libraries: the console script `rt-grasp`."""
    enter_ros_environment()
    return main()


if __name__ == "__main__":
    sys.exit(run_script())

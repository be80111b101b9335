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


def build_parser(verbs: Sequence[str] = VERBS) -> argparse.ArgumentParser:
    """Return the parser with these verbs; each brings what its own imports need."""
    parser = argparse.ArgumentParser(
        prog="rt-grasp",
        description="RT-Grasp for ROS 2: from a sentence and an RGB-D picture to a lifted object.",
    )
    parser.add_argument("--version", action="version", version=f"rt-grasp {__version__}")
    subparsers = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in verbs:
        import_module(f"{__package__}.{verb}").add_parser(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb; failures end in one sentence on standard error, never in a traceback.

    Returns:
        0 on success, 1 where the verb says so, 2 for a failure, 130 after Ctrl-C.
    """
    given = sys.argv[1:] if arguments is None else arguments
    # A verb that is named is imported alone: a GPU machine lacks what others need.
    verbs = given[:1] if given and given[0] in VERBS else VERBS
    parsed = build_parser(verbs).parse_args(given)
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

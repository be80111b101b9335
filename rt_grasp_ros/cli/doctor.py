"""`rt-grasp doctor`: is everything here that a grasp needs, and if not, what to do."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata

from rich.console import Console
from rich.markup import escape

from ..grasp.errors import RtGraspError
from ..model.engine import load_engine
from ..resources import given_or_shipped
from .report import write_json

_PACKAGES = ("numpy", "mujoco", "pin", "pin-pink", "ompl", "toppra", "onnxruntime", "tokenizers")
_OLDEST_PYTHON, _FIRST_UNTRIED_PYTHON = (3, 11), (3, 13)
_COLOURS = {"ok": "green", "note": "yellow", "wrong": "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        check: what was looked at.
        status: `ok`, `note` (not running, nothing broken) or `wrong`.
        message: what was seen; what to do about it unless it is ok.
    """

    check: str
    status: str
    message: str


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb."""
    parser = subparsers.add_parser("doctor", help="check environment, topics, frames and model")
    parser.add_argument("--model", default="models/rt-grasp-tiny", help="folder of the checkpoint")
    parser.add_argument(
        "--wait-s", type=float, default=3.0, help="how long to listen to each topic (default 3)"
    )
    parser.add_argument("--json", help="file for the findings, - for standard output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Return 0 where nothing is wrong, else 1."""
    console = Console(stderr=arguments.json == "-")
    findings = []
    for finding in examine(arguments.model, arguments.wait_s):
        findings.append(finding)
        colour = _COLOURS[finding.status]
        console.print(
            f"[{colour}]{finding.status:5}[/] {finding.check}: {escape(finding.message)}",
            highlight=False,
        )
    wrong = sum(finding.status == "wrong" for finding in findings)
    if arguments.json:
        report = {"wrong": wrong, "findings": [asdict(finding) for finding in findings]}
        write_json(report, arguments.json)
    return 1 if wrong else 0


def examine(model: str, wait_s: float) -> Iterator[Finding]:
    """Yield findings one by one.

    Args:
        model: folder of the checkpoint.
        wait_s: how long to listen to each topic.
    """
    yield _attempt("python", _look_at_python)
    yield _attempt("packages", _look_at_packages)
    yield _attempt("rendering", _look_at_rendering)
    yield _attempt("model", lambda: _look_at_model(model))
    ros = _attempt("ros", _look_at_ros)
    yield ros
    if ros.status == "ok":
        from ..ros.graph_check import examine_graph

        for check, seen, message in examine_graph(wait_s):
            yield Finding(check, "ok" if seen else "note", message)


def _attempt(check: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(check, "ok", look())
    except RtGraspError as error:
        return Finding(check, "wrong", error.message)
    except Exception as error:  # whatever a broken installation raises is a finding
        return Finding(check, "wrong", f"{type(error).__name__}: {error}")


def _look_at_python() -> str:
    version = ".".join(map(str, sys.version_info[:3]))
    if not _OLDEST_PYTHON <= sys.version_info[:2] < _FIRST_UNTRIED_PYTHON:
        raise RtGraspError(f"Python {version} is not supported; use 3.11 or 3.12.")
    return version


def _look_at_packages() -> str:
    versions, missing = [], []
    for name in _PACKAGES:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        raise RtGraspError(f"Missing: {', '.join(missing)}; run `make setup` again.")
    return ", ".join(versions)


def _look_at_rendering() -> str:
    from ..sim.cell import Cell
    from ..sim.scene import random_scene

    with Cell(random_scene(0)) as cell:
        start_s = time.monotonic()
        picture = cell.observe().rgb
        return f"{picture.shape[1]} x {picture.shape[0]} in {time.monotonic() - start_s:.2f} s"


def _look_at_model(model: str) -> str:
    from ..sim.cell import Cell
    from ..sim.scene import random_scene

    engine = load_engine(given_or_shipped(model))
    with Cell(random_scene(0)) as cell:
        picture = cell.observe().rgb
    start_s = time.monotonic()
    answer = engine.answer(picture, "grasp the banana")[0]
    return f"{engine.name}, {time.monotonic() - start_s:.2f} s: {answer.reasoning}"


def _look_at_ros() -> str:
    try:
        import rclpy  # noqa: F401
        from tf2_msgs.msg import TFMessage  # noqa: F401

        import rt_grasp_ros.msg  # noqa: F401
    except ImportError as error:
        raise RtGraspError(
            f"{error}; run `make setup`, or source a ROS 2 workspace that holds rt_grasp_ros."
        ) from error
    return "rclpy, tf2_msgs and our interfaces can be imported"

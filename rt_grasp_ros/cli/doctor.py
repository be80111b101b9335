"""`rt-grasp doctor`: is everything here that a grasp needs, and if not, what to do."""

from __future__ import annotations

import argparse
import dataclasses
import math
import sys
import time
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from ..data.pixels import read_colour
from ..doctor.finding import Finding, Status, wrong
from ..doctor.gpu import check_gpus, read_gpus
from ..grasp.errors import RequestInvalid, RtGraspError
from ..model.engine import EngineSettings, note_of
from ..model.load_engine import load_engine
from ..model.server_settings import ServerSettings
from ..resources import given_or_shipped, share_path
from . import doctor_calibration
from .doctor_place import place_of
from .report import write_json

_PACKAGES = ("numpy", "mujoco", "pin", "pin-pink", "ompl", "toppra", "onnxruntime", "tokenizers")
_PICTURE = "resource/example/color.png"
_OLDEST_PYTHON, _FIRST_UNTRIED_PYTHON = (3, 11), (3, 13)
_COLOURS: dict[Status, str] = {"ok": "green", "note": "yellow", "wrong": "red"}
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 0.1, 60.0


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "doctor",
        help="check environment, topics, frames and model",
        description="One line a check: ok, a note, or what is wrong and what to do. Exit status 1 "
        "where something is wrong.",
    )
    parser.add_argument("--model", default="models/rt-grasp-tiny", help="folder of the checkpoint")
    server = parser.add_argument_group("a model server")
    server.add_argument("--server-url", default="", help="measure where it points, and how fast")
    server.add_argument("--family", default="qwen3_vl", help="of its model (default qwen3_vl)")
    server.add_argument("--server-model", default="", help="its name there")
    server.add_argument(
        "--server-key-variable",
        default=ServerSettings().key_variable,
        metavar="NAME",
        help="environment variable that holds the server's key (default %(default)s)",
    )
    parser.add_argument(
        "--wait-s", type=float, default=3.0, help="how long to listen to the topics (default 3)"
    )
    parser.add_argument("--robot", help="robot profile (default: the running executor's)")
    parser.add_argument("--gripper", help="gripper profile (default: the running executor's)")
    parser.add_argument("--namespace", default="", help="namespace of the robot's nodes")
    parser.add_argument(
        "--camera",
        default="",
        help="where the camera's topics are, such as camera/camera for a RealSense driver "
        "(default: those that our running nodes listen to, else camera)",
    )
    parser.add_argument(
        "--private-tf",
        action="store_true",
        help="frames are on the namespace's own tf and tf_static, as with private_tf:=true",
    )
    parser.add_argument("--use-sim-time", action="store_true", help="take the time from /clock")
    parser.add_argument("--json", help="file for the findings, - for standard output")
    doctor_calibration.add_arguments(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Return 0 where nothing is wrong, else 1.

    Raises:
        RequestInvalid: an argument is out of its bounds.
    """
    wait_s = arguments.wait_s
    if not (math.isfinite(wait_s) and _SHORTEST_WAIT_S <= wait_s <= _LONGEST_WAIT_S):
        raise RequestInvalid(
            f"Listening for {wait_s:g} s is not possible; give --wait-s {_SHORTEST_WAIT_S:g} to "
            f"{_LONGEST_WAIT_S:g}."
        )
    console = Console(stderr=arguments.json == "-")
    looked = (
        doctor_calibration.examine(arguments, console)
        if arguments.calibration
        else examine(arguments)
    )
    findings = []
    for finding in looked:
        findings.append(finding)
        colour = _COLOURS[finding.status]
        console.print(
            f"[{colour}]{finding.status:5}[/] {finding.check}: {escape(finding.message)}",
            highlight=False,
            soft_wrap=True,
        )
    count = sum(finding.status == "wrong" for finding in findings)
    if arguments.json:
        report = {"wrong": count, "findings": [dataclasses.asdict(f) for f in findings]}
        write_json(report, arguments.json)
    return 1 if count else 0


def examine(arguments: argparse.Namespace) -> Iterator[Finding]:
    """Yield findings one by one: first the installation, then the ROS graph."""
    yield _attempt("python", _look_at_python)
    yield _attempt("packages", _look_at_packages)
    yield _as_note(_attempt("rendering", _look_at_rendering), "only the simulated cell draws")
    try:
        yield check_gpus(read_gpus())
    except RtGraspError as error:
        yield wrong("gpu", error)
    yield _attempt("model", lambda: _look_at_model(arguments.model))
    if arguments.server_url:
        yield _attempt("server", lambda: _look_at_server(arguments))
    ros = _attempt("ros", _look_at_ros)
    yield ros
    if ros.status == "ok":
        yield from _look_at_graph(arguments)


def _look_at_graph(arguments: argparse.Namespace) -> Iterator[Finding]:
    from ..ros.doctor.doctor_session import doctor_session
    from ..ros.doctor.graph_check import GraphCheck

    try:
        with doctor_session(place_of(arguments), arguments.robot, arguments.gripper) as session:
            check = GraphCheck(session.node, session.robot, session.gripper)
            yield from check.examine(arguments.wait_s)
    except RtGraspError as error:
        yield wrong("profiles", error)


def _attempt(check: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(check, "ok", look())
    except RtGraspError as error:
        return wrong(check, error)
    except Exception as error:  # whatever a broken installation raises is a finding
        return Finding(check, "wrong", f"{type(error).__name__}: {error}")


def _as_note(finding: Finding, why: str) -> Finding:
    """Return what is wrong as a note, with the reason why it does not matter to everyone."""
    if finding.status != "wrong":
        return finding
    return Finding(finding.check, "note", f"{finding.message} ({why})")


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
    engine = load_engine(given_or_shipped(model))
    picture = read_colour(share_path(_PICTURE))
    start_s = time.monotonic()
    answer = engine.answer(picture, "grasp the mug by its handle")[0]
    return f"{engine.name}, {time.monotonic() - start_s:.2f} s: {answer.reasoning}"


def _look_at_server(arguments: argparse.Namespace) -> str:
    """Return what was measured of a model server that points."""
    server = ServerSettings(
        url=arguments.server_url,
        model=arguments.server_model,
        key_variable=arguments.server_key_variable,
    )
    engine = load_engine(Path(), "openai", EngineSettings(family=arguments.family, server=server))
    return f"{engine.name}: {note_of(engine) or 'it names grasps, which are not measured'}"


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

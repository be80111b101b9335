"""`rt-grasp demo`: the whole chain on real ROS nodes, from a sentence to a lifted object."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape
from rich.status import Status

from ..grasp.error_code import ErrorCode
from ..grasp.errors import RequestInvalid
from ..pipeline.fields import candidate_fields, grasp_fields
from .camera_options import add_camera_options, cameras_of
from .demo_browser import show_in_browser
from .demo_cell import DemoScene, bring_up, keep_to_this_machine
from .report import candidate_lines, write_json

if TYPE_CHECKING:
    from ..action import GraspByCommand
    from ..ros.sim.cell_client import CellClient

MAX_SEED = 2**31 - 1

_CANDIDATES = 4
_COMMAND_TIMEOUT_S = 240.0
_JUDGE_TIMEOUT_S = 20.0


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb."""
    parser = subparsers.add_parser("demo", help="grasp by command in the simulated cell")
    parser.add_argument("--command", default="grasp the banana", help="what to grasp")
    parser.add_argument(
        "--then",
        action="append",
        default=[],
        metavar="FOLLOW_UP",
        help="say this before the arm moves, such as 'a bit more to the left'; may be repeated",
    )
    parser.add_argument(
        "--browser",
        action="store_true",
        help="send no command: show the cell in a page of your browser until Ctrl-C",
    )
    parser.add_argument(
        "--port", type=int, default=8080, help="port of that page on 127.0.0.1 (default 8080)"
    )
    parser.add_argument("--seed", type=int, default=0, help="draws the scene (default 0)")
    parser.add_argument(
        "--meshes",
        action="append",
        default=[],
        metavar="DIR",
        help="folder of textured meshes that the command may name (docs/data.md), beside those "
        "that ship, such as 'toy car' or 'moka pot'; may be repeated",
    )
    add_camera_options(parser)
    parser.add_argument("--model", default="models/rt-grasp-tiny", help="folder of the checkpoint")
    parser.add_argument("--out", type=Path, default=Path("out/demo"), help="folder for the result")
    parser.add_argument("--json", help="file for the result, - for standard output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Return 0 only where the named object was lifted."""
    console = Console(stderr=arguments.json == "-")
    if not 0 <= arguments.seed <= MAX_SEED:
        raise RequestInvalid(f"The seed is {arguments.seed}; choose one from 0 to {MAX_SEED}.")
    try:
        arguments.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RequestInvalid(
            f"The folder {arguments.out} can't be made ({error.strerror}); give another --out."
        ) from error
    cameras = cameras_of(arguments)
    if len(cameras.names) > 1:
        raise RequestInvalid("The demo has one camera; give --camera once.")
    scene = DemoScene(arguments.seed, tuple(arguments.meshes), cameras)
    commands = (arguments.command, *arguments.then)
    if arguments.browser:
        show_in_browser(commands, scene, arguments.model, arguments.out, arguments.port, console)
    result = demonstrate(commands, scene, arguments.model, arguments.out, console)
    write_json(result, str(arguments.out / "result.json"))
    if arguments.json:
        write_json(result, arguments.json)
    _print(console, result, arguments.out)
    return 0 if result["lifted"] else 1


def demonstrate(
    commands: Sequence[str], scene: DemoScene, model: str, out: Path, console: Console
) -> dict[str, Any]:
    """Start cell, perception and executor, send the commands, and judge what became of it.

    Args:
        commands: what to grasp, then follow-ups; the arm moves for the last one. One that fails is
            the last.
        scene: it holds the known objects and meshes that the commands name.
        model: folder of the checkpoint.
        out: gets `grasp.png`, `lift.png` and the nodes' logs.
        console: shows progress.

    Returns:
        `command, lifted, error_code, error_message, reasoning, rectangle, pose, opening_m,
        candidates, stages_s` of the last turn, and under `earlier` what was said before.

    Raises:
        RtGraspError: a node did not start.
    """
    keep_to_this_machine()
    from ..ros.node.processes import NodeProcesses
    from ..ros.sim.cell_client import CellClient

    start_s = time.monotonic()
    with (
        console.status("starting the simulated cell") as status,
        NodeProcesses(out / "logs") as processes,
        CellClient(
            processes.require_alive,
            on_reasoning=lambda text: status.update(escape(text)),
            on_stage=lambda stage: status.update(escape(stage.text)),
        ) as client,
    ):
        bring_up(processes, client, commands, scene, model, status)
        start_up_s = time.monotonic() - start_s
        console.print(f"cell, perception and executor are up after {start_up_s:.1f} s")
        *earlier, reply = _converse(client, commands, status)
        judgement = client.judgement(_JUDGE_TIMEOUT_S)
        _save_pictures(client, reply, out)
    said = commands[: len(earlier) + 1]
    named = [found for found in map(scene.named, commands) if found is not None]
    meant = named[-1].object_name if named else None
    return {
        **_result(said[-1], meant, reply, judgement, start_up_s),
        "earlier": [
            {"command": command, "reasoning": answer.reasoning}
            for command, answer in zip(said, earlier, strict=False)
        ],
    }


def _converse(
    client: CellClient, commands: Sequence[str], status: Status
) -> list[GraspByCommand.Result]:
    """Send the commands of one dialogue, the last to be executed; the first failure ends it."""
    replies: list[GraspByCommand.Result] = []
    dialogue_id = ""
    for command in commands:
        status.update(f"looking for what to do about '{escape(command)}'")
        reply = client.send(
            command,
            _CANDIDATES,
            _COMMAND_TIMEOUT_S,
            dialogue_id=dialogue_id,
            execute=len(replies) + 1 == len(commands),
        )
        replies.append(reply)
        dialogue_id = reply.dialogue_id
        if reply.error_code:
            break
    return replies


def _save_pictures(client: CellClient, reply: GraspByCommand.Result, out: Path) -> None:
    """Save the camera's picture with the grasp, where it came to one, and one of the cell."""
    if reply.reasoning:
        _save(client.picture("grasp_image", _JUDGE_TIMEOUT_S), out / "grasp.png")
    _save(client.picture("sim/overview", _JUDGE_TIMEOUT_S), out / "lift.png")


def _save(picture_rgb: NDArray[np.uint8], path: Path) -> None:
    path.write_bytes(cv2.imencode(".png", picture_rgb[..., ::-1])[1].tobytes())


def _result(
    command: str,
    named: str | None,
    reply: GraspByCommand.Result,
    judgement: dict[str, Any],
    start_up_s: float,
) -> dict[str, Any]:
    from ..ros.messages.grasps import grasp_from_message, verdict_from_message
    from ..ros.messages.stamps import seconds_from_duration

    lifted_object = judgement["lifted_object"]
    lifted = lifted_object is not None and named in (None, lifted_object)
    message = reply.error_message
    if not message and not lifted:
        message = f"The arm lifted {lifted_object or 'nothing'}, not what the command names."
    grasps = [grasp_from_message(grasp) for grasp in reply.grasps]
    verdicts = [verdict_from_message(verdict) for verdict in reply.verdicts]
    frame_id = reply.grasps[0].header.frame_id if reply.grasps else ""
    return {
        "command": command,
        "lifted": lifted,
        "error_code": reply.error_code,
        "error_message": message,
        "reasoning": reply.reasoning,
        **grasp_fields(grasps[0] if grasps else None, frame_id),
        "candidates": candidate_fields(grasps, frame_id, verdicts),
        "stages_s": {
            "start_up": start_up_s,
            **{stage.name: seconds_from_duration(stage.duration) for stage in reply.stages},
        },
    }


def _print(console: Console, result: dict[str, Any], out: Path) -> None:
    """Say how it went."""
    lines = []
    for turn in (*result["earlier"], result):
        lines += [f"[bold]{escape(turn['command'])}[/bold]", escape(turn["reasoning"])]
    if result["rectangle"]:
        seen = result["rectangle"]
        lines.append(
            f"in the picture: x {seen['x_px']:.0f} px, y {seen['y_px']:.0f} px, "
            f"angle {np.degrees(seen['theta_rad']):.0f} degrees, {seen['opening_px']:.0f} px wide"
        )
    if result["pose"]:
        x_m, y_m, z_m = result["pose"]["position_m"]
        lines.append(
            f"in {result['pose']['frame_id']}: x {x_m:.3f} m, y {y_m:.3f} m, z {z_m:.3f} m, "
            f"fingers {result['opening_m']:.3f} m apart"
        )
    if result["candidates"]:
        lines += [escape(line) for line in candidate_lines(result["candidates"])]
    if result["error_message"]:
        code = ErrorCode(result["error_code"]).name
        lines.append(f"[red]{code}[/red]: {escape(result['error_message'])}")
    lines.append("[green]lifted[/green]" if result["lifted"] else "[red]not lifted[/red]")
    lines.append(f"{out}: result.json, grasp.png, lift.png")
    console.print("\n".join(line for line in lines if line))

"""`rt-grasp replay`: a recorded attempt once more; does the recorded grasp come out again?"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from ..grasp.error_code import ErrorCode
from ..grasp.errors import RequestInvalid
from ..pipeline.fields import grasp_fields
from ..resources import given_or_shipped
from .detect import add_command_options, detect, print_result
from .engine_options import DEFAULT_MODEL, add_engine_options, engine_from
from .growing_text import GrowingText
from .report import write_json

if TYPE_CHECKING:
    from ..pipeline.command_outcome import CommandOutcome
    from ..ros.recording.attempt import Attempt
    from ..ros.recording.replay import Difference


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "replay", help="carry a recorded attempt out again: is it the same grasp?"
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="an attempt_*.mcap that we recorded, or a bag"
    )
    bag = parser.add_argument_group("for a plain bag of colour, depth and camera_info")
    bag.add_argument("--color-topic", default="", help="colour, where several fit")
    bag.add_argument("--depth-topic", default="", help="depth registered to it")
    bag.add_argument("--info-topic", default="", help="camera_info of the colour camera")
    bag.add_argument("--at", type=float, default=0.0, help="seconds after the bag's begin")
    bag.add_argument("--depth-scale", type=float, help="metres per unit (16-bit: 0.001)")
    bag.add_argument("--rectified", action="store_true", help="P of camera_info counts")
    add_command_options(parser, is_command_required=False)
    add_engine_options(parser)
    parser.set_defaults(run=run, model=None)  # unless given, the model of the recording


def run(arguments: argparse.Namespace) -> int:
    """Return 0 where the recorded grasp comes out again or the bag gives one, else 1."""
    from ..ros.recording.attempt_file import NoAttempt, read_attempt
    from ..ros.recording.replay import differences, replay

    if arguments.file.is_dir() or arguments.file.suffix == ".db3":
        return _run_bag(arguments)
    try:
        attempt = read_attempt(arguments.file)
    except NoAttempt:
        return _run_bag(arguments)
    model_dir = given_or_shipped(arguments.model or attempt.settings.model_dir)
    with GrowingText(Console(stderr=True)) as reasoning:
        outcome = replay(attempt, engine_from(arguments, model_dir), reasoning.show)
    found = differences(attempt, outcome)
    is_same = not any(difference.decides for difference in found)
    if arguments.json:
        write_json(_result(attempt, outcome, found, is_same), arguments.json)
    if arguments.json != "-":
        _print(attempt, found, is_same)
    return 0 if is_same else 1


def _run_bag(arguments: argparse.Namespace) -> int:
    """Ask about the picture of a plain bag, as `detect` does about files."""
    from ..ros.recording.camera_bag import BagOptions, read_camera_bag

    if arguments.command is None:
        raise RequestInvalid(
            f"{arguments.file} is a plain bag, no attempt of ours; say what to grasp, such as "
            "--command 'grasp the mug'."
        )
    options = BagOptions(
        arguments.color_topic,
        arguments.depth_topic,
        arguments.info_topic,
        arguments.at,
        arguments.depth_scale,
        arguments.rectified,
    )
    frame = read_camera_bag(arguments.file, options)
    arguments.model = arguments.model or DEFAULT_MODEL
    with GrowingText(Console(stderr=True)) as reasoning:
        result = detect(
            arguments, partial(engine_from, arguments), reasoning.show, lambda given: frame
        )
    if arguments.json:
        write_json(result, arguments.json)
    if arguments.json != "-":
        print_result(result)
    return 0 if result["error_code"] == 0 else 1


def _result(
    attempt: Attempt, outcome: CommandOutcome, found: list[Difference], is_same: bool
) -> dict[str, Any]:
    best = outcome.candidates[0].grasp if outcome.candidates else None
    frame_id = attempt.frame.frame_id if attempt.frame else ""
    return {
        "same_grasp": is_same,
        "differences": [asdict(difference) for difference in found],
        "command": attempt.request.command,
        "recorded": {
            "node": attempt.settings.node,
            "model_dir": attempt.settings.model_dir,
            "error_code": attempt.response.error_code,
            "error_message": attempt.response.error_message,
            "reasoning": attempt.response.reasoning,
            "executed": attempt.response.executed,
            "held": attempt.response.held,
        },
        "replayed": {
            "error_code": int(outcome.error_code),
            "error_message": outcome.error_message,
            "reasoning": outcome.reasoning,
            **grasp_fields(best, frame_id),
        },
    }


def _print(attempt: Attempt, found: list[Difference], is_same: bool) -> None:
    """Say how it went."""
    code = ErrorCode(attempt.response.error_code)
    print(f"'{attempt.request.command}', recorded: {code.name}")
    for difference in found:
        print(f"{difference.what}: was {difference.recorded!r}, now {difference.replayed!r}")
    print("the recorded grasp comes out again" if is_same else "another grasp comes out")

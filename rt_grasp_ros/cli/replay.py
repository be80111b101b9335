"""`rt-grasp replay`: a recorded attempt once more; does the recorded grasp come out again?"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from ..grasp.error_code import ErrorCode
from ..pipeline.fields import grasp_fields
from ..resources import given_or_shipped
from .engine_options import add_engine_options, engine_from
from .growing_text import GrowingText
from .report import write_json

if TYPE_CHECKING:
    from ..pipeline.command_flow import CommandOutcome
    from ..ros.recording.attempt import Attempt
    from ..ros.recording.replay import Difference


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "replay", help="carry a recorded attempt out again: is it the same grasp?"
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="an attempt_*.mcap that we recorded"
    )
    parser.add_argument("--json", help="file for the result, - for standard output")
    add_engine_options(parser)
    parser.set_defaults(run=run, model=None)  # unless given, the model of the recording


def run(arguments: argparse.Namespace) -> int:
    """Return 0 where the recorded grasp comes out again, else 1."""
    from ..ros.recording.attempt_file import read_attempt
    from ..ros.recording.replay import differences, replay

    attempt = read_attempt(arguments.file)
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

"""`rt-grasp detect`: a grasp from a colour and a depth picture, without ROS."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from ..data.pixels import read_colour, read_depth, require_upright
from ..grasp.depth import without_blind_rim
from ..grasp.draw import draw_grasps
from ..grasp.error_code import ErrorCode
from ..grasp.errors import ExecutorUnavailable, IntrinsicsInvalid, RequestInvalid
from ..grasp.frame import RgbdFrame
from ..grasp.plausible import require_usable
from ..grasp.trained_view import TrainedView
from ..language.answer import Answer
from ..language.memory import DialogueMemory
from ..language.prompt import Turn
from ..model.engine import GraspEngine, OnText, trained_view_of
from ..model.point_eye.shipped import shipped_point_eye
from ..model.word_eye.shipped import shipped_word_eye
from ..motion.gripper import load_gripper
from ..pipeline.command_flow import CommandFlow
from ..pipeline.command_outcome import CommandOutcome, CommandRequest, Execution
from ..pipeline.fields import candidate_fields, grasp_fields
from ..pipeline.surroundings import OnVerdicts
from ..resources import given_or_shipped
from .engine_options import add_engine_options, engine_from
from .growing_text import GrowingText
from .intrinsics import intrinsics_of_field_of_view, parse_camera
from .report import candidate_lines, write_json

_FRAME_ID = "camera_color_optical_frame"
_PICTURE_NAME = "grasp.png"
_EARLIER_FIELDS = ("command", "error_code", "error_message", "reasoning", "rectangle")


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb."""
    parser = subparsers.add_parser("detect", help="find a grasp in pictures from files, no ROS")
    parser.add_argument("--color", type=Path, required=True, help="colour picture")
    parser.add_argument("--depth", type=Path, required=True, help="depth registered to it")
    camera = parser.add_mutually_exclusive_group()
    camera.add_argument("--intrinsics", help="'fx fy cx cy' or a file: text, YAML, JSON")
    camera.add_argument("--fov-deg", type=float, help="horizontal field of view instead")
    parser.add_argument("--depth-scale", type=float, help="metres per unit (16-bit: 0.001)")
    parser.add_argument(
        "--rectified",
        action="store_true",
        help="the picture is rectified: P of the calibration counts, not K and D",
    )
    add_command_options(parser, is_command_required=True)
    add_engine_options(parser)
    parser.set_defaults(run=run)


def add_command_options(parser: argparse.ArgumentParser, is_command_required: bool) -> None:
    """Add what is asked about a picture, and where the result goes."""
    parser.add_argument(
        "--command", required=is_command_required, help="such as 'grasp the remote'"
    )
    parser.add_argument(
        "--then",
        action="append",
        default=[],
        metavar="FOLLOW_UP",
        help="then say this, such as 'a bit more to the left'; may be given several times",
    )
    parser.add_argument("--candidates", type=int, default=4, help="how many, 1 to 16 (default 4)")
    parser.add_argument("--gripper", default="config/grippers/panda_hand.yaml", help="its profile")
    parser.add_argument("--out", type=Path, default=Path("out/detect"), help="for the picture")
    parser.add_argument("--json", help="file for the result, - for standard output")


def run(arguments: argparse.Namespace) -> int:
    """Return 0 where a grasp was found that may be executed, 1 where the result says why not."""
    with GrowingText(Console(stderr=True)) as reasoning:
        result = detect(arguments, partial(engine_from, arguments), reasoning.show)
    if arguments.json:
        write_json(result, arguments.json)
    if arguments.json != "-":
        print_result(result)
    return 0 if result["error_code"] == 0 else 1


def detect(
    arguments: argparse.Namespace,
    load: Callable[[Path], GraspEngine],
    on_text: OnText | None = None,
    read_frame: Callable[[argparse.Namespace], RgbdFrame] | None = None,
) -> dict[str, Any]:
    """Find a grasp; every failure is in the result.

    Args:
        arguments: of the verb.
        load: returns the engine of a checkpoint.
        on_text: called with what the model has written so far.
        read_frame: reads the picture; without it that of the files given.

    Returns:
        `command, error_code, error_message, reasoning, rectangle, pose, opening_m, candidates,
        picture, stages_s` of the last turn, and under `earlier` the first five of the turns before
        it. A turn that fails is the last one.
    """
    files = _Files(arguments, load, on_text, read_frame or _frame_of_files)
    gripper = load_gripper(given_or_shipped(arguments.gripper)).geometry
    flow = CommandFlow(
        files,
        gripper,
        lambda: "plane",
        DialogueMemory(),
        files.trained_view,
        relevance=shipped_word_eye,
        thing_under=shipped_point_eye,
        verify=lambda: bool(getattr(arguments, "verify", False)),
    )
    dialogue_id, turns = "", []
    for command in (arguments.command, *arguments.then):
        outcome = flow.run(CommandRequest(command, dialogue_id, arguments.candidates))
        best = outcome.candidates[0].grasp if outcome.candidates else None
        turns.append(
            {
                "command": outcome.command,
                "error_code": int(outcome.error_code),
                "error_message": outcome.error_message,
                "reasoning": outcome.reasoning,
                **grasp_fields(best, files.frame_id),
                "candidates": candidate_fields(
                    [found.grasp for found in outcome.candidates], files.frame_id
                ),
            }
        )
        dialogue_id = outcome.dialogue_id
        if outcome.error_code is not ErrorCode.OK:
            break
    return {
        **turns[-1],
        "picture": str(files.picture) if files.picture else None,
        "stages_s": files.stages_s(outcome),
        "earlier": [{name: turn[name] for name in _EARLIER_FIELDS} for turn in turns[:-1]],
    }


def _frame_of_files(given: argparse.Namespace) -> RgbdFrame:
    require_upright(given.color)
    rgb = read_colour(given.color)
    size_px = (rgb.shape[1], rgb.shape[0])
    unit_m = given.depth_scale
    if given.intrinsics is not None:
        camera = parse_camera(given.intrinsics, *size_px, given.rectified, Path(given.color).stem)
        intrinsics = camera.intrinsics
        unit_m = camera.depth_unit_m if unit_m is None else unit_m
    elif given.fov_deg is not None:
        intrinsics = intrinsics_of_field_of_view(given.fov_deg, *size_px)
    else:
        raise IntrinsicsInvalid(
            "The intrinsics of the camera are not given; add --intrinsics 'fx fy cx cy' or a "
            "file, or --fov-deg with the camera's horizontal field of view."
        )
    depth_m = read_depth(given.depth, unit_m)
    frame = RgbdFrame(rgb, depth_m, intrinsics, _FRAME_ID, stamp_ns=0)
    require_usable(frame)
    return replace(frame, depth_m=without_blind_rim(depth_m, intrinsics))


class _Files:
    """What the command flow needs, taken from files."""

    def __init__(
        self,
        arguments: argparse.Namespace,
        load: Callable[[Path], GraspEngine],
        on_text: OnText | None,
        read_frame: Callable[[argparse.Namespace], RgbdFrame],
    ) -> None:
        self.frame_id = _FRAME_ID
        self._read_frame = read_frame
        self.picture: Path | None = None
        self._on_text = on_text
        self._arguments = arguments
        self._load = load
        self._engine: GraspEngine | None = None
        self._load_s = 0.0

    def take_frame(self) -> RgbdFrame:
        frame = self._read_frame(self._arguments)
        self.frame_id = frame.frame_id
        return frame

    def trained_view(self) -> TrainedView | None:
        """Return how the model was trained to see a table; loads it where it is not yet."""
        start_s = time.monotonic()
        trained_view = trained_view_of(self._loaded())
        self._load_s = time.monotonic() - start_s
        return trained_view

    def _loaded(self) -> GraspEngine:
        if self._engine is None:
            self._engine = self._load(given_or_shipped(self._arguments.model))
        return self._engine

    def ask_model(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int,
        history: Sequence[Turn],
    ) -> list[Answer]:
        engine = self._loaded()
        return engine.answer(image_rgb, command, max_candidates, self._on_text, history)

    def show(self, frame: RgbdFrame, outcome: CommandOutcome) -> None:
        picture = draw_grasps(
            frame.rgb,
            [candidate.grasp for candidate in outcome.candidates],
            f"{outcome.command}\n{outcome.reasoning}",
        )
        path = self._arguments.out / _PICTURE_NAME
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(cv2.imencode(".png", picture[..., ::-1])[1].tobytes())
        except OSError as error:
            raise RequestInvalid(
                f"The picture can't be written to {path} ({error.strerror}); give another --out."
            ) from error
        self.picture = path

    def execute(
        self, frame: RgbdFrame, outcome: CommandOutcome, on_verdicts: OnVerdicts
    ) -> Execution:
        raise ExecutorUnavailable("Pictures from files move no arm; use the action grasp.")

    def stages_s(self, outcome: CommandOutcome) -> dict[str, float]:
        """Return the seconds of each stage, with the loading of the model apart."""
        if self._engine is None:
            return outcome.stages_s
        model_s = outcome.stages_s["model"] - self._load_s
        return {**outcome.stages_s, "load": self._load_s, "model": model_s}


def print_result(result: dict[str, Any]) -> None:
    """Say how it went."""
    for turn in (*result["earlier"], result):
        if turn["reasoning"]:
            print(turn["reasoning"])
    if result["pose"] is not None:
        x_m, y_m, z_m = result["pose"]["position_m"]
        print(f"position {x_m:.3f} {y_m:.3f} {z_m:.3f} m in the colour optical frame")
        print(f"opening  {result['opening_m'] * 1000:.0f} mm")
    if len(result["candidates"]) > 1:
        print("\n".join(candidate_lines(result["candidates"])))
    if result["picture"]:
        print(f"picture  {result['picture']}")
    if result["error_code"]:
        print(f"no grasp: {result['error_message']}")

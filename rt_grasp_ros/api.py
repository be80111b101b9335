"""Grasps from Python: load a model, then ask it about pictures; no ROS.

```python
from rt_grasp_ros.api import load

grasper = load()
found = grasper.detect(image_rgb, depth_m, intrinsics, "grasp the mug by its handle")
print(found)
```
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from .data.pixels import read_colour, read_depth
from .grasp.camera import Intrinsics
from .grasp.depth import without_blind_rim
from .grasp.draw import draw_grasps
from .grasp.error_code import ErrorCode
from .grasp.errors import ExecutorUnavailable, IntrinsicsInvalid, RequestInvalid, SizeMismatch
from .grasp.frame import RgbdFrame
from .grasp.grasp import Grasp, Gripper
from .grasp.plausible import require_plausible_intrinsics, require_usable
from .language.answer import Answer
from .language.memory import DialogueMemory
from .language.prompt import Turn
from .model.engine import EngineSettings, GraspEngine, OnText, trained_view_of, verifies
from .model.load_engine import load_engine
from .model.point_eye.shipped import shipped_point_eye
from .model.word_eye.shipped import shipped_word_eye
from .motion.gripper import load_gripper
from .pipeline.command_flow import CommandFlow
from .pipeline.command_outcome import Candidate, CommandOutcome, CommandRequest, Execution
from .pipeline.fields import candidate_fields, grasp_fields
from .pipeline.surroundings import OnVerdicts
from .resources import given_or_shipped, share_path

DEFAULT_MODEL = "models/rt-grasp-tiny"
DEFAULT_GRIPPER = "config/grippers/panda_hand.yaml"
FRAME_ID = "camera_color_optical_frame"

CameraIntrinsics = Intrinsics | Sequence[float] | ArrayLike
"""An `Intrinsics`, the numbers `fx, fy, cx, cy`, or K as a matrix of shape (3, 3), in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """What was found for a command; print it, or let `to_json` write it down.

    Attributes:
        command: what was asked.
        error_code: `ErrorCode.OK` where there is a grasp that may be executed.
        error_message: one sentence where there is none: why not, and what to do.
        reasoning: the model's, for the best grasp or for a refusal.
        candidates: grasps in the colour optical frame with their reasoning and what speaks
            against them, best first, rejected ones last.
        image_rgb: the picture that was asked about, uint8, shape (H, W, 3).
        stages_s: seconds spent in each stage, in order.
    """

    command: str
    error_code: ErrorCode
    error_message: str
    reasoning: str
    candidates: tuple[Candidate, ...]
    image_rgb: NDArray[np.uint8]
    stages_s: dict[str, float]

    @property
    def grasp(self) -> Grasp | None:
        """The best grasp; None where none may be executed."""
        best = self.candidates[0].grasp if self.candidates else None
        return best if best is not None and best.is_executable else None

    def drawing(self) -> NDArray[np.uint8]:
        """Return the picture with the grasps and the reasoning in it, uint8 RGB, (H, W, 3)."""
        grasps = [candidate.grasp for candidate in self.candidates]
        return draw_grasps(self.image_rgb, grasps, f"{self.command}\n{self.reasoning}")

    def save(self, path: str | Path) -> None:
        """Write `drawing` to a file, whose folder is made where it is missing.

        Raises:
            RequestInvalid: it can't be written, or its ending names no kind of picture.
        """
        target = Path(path)
        try:
            is_encoded, encoded = cv2.imencode(target.suffix, self.drawing()[..., ::-1])
        except cv2.error:
            is_encoded = False
        if not is_encoded:
            raise RequestInvalid(f"'{target}' names no kind of picture; end it with .png or .jpg.")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(encoded.tobytes())
        except OSError as error:
            raise RequestInvalid(
                f"The picture can't be written to {target} ({error.strerror}); choose another "
                "place."
            ) from error

    def to_dict(self) -> dict[str, Any]:
        """Return all but the picture as plain values, named as `rt-grasp detect --json` does."""
        grasps = [candidate.grasp for candidate in self.candidates]
        return {
            "command": self.command,
            "error_code": int(self.error_code),
            "error_message": self.error_message,
            "reasoning": self.reasoning,
            **grasp_fields(grasps[0] if grasps else None, FRAME_ID),
            "candidates": candidate_fields(grasps, FRAME_ID),
            "stages_s": self.stages_s,
        }

    def to_json(self) -> str:
        """Return `to_dict` as a JSON text."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)

    def __str__(self) -> str:
        """Say what was found, in a few lines."""
        lines = [self.reasoning] if self.reasoning else []
        if self.grasp is not None:
            x_m, y_m, z_m = self.grasp.position_m
            lines.append(
                f"grasp at ({x_m:.3f}, {y_m:.3f}, {z_m:.3f}) m in the colour optical frame, "
                f"opening {self.grasp.opening_m * 1000:.0f} mm"
            )
        if self.error_code is not ErrorCode.OK:
            lines.append(f"{self.error_code.name}: {self.error_message}")
        return "\n".join(lines)


class Dialogue:
    """Commands that build on each other: "grasp the mug", "a bit to the left", "no, the bowl"."""

    def __init__(self, grasper: Grasper) -> None:
        """Begin with nothing said."""
        self._grasper = grasper
        self._memory = DialogueMemory()
        self._id = ""

    def detect(
        self,
        image_rgb: NDArray[np.uint8],
        depth_m: NDArray[np.floating],
        intrinsics: CameraIntrinsics,
        command: str,
        max_candidates: int = 4,
        on_text: OnText | None = None,
    ) -> Detection:
        """Find grasps as `Grasper.detect` does, for a command that may refer to those before."""
        outcome = self._grasper._run(
            _Given(self._grasper.engine, image_rgb, depth_m, intrinsics, on_text),
            CommandRequest(command, self._id, max_candidates),
            self._memory,
        )
        self._id = outcome.dialogue_id or self._id
        return _detection(outcome, image_rgb)


class Grasper:
    """A model and a gripper: finds grasps in pictures. Ask it from one thread at a time."""

    def __init__(self, engine: GraspEngine, gripper: Gripper) -> None:
        """Take a model and a gripper; `load` does both.

        Args:
            engine: answers commands.
            gripper: its measures.
        """
        self.engine = engine
        self._gripper = gripper

    def detect(
        self,
        image_rgb: NDArray[np.uint8],
        depth_m: NDArray[np.floating],
        intrinsics: CameraIntrinsics,
        command: str,
        max_candidates: int = 4,
        on_text: OnText | None = None,
    ) -> Detection:
        """Find grasps for a command; whatever goes wrong is in the result, nothing is raised.

        Args:
            image_rgb: rectified colour picture, uint8, shape (H, W, 3).
            depth_m: depth registered to it, along the optical axis in metres, shape (H, W); 0 or
                NaN where there is none.
            intrinsics: of both pictures, in pixels.
            command: such as "grasp the mug by its handle".
            max_candidates: at most this many grasps, 1 to 16.
            on_text: called with the reasoning so far, whenever it grows.
        """
        return self.dialogue().detect(
            image_rgb, depth_m, intrinsics, command, max_candidates, on_text
        )

    def dialogue(self) -> Dialogue:
        """Return a dialogue, which remembers what was said and answered."""
        return Dialogue(self)

    def _run(
        self, given: _Given, request: CommandRequest, memory: DialogueMemory
    ) -> CommandOutcome:
        flow = CommandFlow(
            given,
            self._gripper,
            lambda: "plane",
            memory,
            lambda: trained_view_of(self.engine),
            relevance=shipped_word_eye,
            thing_under=shipped_point_eye,
            verify=lambda: verifies(self.engine),
        )
        return flow.run(request)


def load(
    model: str | Path = DEFAULT_MODEL,
    gripper: str | Path = DEFAULT_GRIPPER,
    backend: str = "auto",
    settings: EngineSettings | None = None,
) -> Grasper:
    """Load a model and a gripper.

    Args:
        model: folder of a checkpoint, or the name of one that ships with the package.
        gripper: its profile, a YAML file, or the name of one that ships with the package.
        backend: `auto`, `onnx`, `torch` or `openai`, see `model.load_engine.load_engine`.
        settings: of the backend, its defaults where left out.

    Raises:
        FileNotFoundError: there is no such checkpoint or profile.
        RtGraspError: they can't be used; its message says why.
    """
    engine = load_engine(given_or_shipped(str(model)), backend, settings)
    return Grasper(engine, load_gripper(given_or_shipped(str(gripper))).geometry)


def example() -> tuple[NDArray[np.uint8], NDArray[np.float32], Intrinsics]:
    """Return a picture of the simulated table that ships with the package.

    Returns:
        Colour as uint8 RGB of shape (H, W, 3), depth in metres of shape (H, W), intrinsics.
    """
    folder = share_path("resource/example")
    image_rgb = read_colour(folder / "color.png")
    depth_m = read_depth(folder / "depth_mm.png")
    numbers = json.loads((folder / "intrinsics.json").read_text(encoding="utf-8"))
    height_px, width_px = depth_m.shape
    centre_px = numbers["cx"], numbers["cy"]
    return (
        image_rgb,
        depth_m,
        Intrinsics(numbers["fx"], numbers["fy"], *centre_px, width_px, height_px),
    )


class _Given:
    """What the flow needs, from arrays."""

    def __init__(
        self,
        engine: GraspEngine,
        image_rgb: NDArray[np.uint8],
        depth_m: NDArray[np.floating],
        intrinsics: CameraIntrinsics,
        on_text: OnText | None,
    ) -> None:
        self._engine = engine
        self._image_rgb, self._depth_m, self._intrinsics = image_rgb, depth_m, intrinsics
        self._on_text = on_text

    def take_frame(self) -> RgbdFrame:
        image_rgb, depth_m = np.asarray(self._image_rgb), np.asarray(self._depth_m)
        if image_rgb.dtype != np.uint8 or image_rgb.ndim != 3 or image_rgb.shape[2] != 3:
            raise RequestInvalid(
                f"The picture is {image_rgb.dtype} of shape {image_rgb.shape}; give RGB as uint8 "
                "of shape (height, width, 3)."
            )
        if depth_m.ndim != 2 or not np.issubdtype(depth_m.dtype, np.floating):
            raise RequestInvalid(
                f"The depth is {depth_m.dtype} of shape {depth_m.shape}; give metres as floats of "
                "shape (height, width), such as depth_mm * 0.001."
            )
        if depth_m.shape != image_rgb.shape[:2]:
            raise SizeMismatch(
                f"The depth is {depth_m.shape[1]}x{depth_m.shape[0]} pixels but the picture "
                f"{image_rgb.shape[1]}x{image_rgb.shape[0]}; register the depth to the picture."
            )
        depth_m = np.where(depth_m > 0, depth_m, np.nan).astype(np.float32)
        intrinsics = _as_intrinsics(self._intrinsics, image_rgb.shape[1], image_rgb.shape[0])
        frame = RgbdFrame(image_rgb, depth_m, intrinsics, FRAME_ID, stamp_ns=0)
        require_usable(frame)
        return replace(frame, depth_m=without_blind_rim(depth_m, intrinsics))

    def ask_model(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int,
        history: Sequence[Turn],
    ) -> list[Answer]:
        return self._engine.answer(image_rgb, command, max_candidates, self._on_text, history)

    def show(self, frame: RgbdFrame, outcome: CommandOutcome) -> None:
        """Nobody watches; `Detection.drawing` draws when asked."""

    def execute(
        self, frame: RgbdFrame, outcome: CommandOutcome, on_verdicts: OnVerdicts
    ) -> Execution:
        raise ExecutorUnavailable("Pictures move no arm; use the action grasp.")


def _as_intrinsics(given: CameraIntrinsics, width_px: int, height_px: int) -> Intrinsics:
    if isinstance(given, Intrinsics):
        return given
    try:
        numbers = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        numbers = np.empty(0)
    if numbers.shape == (3, 3):
        numbers = numbers[[0, 1, 0, 1], [0, 1, 2, 2]]
    if numbers.shape != (4,):
        raise IntrinsicsInvalid(
            "The intrinsics are no Intrinsics, four numbers or matrix; give fx, fy, cx, cy or K of "
            "shape (3, 3), in pixels."
        )
    fx_px, fy_px, cx_px, cy_px = numbers.tolist()
    intrinsics = Intrinsics(fx_px, fy_px, cx_px, cy_px, width_px, height_px)
    require_plausible_intrinsics(intrinsics)
    return intrinsics


def _detection(outcome: CommandOutcome, image_rgb: NDArray[np.uint8]) -> Detection:
    return Detection(
        command=outcome.command,
        error_code=outcome.error_code,
        error_message=outcome.error_message,
        reasoning=outcome.reasoning,
        candidates=tuple(outcome.candidates),
        image_rgb=np.asarray(image_rgb),
        stages_s=outcome.stages_s,
    )

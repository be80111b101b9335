"""A recorded attempt once more: does the same picture and command give the same grasp?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from ...grasp.error_code import ErrorCode
from ...grasp.errors import ExecutorUnavailable, RequestInvalid
from ...grasp.frame import RgbdFrame
from ...grasp.grasp import Grasp
from ...language.answer import Answer
from ...language.memory import DialogueMemory
from ...language.prompt import Turn
from ...model.engine import GraspEngine, OnText, trained_view_of
from ...model.point_eye.shipped import shipped_point_eye
from ...model.word_eye.shipped import shipped_word_eye
from ...pipeline.command_flow import CommandFlow
from ...pipeline.command_outcome import CommandOutcome, CommandRequest, Execution
from ...pipeline.surroundings import OnVerdicts
from ..messages.grasps import grasp_from_message
from .attempt import Attempt

POSITION_TOLERANCE_M = 0.001
ANGLE_TOLERANCE_RAD = math.radians(1.0)
OPENING_TOLERANCE_M = 0.001


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that came out another way.

    Attributes:
        what: what it is, such as `grasp 0: position`.
        recorded: as it was, in words.
        replayed: as it is now, in words.
        decides: whether another grasp, or none, is the best one now.
    """

    what: str
    recorded: str
    replayed: str
    decides: bool


def replay(attempt: Attempt, engine: GraspEngine, on_text: OnText | None = None) -> CommandOutcome:
    """Carry the attempt out again up to its grasps; nothing moves.

    Args:
        attempt: as recorded.
        engine: the model to ask.
        on_text: called with what the model has written so far.

    Returns:
        What came of it; every failure is in it.

    Raises:
        RequestInvalid: the attempt ended before it had a picture.
    """
    response = attempt.response
    if attempt.frame is None:
        raise RequestInvalid(
            f"The recorded attempt has no picture, it ended with "
            f"{ErrorCode(response.error_code).name} ('{response.error_message[:160]}'); replay one "
            "that has."
        )
    dialogues = DialogueMemory()
    dialogue_id = dialogues.enter("")
    for turn in attempt.history:
        dialogues.add(dialogue_id, turn)
    settings = attempt.settings
    surroundings = _Recorded(attempt.frame, engine, on_text)
    flow = CommandFlow(
        surroundings,
        settings.gripper,
        lambda: settings.approach,
        dialogues,
        lambda: trained_view_of(engine),
        relevance=shipped_word_eye,
        thing_under=shipped_point_eye,
    )
    request = attempt.request
    return flow.run(CommandRequest(request.command, dialogue_id, request.max_candidates))


def differences(attempt: Attempt, outcome: CommandOutcome) -> list[Difference]:
    """Return in what a replay differs from what was recorded; numbers within the tolerances agree.

    Args:
        attempt: as recorded.
        outcome: of its replay.
    """
    recorded = [grasp_from_message(message) for message in attempt.found]
    replayed = [candidate.grasp for candidate in outcome.candidates]
    found = list(_of_texts("end", _end(attempt), outcome.error_code.name, decides=True))
    reasoning = attempt.found[0].reasoning if attempt.found else attempt.response.reasoning
    found += _of_texts("reasoning", reasoning, outcome.reasoning)
    found += _of_texts("number of grasps", str(len(recorded)), str(len(replayed)))
    for index, (before, now) in enumerate(zip(recorded, replayed, strict=False)):
        found += _of_grasps(f"grasp {index}", before, now, decides=index == 0)
    return found


def _end(attempt: Attempt) -> str:
    """Return how the attempt ended before the arm came into play."""
    is_found = bool(attempt.found) and attempt.found[0].rejected_code == ErrorCode.OK
    return ErrorCode.OK.name if is_found else ErrorCode(attempt.response.error_code).name


def _of_texts(
    what: str, recorded: str, replayed: str, decides: bool = False
) -> Iterator[Difference]:
    if recorded != replayed:
        yield Difference(what, recorded, replayed, decides)


def _of_grasps(name: str, recorded: Grasp, replayed: Grasp, decides: bool) -> Iterator[Difference]:
    codes = recorded.rejected_code.name, replayed.rejected_code.name
    yield from _of_texts(f"{name}: rejected", *codes, decides)
    if recorded.has_pose != replayed.has_pose:
        yield Difference(
            f"{name}: pose",
            "known" if recorded.has_pose else "unknown",
            "known" if replayed.has_pose else "unknown",
            decides,
        )
    if not (recorded.has_pose and replayed.has_pose):
        return
    if not np.allclose(recorded.position_m, replayed.position_m, rtol=0, atol=POSITION_TOLERANCE_M):
        yield Difference(
            f"{name}: position", _millimetres(recorded), _millimetres(replayed), decides
        )
    turn = Rotation.from_matrix(recorded.T_camera_grasp[:3, :3].T @ replayed.T_camera_grasp[:3, :3])
    if (angle_rad := float(turn.magnitude())) > ANGLE_TOLERANCE_RAD:
        yield Difference(
            f"{name}: orientation", "0 degrees", f"{math.degrees(angle_rad):.1f} degrees", decides
        )
    if abs(recorded.opening_m - replayed.opening_m) > OPENING_TOLERANCE_M:
        yield Difference(
            f"{name}: opening",
            f"{recorded.opening_m * 1000:.1f} mm",
            f"{replayed.opening_m * 1000:.1f} mm",
            decides,
        )


def _millimetres(grasp: Grasp) -> str:
    return " ".join(f"{1000 * coordinate_m:.1f}" for coordinate_m in grasp.position_m) + " mm"


class _Recorded:
    """What the command flow needs, taken from a recording."""

    def __init__(self, frame: RgbdFrame, engine: GraspEngine, on_text: OnText | None) -> None:
        self._frame = frame
        self._engine = engine
        self._on_text = on_text

    def take_frame(self) -> RgbdFrame:
        return self._frame

    def ask_model(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int,
        history: Sequence[Turn],
    ) -> list[Answer]:
        return self._engine.answer(image_rgb, command, max_candidates, self._on_text, history)

    def show(self, frame: RgbdFrame, outcome: CommandOutcome) -> None:
        pass

    def execute(
        self, frame: RgbdFrame, outcome: CommandOutcome, on_verdicts: OnVerdicts
    ) -> Execution:
        raise ExecutorUnavailable("A replay moves no arm; use the action grasp.")

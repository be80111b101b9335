"""One command carried out in the simulated cell as the ROS nodes would, in one process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..grasp.candidates import ranked_grasps
from ..grasp.error_code import ErrorCode
from ..grasp.errors import ExecutorUnavailable
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Grasp
from ..grasp.rectangle import GraspRectangle
from ..grasp.support import find_support
from ..language.answer import Answer
from ..language.memory import DialogueMemory
from ..language.prompt import Turn
from ..model.engine import GraspEngine, IsCancelled, OnText, trained_view_of, verifies
from ..model.point_eye.shipped import shipped_point_eye
from ..model.word_eye.shipped import shipped_word_eye
from ..motion.cloud import RobotFilter, cloud_from_depth
from ..motion.collision import RobotShape
from ..motion.embedded import EmbeddedBackend
from ..motion.gripper import load_gripper
from ..motion.own_pixels import without_robot
from ..motion.pick_outcome import PickOutcome
from ..motion.pick_plan import PickCandidate
from ..motion.robot import load_robot
from ..motion.sequence import MAX_ATTEMPTS, PickSequence
from ..pipeline.command_flow import CommandFlow
from ..pipeline.command_outcome import CommandOutcome, CommandRequest, Execution
from ..pipeline.surroundings import OnVerdicts
from ..resources import share_path
from ..sim.cell import Cell, Observation
from ..sim.robot_io import CellRobotIo

_FRAME_ID = "camera_color_optical_frame"


class Oracle:
    """A `GraspEngine` that answers every command with what is known to be right."""

    name = "oracle"

    def __init__(self, rectangle: GraspRectangle | None) -> None:
        """Remember the rectangle; None where the object is absent."""
        self._answer = Answer("This is the label's answer.", rectangle, 1.0)

    def answer(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int = 1,
        on_text: OnText | None = None,
        history: Sequence[Turn] = (),
        is_cancelled: IsCancelled | None = None,
    ) -> list[Answer]:
        """Return the one answer."""
        return [self._answer]


class SimulatedPicker:
    """From a sentence to closed fingers; sees pictures and joint states, never the truth."""

    def __init__(self) -> None:
        """Load the descriptions of arm and gripper."""
        self._robot = load_robot(share_path("config/robots/panda.yaml"))
        self._gripper = load_gripper(share_path("config/grippers/panda_hand.yaml"))
        self._robot_filter = RobotFilter(RobotShape(self._robot), self._gripper)

    def pick(
        self, cell: Cell, command: str, engine: GraspEngine, history: Sequence[Turn] = ()
    ) -> CommandOutcome:
        """Carry out one command; whatever goes wrong is in the outcome.

        Args:
            cell: with the arm at home.
            command: the sentence.
            engine: answers the command.
            history: earlier turns of the dialogue, oldest first.
        """
        request = CommandRequest(command, max_candidates=MAX_ATTEMPTS, execute=True)
        return self._run(
            _SimulatedSurroundings(cell.observe(), engine, self, cell), request, history
        )

    def find(
        self,
        seen: Observation,
        command: str,
        engine: GraspEngine,
        history: Sequence[Turn] = (),
    ) -> CommandOutcome:
        """Carry out one command up to its best grasp; nothing moves."""
        surroundings = _SimulatedSurroundings(seen, engine, self)
        return self._run(surroundings, CommandRequest(command), history)

    def is_grasp(self, seen: Observation, rectangle: GraspRectangle) -> bool:
        """Whether a rectangle is a grasp in space that may be executed; the arm is at home."""
        frame = self.frame_of(seen)
        ((_, grasp),) = ranked_grasps(
            [rectangle],
            [1.0],
            frame.depth_m,
            frame.intrinsics,
            self._gripper.geometry,
            find_support(frame.depth_m, frame.intrinsics),
            is_robot=frame.is_robot,
        )
        return grasp.is_executable

    def frame_of(self, seen: Observation, cell: Cell | None = None) -> RgbdFrame:
        """Return what was seen as perception takes it, the robot left out.

        Args:
            seen: the picture.
            cell: says where arm and fingers are; at home and open where it is left out.
        """
        positions_rad, opening_m = self._robot.home_rad, self._gripper.max_opening_m
        if cell is not None:
            backend = EmbeddedBackend(self._robot, self._gripper, CellRobotIo(cell))
            positions_rad, opening_m = backend.arm_positions(), backend.opening_m()
        frame = RgbdFrame(seen.rgb, seen.depth_m, seen.intrinsics, _FRAME_ID, stamp_ns=0)
        return without_robot(
            frame, seen.T_base_camera, self._robot_filter, positions_rad, opening_m
        )

    def execute(self, cell: Cell, seen: Observation, grasps: Sequence[Grasp]) -> PickOutcome:
        """Let the arm pick; the planner knows of the table's objects what depth shows."""
        backend = EmbeddedBackend(self._robot, self._gripper, CellRobotIo(cell))
        cloud_m = self._robot_filter.without_robot(
            cloud_from_depth(seen.depth_m, seen.intrinsics, seen.T_base_camera),
            backend.arm_positions(),
            backend.opening_m(),
        )
        candidates = [
            PickCandidate(seen.T_base_camera @ grasp.T_camera_grasp, grasp.opening_m)
            for grasp in grasps
        ]
        # The processor's time: a busy machine must not make planning run into its deadline.
        sequence = PickSequence(backend, self._gripper, clock=time.process_time)
        return sequence.run(candidates, cloud_m)

    def _run(
        self,
        surroundings: _SimulatedSurroundings,
        request: CommandRequest,
        history: Sequence[Turn],
    ) -> CommandOutcome:
        dialogues = DialogueMemory()
        dialogue_id = dialogues.enter("")
        for turn in history:
            dialogues.add(dialogue_id, turn)
        flow = CommandFlow(
            surroundings,
            self._gripper.geometry,
            lambda: "plane",
            dialogues,
            lambda: trained_view_of(surroundings.engine),
            relevance=shipped_word_eye,
            thing_under=shipped_point_eye,
            verify=lambda: verifies(surroundings.engine),
        )
        return flow.run(replace(request, dialogue_id=dialogue_id))


class _SimulatedSurroundings:
    """What the command flow needs, from the cell."""

    def __init__(
        self,
        seen: Observation,
        engine: GraspEngine,
        picker: SimulatedPicker,
        cell: Cell | None = None,
    ) -> None:
        """Take what is seen, what answers, and where the arm may move the cell."""
        self.engine = engine
        self._seen, self._picker, self._cell = seen, picker, cell

    def take_frame(self) -> RgbdFrame:
        return self._picker.frame_of(self._seen, self._cell)

    def ask_model(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int,
        history: Sequence[Turn],
    ) -> list[Answer]:
        return self.engine.answer(image_rgb, command, max_candidates, history=history)

    def show(self, frame: RgbdFrame, outcome: CommandOutcome) -> None:
        """Nobody watches."""

    def execute(
        self, frame: RgbdFrame, outcome: CommandOutcome, on_verdicts: OnVerdicts
    ) -> Execution:
        if self._cell is None:
            raise ExecutorUnavailable("Nothing moves here; ask without execution.")
        grasps = [one.grasp for one in outcome.candidates if one.grasp.is_executable]
        picked = self._picker.execute(self._cell, self._seen, grasps)
        self._seen = self._cell.observe()
        on_verdicts(picked.verdicts)
        return Execution(
            error_code=ErrorCode.OK if picked.error is None else picked.error.code,
            error_message="" if picked.error is None else picked.error.message,
            held=picked.held,
            executed=picked.executed_index >= 0,
            stages_s={one.stage.name.lower(): one.duration_s for one in picked.stages},
        )

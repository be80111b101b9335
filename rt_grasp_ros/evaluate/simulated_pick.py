"""One command carried out in the simulated cell as the ROS nodes would, in one process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..grasp.candidates import ranked_grasps
from ..grasp.error_code import ErrorCode
from ..grasp.errors import RtGraspError
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Grasp
from ..grasp.rectangle import GraspRectangle
from ..grasp.support import find_support
from ..language.answer import Answer
from ..language.prompt import Turn
from ..model.engine import GraspEngine, IsCancelled, OnText, trained_view_of
from ..motion.cloud import RobotFilter, cloud_from_depth
from ..motion.collision import RobotShape
from ..motion.embedded import EmbeddedBackend
from ..motion.gripper import load_gripper
from ..motion.pick_plan import PickCandidate
from ..motion.robot import load_robot
from ..motion.sequence import MAX_ATTEMPTS, PickSequence
from ..pipeline.looking import look
from ..resources import share_path
from ..sim.cell import Cell, Observation
from ..sim.robot_io import CellRobotIo
from ..sim.scene import CAMERA_NAME


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


@dataclass(frozen=True, slots=True)
class Pick:
    """How a command went.

    Attributes:
        answer: the best one; None where the engine gave none.
        error: why the chain failed; None where it did not.
    """

    answer: Answer | None
    error: RtGraspError | None


class SimulatedPicker:
    """From a sentence to closed fingers; sees pictures and joint states, never the truth."""

    def __init__(self) -> None:
        """Load the descriptions of arm and gripper."""
        self._robot = load_robot(share_path("config/robots/panda.yaml"))
        self._gripper = load_gripper(share_path("config/grippers/panda_hand.yaml"))
        self._robot_filter = RobotFilter(RobotShape(self._robot), self._gripper)

    def pick(
        self, cell: Cell, command: str, engine: GraspEngine, history: Sequence[Turn] = ()
    ) -> Pick:
        """Carry out one command.

        Args:
            cell: with the arm at home.
            command: the sentence.
            engine: answers the command.
            history: earlier turns of the dialogue, oldest first.
        """
        best = None
        try:
            seen = cell.observe()
            looked = look(
                RgbdFrame(seen.rgb, seen.depth_m, seen.intrinsics, CAMERA_NAME, stamp_ns=0),
                trained_view_of(engine),
                history,
                lambda image_rgb, turns: engine.answer(
                    image_rgb, command, MAX_ATTEMPTS, history=turns
                ),
            )
            best = looked.answers[0]
            if best.rectangle is None:
                raise looked.absence()
            grasps = self.grasps(seen, looked.answers)
            if not grasps[0].is_executable:
                raise GraspRejected(grasps[0].rejected_code, grasps[0].rejected_reason)
            self._execute(cell, seen, [grasp for grasp in grasps if grasp.is_executable])
        except RtGraspError as error:
            return Pick(best, error)
        return Pick(best, None)

    def grasps(self, seen: Observation, answers: Sequence[Answer]) -> list[Grasp]:
        """Bring answers into space: those that may be executed first, best first."""
        found = [(a.rectangle, a.score) for a in answers if a.rectangle is not None]
        ranked = ranked_grasps(
            [rectangle for rectangle, _ in found],
            [score for _, score in found],
            seen.depth_m,
            seen.intrinsics,
            self._gripper.geometry,
            find_support(seen.depth_m, seen.intrinsics),
        )
        return [grasp for _, grasp in ranked]

    def _execute(self, cell: Cell, seen: Observation, grasps: Sequence[Grasp]) -> None:
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
        outcome = sequence.run(candidates, cloud_m)
        if outcome.error is not None:
            raise outcome.error


class GraspRejected(RtGraspError):
    """The best grasp can't be executed.

    Attributes:
        code: why, as `Grasp.rejected_code`.
    """

    def __init__(self, code: ErrorCode, reason: str) -> None:
        self.code = code
        super().__init__(reason)

"""One command carried out in the simulated cell as the ROS nodes would, in one process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..grasp.candidates import ranked_grasps
from ..grasp.depth import samples_around
from ..grasp.error_code import ErrorCode
from ..grasp.errors import ObjectNotFound, RtGraspError
from ..grasp.grasp import Grasp
from ..grasp.plane import fit_support_plane
from ..grasp.rectangle import GraspRectangle
from ..language.answer import Answer
from ..motion.embedded import EmbeddedBackend
from ..motion.gripper import load_gripper
from ..motion.pick_plan import PickCandidate
from ..motion.robot import load_robot
from ..motion.sequence import MAX_ATTEMPTS, PickSequence
from ..resources import share_path
from ..sim.cell import Cell, Observation
from ..sim.robot_io import CellRobotIo

CLOUD_STEP_PX = 2


class Answerer(Protocol):
    """The part of a `GraspEngine` that a pick needs."""

    def answer(
        self, image_rgb: NDArray[np.uint8], command: str, max_candidates: int
    ) -> list[Answer]:
        """Return the answers to a command, best first; see `GraspEngine.answer`."""
        ...


class Oracle:
    """Answers every command with a rectangle that is known to be right."""

    def __init__(self, rectangle: GraspRectangle) -> None:
        """Remember the rectangle."""
        self._answer = Answer("This is the label's grasp.", rectangle, 1.0)

    def answer(
        self, image_rgb: NDArray[np.uint8], command: str, max_candidates: int
    ) -> list[Answer]:
        """Return the one answer."""
        return [self._answer]


class SimulatedPicker:
    """From a sentence to closed fingers; sees pictures and joint states, never the truth."""

    def __init__(self) -> None:
        """Load the descriptions of arm and gripper."""
        self._robot = load_robot(share_path("config/robots/panda.yaml"))
        self._gripper = load_gripper(share_path("config/grippers/panda_hand.yaml"))

    def pick(
        self, cell: Cell, command: str, answerer: Answerer
    ) -> tuple[GraspRectangle | None, RtGraspError | None]:
        """Carry out one command.

        Args:
            cell: with the arm at home.
            command: the sentence.
            answerer: looks at the picture.

        Returns:
            The best answer's rectangle, if any; and why the chain failed, None where it did not.
        """
        rectangle = None
        try:
            seen = cell.observe()
            answers = answerer.answer(seen.rgb, command, MAX_ATTEMPTS)
            rectangle = answers[0].rectangle
            if rectangle is None:
                raise ObjectNotFound(answers[0].reasoning)
            self._execute(cell, seen, self._grasps(seen, answers))
        except RtGraspError as error:
            return rectangle, error
        return rectangle, None

    def _grasps(self, seen: Observation, answers: Sequence[Answer]) -> list[Grasp]:
        """Bring the answers into space and return those that may be executed, best first."""
        found = [(a.rectangle, a.score) for a in answers if a.rectangle is not None]
        ranked = ranked_grasps(
            [rectangle for rectangle, _ in found],
            [score for _, score in found],
            seen.depth_m,
            seen.intrinsics,
            self._gripper.geometry,
            fit_support_plane(seen.depth_m, seen.intrinsics),
        )
        best = ranked[0][1]
        if not best.is_executable:
            raise GraspRejected(best.rejected_code, best.rejected_reason)
        return [grasp for _, grasp in ranked if grasp.is_executable]

    def _execute(self, cell: Cell, seen: Observation, grasps: Sequence[Grasp]) -> None:
        """Let the arm pick; the planner knows of the table's objects what depth shows."""
        size_px = np.array([seen.intrinsics.width_px, seen.intrinsics.height_px])
        cloud = samples_around(
            seen.depth_m, seen.intrinsics, size_px / 2, float(size_px.max()), CLOUD_STEP_PX
        ).points_m
        T_base_camera = seen.T_base_camera
        backend = EmbeddedBackend(self._robot, self._gripper, CellRobotIo(cell))
        outcome = PickSequence(backend, self._gripper).run(
            [PickCandidate(T_base_camera @ g.T_camera_grasp, g.opening_m) for g in grasps],
            cloud @ T_base_camera[:3, :3].T + T_base_camera[:3, 3],
        )
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

"""Failures while something may be in the fingers, in the cell's physics."""

from __future__ import annotations

import time
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.strangers.case import Case, CaseFailed
from rt_grasp_ros.grasp.errors import BackendUnavailable, ControllerFailed, NoPlan, RtGraspError
from rt_grasp_ros.motion.backend import IsCancelled
from rt_grasp_ros.motion.embedded import EmbeddedBackend
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.pick_outcome import Stage
from rt_grasp_ros.motion.pick_plan import PickCandidate
from rt_grasp_ros.motion.robot import load_robot
from rt_grasp_ros.motion.sequence import PickSequence
from rt_grasp_ros.motion.trajectory import Trajectory
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.rollout.scripted_pick import true_label
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.judge import judge
from rt_grasp_ros.sim.robot_io import CellRobotIo
from rt_grasp_ros.sim.scene import random_scene

_OBJECT = "banana"


def cases() -> list[Case]:
    """Return the cases of this kind."""
    kinds: tuple[tuple[str, Stage, str, RtGraspError], ...] = (
        ("the way up is blocked, once", Stage.LIFTING, "plan_line", NoPlan("blocked")),
        ("the arm leaves its way up", Stage.LIFTING, "execute", ControllerFailed("bump")),
        ("the backend is gone after the lift", Stage.VERIFYING, "opening_m", _gone()),
        ("the fingers are not reported to have closed", Stage.CLOSING, "close_gripper", _gone()),
    )
    return [
        Case(
            "held object",
            name,
            "review",
            "the fingers stay closed on it, no second attempt",
            partial(_kept, stage, call, failure),
            is_quick=False,
        )
        for name, stage, call, failure in kinds
    ]


def _gone() -> BackendUnavailable:
    return BackendUnavailable("Whoever moves the arm does not answer; start it.")


class _Failing(EmbeddedBackend):
    """Fails once, at a call of a stage; notes in which stages the fingers opened."""

    stage = Stage.CHECKING
    failing: tuple[Stage, str] | None = None
    failure: RtGraspError

    def _fail(self, call: str) -> None:
        if self.failing == (self.stage, call):
            self.failing = None
            raise self.failure

    def plan_line(
        self,
        start_rad: NDArray[np.float64],
        T_base_tip: NDArray[np.float64],
        is_cancelled: IsCancelled,
    ) -> Trajectory:
        self._fail("plan_line")
        return super().plan_line(start_rad, T_base_tip, is_cancelled)

    def execute(self, trajectory: Trajectory, timeout_s: float, is_cancelled: IsCancelled) -> None:
        self._fail("execute")
        super().execute(trajectory, timeout_s, is_cancelled)

    def close_gripper(self, timeout_s: float, is_cancelled: IsCancelled) -> float:
        opening_m = super().close_gripper(timeout_s, is_cancelled)
        self._fail("close_gripper")
        return opening_m

    def opening_m(self) -> float:
        self._fail("opening_m")
        return super().opening_m()


def _kept(stage: Stage, call: str, failure: RtGraspError) -> str:
    robot = load_robot(share_path("config/robots/panda.yaml"))
    gripper = load_gripper(share_path("config/grippers/panda_hand.yaml"))
    with Cell(random_scene(3, (_OBJECT,))) as cell:
        label = true_label(cell, _OBJECT)
        backend = _Failing(robot, gripper, CellRobotIo(cell))
        backend.failing, backend.failure = (stage, call), failure
        begun: list[Stage] = []

        def begin(stage: Stage, index: int) -> None:
            backend.stage = stage
            begun.append(stage)

        candidate = PickCandidate(label.T_world_grasp, label.opening_m)
        sequence = PickSequence(backend, gripper, on_progress=begin, clock=time.process_time)
        outcome = sequence.run([candidate, candidate], np.empty((0, 3)))
        seen = judge(cell, _OBJECT)
    if begun.count(Stage.PREGRASP) != 1 or begun.count(Stage.OPENING) != 1:
        raise CaseFailed(f"{begun.count(Stage.PREGRASP)} attempts")
    if outcome.error is not failure or not outcome.may_hold:
        raise CaseFailed(f"ended with {outcome.error}")
    if not seen.lifted:
        raise CaseFailed(f"the {_OBJECT} is not in the fingers any more")
    return f"one attempt; the {_OBJECT} still hangs {seen.height_gain_m * 100:.0f} cm up"

"""The pick sequence: a state machine over a `MotionBackend`, without ROS and without threads."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import Cancelled, JointStatesStale, NotHeld, RequestInvalid, RtGraspError
from ..grasp.verdict import Verdict
from .backend import IsCancelled, MotionBackend, never, raise_if
from .candidate_check import AGAINST_THE_GRASP, CandidateCheck
from .contenders import Contenders
from .gripper import GripperProfile
from .pick_outcome import PickOutcome, Stage, StageTime
from .pick_plan import Clock, PickCandidate, PickPlan, PickSettings, plan_pick, raised
from .planning_scene import scene_for_grasp
from .recovery import Recovery, recovery

_log = logging.getLogger(__name__)

_DEFAULT_SETTINGS = PickSettings()

MAX_ATTEMPTS = 2
"""Candidates that the arm moves for: the best one and one retry."""

OnProgress = Callable[[Stage, int], None]
"""Called with the stage that begins and the index of the candidate."""

OnVerdicts = Callable[[tuple[Verdict, ...]], None]
"""Called with what speaks against each candidate and its twin, best first, whenever it changes."""

OnPlan = Callable[[PickPlan], None]
"""Called with a plan before the arm moves; as `confirm` it returns once the arm may."""


class PickSequence:
    """One pick, from checking candidates to holding; make a new one for each command."""

    def __init__(
        self,
        backend: MotionBackend,
        gripper: GripperProfile,
        settings: PickSettings = _DEFAULT_SETTINGS,
        on_progress: OnProgress = lambda stage, index: None,
        on_verdicts: OnVerdicts = lambda verdicts: None,
        on_plan: OnPlan = lambda plan: None,
        confirm: OnPlan | None = None,
        is_cancelled: IsCancelled = never,
        clock: Clock = time.monotonic,
    ) -> None:
        """Remember what to work with; nothing moves.

        Args:
            backend: plans and moves.
            gripper: what is mounted.
            settings: distances and deadlines.
            on_progress: told of each stage as it begins.
            on_verdicts: told which candidates are rejected, and why.
            on_plan: told of each plan.
            confirm: waits for permission to move; raises `NotConfirmed` where it is not given.
                None where none is needed.
            is_cancelled: asked all the time; True stops the arm.
            clock: seconds, for the stage times.
        """
        self._backend = backend
        self._gripper = gripper
        self._settings = settings
        self._on_progress = on_progress
        self._on_verdicts = on_verdicts
        self._on_plan = on_plan
        self._confirm = confirm
        self._is_cancelled = is_cancelled
        self._clock = clock
        self._handlers: dict[Stage, Callable[[], Stage]] = {
            Stage.CHECKING: self._check,
            Stage.PLANNING: self._plan,
            Stage.CONFIRMING: self._wait_for_confirmation,
            Stage.OPENING: self._open,
            Stage.PREGRASP: self._go_to_pregrasp,
            Stage.APPROACH: self._approach,
            Stage.CLOSING: self._close,
            Stage.LIFTING: self._lift,
            Stage.VERIFYING: self._verify,
            Stage.RETREATING: self._retreat,
        }
        self._candidates: Sequence[PickCandidate] = ()
        self._cloud_m = np.empty((0, 3))
        self._table_z_m = 0.0
        self._contenders = Contenders()
        self._index = 0
        self._attempts = 0
        self._executed_index = -1
        self._opening_m = 0.0
        self._plan_of_pick: PickPlan | None = None
        self._may_hold = False
        self._recovery = Recovery()
        self._error: RtGraspError | None = None
        self._stages: list[StageTime] = []

    def run(
        self,
        candidates: Sequence[PickCandidate],
        cloud_m: NDArray[np.float64],
        table_z_m: float = 0.0,
    ) -> PickOutcome:
        """Pick with the best candidate that the arm can go to; end holding, or back at home.

        Where planning fails the next one is taken, and once where nothing is held; what is done
        after each failure is in `recovery.py`.

        Args:
            candidates: best first.
            cloud_m: what the camera sees, the robot left out, base frame, shape (N, 3), metres.
            table_z_m: height of the table in the base frame.

        Returns:
            The outcome; failures are in it, not raised. A cancelled arm stands still.
        """
        self._candidates, self._cloud_m, self._table_z_m = candidates, cloud_m, table_z_m
        stage = Stage.CHECKING
        if not candidates:
            self._error = RequestInvalid("There is no grasp to execute; send at least one.")
            stage = Stage.DONE
        try:
            while stage is not Stage.DONE:
                stage = self._go_through(stage)
        except BaseException:
            self._backend.stop()
            raise
        finally:
            self._clear_scene()
        self._on_progress(Stage.DONE, self._index)
        return PickOutcome(
            self._error,
            self._executed_index,
            self._opening_m,
            tuple(self._stages),
            self._contenders.verdicts,
            self._may_hold,
        )

    def _clear_scene(self) -> None:
        """Leave nothing of this pick behind; what failed before says more than a failure here."""
        try:
            self._backend.clear_scene()
        except RtGraspError as error:
            _log.warning("the planning scene was not cleared: %s", error)

    def _go_through(self, stage: Stage) -> Stage:
        """Do one stage and return the next."""
        self._on_progress(stage, self._index)
        start_s = self._clock()
        try:
            raise_if(self._is_cancelled)
            return self._handlers[stage]()
        except RtGraspError as error:
            return self._after_failure(stage, error)
        finally:
            self._stages.append(StageTime(stage, self._clock() - start_s))

    def _after_failure(self, stage: Stage, error: RtGraspError) -> Stage:
        """Return where a failed stage leads to."""
        self._recovery = recovery(stage, error, is_empty=not self._may_hold)
        if stage is not Stage.RETREATING or isinstance(error, Cancelled | JointStatesStale):
            self._error = error  # else what failed first says more
        if self._recovery.stops:
            self._backend.stop()
        return Stage.RETREATING if self._recovery.goes_home else self._next_attempt()

    def _next_attempt(self) -> Stage:
        """Go on to the next candidate where that may help."""
        following = self._contenders.after(self._index)
        may_move = self._attempts < MAX_ATTEMPTS and self._recovery.may_go_on
        if following is None or not may_move:
            return Stage.DONE
        self._index = following
        self._error = None
        return Stage.PLANNING

    @property
    def _candidate(self) -> PickCandidate:
        return self._candidates[self._index]

    @property
    def _planned(self) -> PickPlan:
        if self._plan_of_pick is None:
            raise RuntimeError("nothing moves before planning")
        return self._plan_of_pick

    def _check(self) -> Stage:
        """Ask for all candidates at once, so that people see why one is not taken."""
        check = CandidateCheck(
            self._backend, self._gripper, self._settings, self._is_cancelled, self._clock
        )
        self._contenders = Contenders(check.check(self._candidates, self._cloud_m, self._table_z_m))
        self._on_verdicts(self._contenders.verdicts)
        best = self._contenders.after(-1)
        if best is None:
            raise self._contenders.failure(0)
        self._index = best
        return Stage.PLANNING

    def _plan(self) -> Stage:
        candidate = self._candidate
        self._backend.set_scene(
            scene_for_grasp(
                self._cloud_m, self._table_z_m, candidate.T_base_grasp, candidate.opening_m
            )
        )
        try:
            self._plan_of_pick = plan_pick(
                self._backend,
                self._gripper,
                self._contenders.descents(self._index),
                self._settings,
                self._is_cancelled,
                self._clock,
            )
        except AGAINST_THE_GRASP as failure:
            self._contenders.reject(self._index, failure)
            self._on_verdicts(self._contenders.verdicts)
            raise
        self._on_plan(self._plan_of_pick)
        return Stage.OPENING if self._confirm is None else Stage.CONFIRMING

    def _wait_for_confirmation(self) -> Stage:
        if self._confirm is not None:
            self._confirm(self._planned)
        return Stage.OPENING

    def _open(self) -> Stage:
        self._executed_index = self._index
        self._attempts += 1
        self._open_fingers()
        return Stage.PREGRASP

    def _go_to_pregrasp(self) -> Stage:
        self._backend.execute(
            self._planned.pregrasp,
            self._settings.timeout_s(self._planned.pregrasp),
            self._is_cancelled,
        )
        return Stage.APPROACH

    def _approach(self) -> Stage:
        self._backend.execute(
            self._planned.approach,
            self._settings.timeout_s(self._planned.approach),
            self._is_cancelled,
        )
        return Stage.CLOSING

    def _close(self) -> Stage:
        self._may_hold = True
        self._backend.close_gripper(self._settings.gripper_timeout_s, self._is_cancelled)
        return Stage.LIFTING

    def _lift(self) -> Stage:
        self._go_up()
        return Stage.VERIFYING

    def _verify(self) -> Stage:
        self._opening_m = self._backend.opening_m()
        if self._opening_m < self._gripper.min_held_opening_m:
            self._may_hold = False
            raise NotHeld(
                f"The fingers closed to {self._opening_m * 1000:.1f} mm and hold nothing; ask "
                "again, or for another part."
            )
        return Stage.DONE

    def _retreat(self) -> Stage:
        """Do what follows the failure of a stage in which the arm or its fingers moved."""
        if self._recovery.opens:
            self._open_fingers()
        if self._recovery.goes_up:
            self._go_up()
        way_home = self._backend.plan_joints(
            self._backend.arm_positions(),
            self._backend.home_rad,
            self._settings.planning_timeout_s,
            self._is_cancelled,
        )
        self._backend.execute(way_home, self._settings.timeout_s(way_home), self._is_cancelled)
        return self._next_attempt()

    def _open_fingers(self) -> None:
        self._backend.open_gripper(
            self._candidate.opening_m, self._settings.gripper_timeout_s, self._is_cancelled
        )

    def _go_up(self) -> None:
        """Go straight up from wherever the hand is, to the height at which a lift ends."""
        here_rad = self._backend.arm_positions()
        here = self._backend.tip_pose(here_rad)
        grasp = self._backend.tip_pose(self._planned.approach.end)
        height_m = float(grasp[2, 3] - here[2, 3]) + self._settings.lift_m
        if height_m <= 0.0:
            return
        way_up = self._backend.plan_line(here_rad, raised(here, height_m), self._is_cancelled)
        self._backend.execute(way_up, self._settings.timeout_s(way_up), self._is_cancelled)

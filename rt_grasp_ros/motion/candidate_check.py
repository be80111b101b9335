"""Which candidates the arm can go to, each with its twin; every rejection has its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import NoPlan, OpeningTooWide, OutOfReach, OutsideWorkspace, RtGraspError
from ..grasp.verdict import Verdict, twin_of
from .backend import IsCancelled, MotionBackend, raise_if
from .gripper import GripperProfile
from .pick_plan import Clock, Descent, PickCandidate, PickSettings, backed, raised
from .planning_scene import scene_for_grasp

_HOPELESS = 3  # times the planning timeout, after which no further grasp is looked at

AGAINST_THE_GRASP = (NoPlan, OpeningTooWide, OutOfReach, OutsideWorkspace)
"""Failures that speak against a grasp; the others speak against the arm."""


@dataclass(frozen=True, slots=True, eq=False)
class CheckedGrasp:
    """One way round of a candidate, and what the arm can make of it.

    Attributes:
        index: which candidate.
        is_twin: whether it is turned by half a turn about its approach.
        descents: nearest first; the first is free, the others begin free and reach as far as is
            known. Empty where the grasp is rejected.
        failure: why it is rejected; None where it is not.
    """

    index: int
    is_twin: bool
    descents: tuple[Descent, ...] = ()
    failure: RtGraspError | None = None

    @property
    def verdict(self) -> Verdict:
        """The same in words."""
        if self.failure is None:
            return Verdict(self.index, self.is_twin)
        return Verdict(self.index, self.is_twin, self.failure.code, self.failure.message)


class CandidateCheck:
    """Asks a backend about candidates; nothing moves.

    A candidate is rejected where the gripper does not open as far, where the grasp or the ends of
    the ways to it and from it are outside of the workspace, where no configuration free of
    collisions reaches its pregrasp, or where no straight way leads from there to the grasp: its
    last point is the grasp itself, with the fingers open among what the camera sees.
    """

    def __init__(
        self,
        backend: MotionBackend,
        gripper: GripperProfile,
        settings: PickSettings,
        is_cancelled: IsCancelled,
        clock: Clock,
    ) -> None:
        """Remember whom to ask.

        Args:
            backend: knows the arm; its scene is changed.
            gripper: what is mounted.
            settings: distances, the workspace, and the time for each way round, and for all.
            is_cancelled: asked all the time.
            clock: returns the time in seconds.
        """
        self._backend = backend
        self._gripper = gripper
        self._settings = settings
        self._is_cancelled = is_cancelled
        self._clock = clock
        self._T_grasp_tip = np.linalg.inv(gripper.T_tip_grasp)

    def check(
        self,
        candidates: Sequence[PickCandidate],
        cloud_m: NDArray[np.float64],
        table_z_m: float,
    ) -> list[CheckedGrasp]:
        """Return each candidate both ways round, `ranked`; of two twins the nearer one first.

        Args:
            candidates: best first; once the time is over, the others are rejected unseen: at once
                where one can be gone to, after three times as long where none can.
            cloud_m: what the camera sees, the robot left out, base frame, shape (N, 3), metres.
            table_z_m: height of the table in the base frame.

        Raises:
            Cancelled: it was asked to stop.
            RtGraspError: the backend fails.
        """
        deadline_s = self._clock() + self._settings.planning_timeout_s
        start_rad = self._backend.arm_positions()
        checked: list[CheckedGrasp] = []
        for index, candidate in enumerate(candidates):
            raise_if(self._is_cancelled)
            try:
                self._require_time(deadline_s, checked)
                self._require_possible(candidate)
            except AGAINST_THE_GRASP as failure:
                checked += [CheckedGrasp(index, twin, failure=failure) for twin in (False, True)]
                continue
            scene = scene_for_grasp(cloud_m, table_z_m, candidate.T_base_grasp, candidate.opening_m)
            self._backend.set_scene(scene)
            both_ways = [
                self._check_way_round(index, is_twin, T_base_grasp, start_rad)
                for is_twin, T_base_grasp in (
                    (False, candidate.T_base_grasp),
                    (True, twin_of(candidate.T_base_grasp)),
                )
            ]
            checked += sorted(both_ways, key=lambda grasp: _nearness(grasp, start_rad))
        return ranked(checked)

    def _require_time(self, deadline_s: float, checked: Sequence[CheckedGrasp]) -> None:
        """Refuse further alternatives where those before took too long.

        Raises:
            NoPlan: the time is over and one can be gone to, or three times the time.
        """
        is_any = any(grasp.failure is None for grasp in checked)
        more_s = 0.0 if is_any else (_HOPELESS - 1) * self._settings.planning_timeout_s
        if self._clock() > deadline_s + more_s:
            raise NoPlan(
                f"Checking the better grasps took {self._settings.planning_timeout_s + more_s:g} s "
                "and left no time for this one; raise planning_timeout_s."
            )

    def _require_possible(self, candidate: PickCandidate) -> None:
        """Refuse what no arm can do; the same for both ways round.

        Raises:
            OpeningTooWide: the gripper does not open that far.
            OutsideWorkspace: the grasp, its pregrasp or its lift is outside.
        """
        if candidate.opening_m > self._gripper.max_opening_m:
            raise OpeningTooWide(candidate.opening_m, self._gripper.max_opening_m)
        grasp = candidate.T_base_grasp
        ends = (backed(grasp, self._settings.standoff_m), raised(grasp, self._settings.lift_m))
        self._settings.workspace.require("The grasp", np.stack([grasp, *ends]))

    def _check_way_round(
        self,
        index: int,
        is_twin: bool,
        T_base_grasp: NDArray[np.float64],
        start_rad: NDArray[np.float64],
    ) -> CheckedGrasp:
        try:
            descents = self._descents(T_base_grasp, start_rad)
        except AGAINST_THE_GRASP as failure:
            return CheckedGrasp(index, is_twin, failure=failure)
        return CheckedGrasp(index, is_twin, descents)

    def _descents(
        self, T_base_grasp: NDArray[np.float64], start_rad: NDArray[np.float64]
    ) -> tuple[Descent, ...]:
        """Return the descents from the nearest free one on.

        Raises:
            OutOfReach: no configuration reaches the pregrasp.
            NoPlan: configurations do, but none is free with a free way down, as far as time allows.
        """
        pregrasp = backed(T_base_grasp, self._settings.standoff_m) @ self._T_grasp_tip
        T_base_tip = T_base_grasp @ self._T_grasp_tip
        found = self._backend.solve_ik(pregrasp, start_rad, self._is_cancelled)
        descents = sorted(
            (Descent(configuration_rad, T_base_tip) for configuration_rad in found),
            key=lambda descent: descent.distance_rad(start_rad),
        )
        if not descents:
            x, y, z = T_base_grasp[:3, 3]
            raise OutOfReach(
                f"The arm does not reach the grasp at ({x:.2f}, {y:.2f}, {z:.2f}) m; move the "
                "object nearer, or ask for another part."
            )
        failures: list[NoPlan] = []
        deadline_s = self._clock() + self._settings.planning_timeout_s
        for place, descent in enumerate(descents):
            if failures and self._clock() > deadline_s:
                break
            try:
                self._backend.plan_line(descent.configuration_rad, T_base_tip, self._is_cancelled)
            except NoPlan as failure:
                failures.append(failure)
            else:
                return tuple(descents[place:])
        raise failures[0]


def ranked(checked: Sequence[CheckedGrasp]) -> list[CheckedGrasp]:
    """Sort checked grasps, stably: those that can be gone to by index, then the rejected ones."""
    return sorted(checked, key=lambda grasp: (grasp.failure is not None, grasp.index))


def _nearness(grasp: CheckedGrasp, start_rad: NDArray[np.float64]) -> float:
    """Return how far its best descent begins from where the arm is; a rejected one is far away."""
    return grasp.descents[0].distance_rad(start_rad) if grasp.descents else np.inf

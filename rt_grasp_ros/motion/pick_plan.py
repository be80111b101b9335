"""Planning one pick: which of a grasp's two twins, which arm posture, which ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import NoPlan, OpeningTooWide, OutOfReach, OutsideWorkspace, RtGraspError
from .backend import IsCancelled, MotionBackend, raise_if
from .gripper import GripperProfile
from .trajectory import Trajectory
from .workspace import EVERYWHERE, Workspace

Clock = Callable[[], float]
_HALF_TURN = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class PickCandidate:
    """One grasp for the arm.

    Attributes:
        T_base_grasp: maps grasp coordinates to the base frame, shape (4, 4), metres.
        opening_m: jaw distance of the approach.
    """

    T_base_grasp: NDArray[np.float64]
    opening_m: float


@dataclass(frozen=True, slots=True)
class PickSettings:
    """Distances and deadlines of a pick.

    Attributes:
        standoff_m: how far back along the approach the straight descent starts.
        lift_m: how far up what is held is lifted.
        planning_timeout_s: for all planning of one candidate.
        gripper_timeout_s: for one motion of the fingers.
        workspace: the box that the hand must stay in.
        timeout_factor: a motion may take this many times its planned duration,
        timeout_slack_s: and this much longer.
    """

    standoff_m: float = 0.10
    lift_m: float = 0.12
    planning_timeout_s: float = 10.0
    gripper_timeout_s: float = 5.0
    workspace: Workspace = EVERYWHERE
    timeout_factor: float = 3.0
    timeout_slack_s: float = 5.0

    def timeout_s(self, trajectory: Trajectory) -> float:
        """Return how long executing a trajectory may take."""
        return self.timeout_factor * trajectory.duration_s + self.timeout_slack_s


@dataclass(frozen=True, slots=True, eq=False)
class PickPlan:
    """Ways of one pick, each starting where the one before ends.

    Attributes:
        pregrasp: to the start of the descent, touching nothing.
        approach: straight down to the grasp.
        lift: straight up; planned to know that it exists, planned anew once something is held.
    """

    pregrasp: Trajectory
    approach: Trajectory
    lift: Trajectory


def plan_pick(
    backend: MotionBackend,
    gripper: GripperProfile,
    candidate: PickCandidate,
    settings: PickSettings,
    is_cancelled: IsCancelled,
    clock: Clock,
) -> PickPlan:
    """Return the ways of the first posture that allows all of them, the nearest tried first.

    A parallel grasp turned by half a turn about its approach is the same grasp: both are tried.

    Args:
        backend: plans; its scene is that of the candidate.
        gripper: what is mounted.
        candidate: the grasp.
        settings: distances and the time for all of it.
        is_cancelled: asked all the time.
        clock: returns the time in seconds.

    Raises:
        OpeningTooWide: the gripper does not open that far.
        OutsideWorkspace: the grasp, its pregrasp or its lift is outside of the workspace, or a
            way to it leads out of it.
        OutOfReach: no posture reaches the pregrasp pose.
        NoPlan: postures exist, but none has a collision-free way.
        Cancelled: it was asked to stop.
    """
    if candidate.opening_m > gripper.max_opening_m:
        raise OpeningTooWide(candidate.opening_m, gripper.max_opening_m)
    T_base_grasp = candidate.T_base_grasp
    ends = (_backed(T_base_grasp, settings.standoff_m), raised(T_base_grasp, settings.lift_m))
    settings.workspace.require("The grasp", np.stack([T_base_grasp, *ends]))
    deadline_s = clock() + settings.planning_timeout_s
    start_rad = backend.arm_positions()
    postures = _postures(backend, gripper, candidate, settings, start_rad, is_cancelled)
    if not postures:
        x, y, z = candidate.T_base_grasp[:3, 3]
        raise OutOfReach(
            f"The arm does not reach the grasp at ({x:.2f}, {y:.2f}, {z:.2f}) m; move the object "
            "nearer, or ask for another part."
        )
    failure: RtGraspError = NoPlan("Planning took too long; try again.")
    for posture_rad, T_base_tip in postures:
        raise_if(is_cancelled)
        remaining_s = deadline_s - clock()
        if remaining_s <= 0.0:
            break
        try:
            approach = backend.plan_line(posture_rad, T_base_tip, is_cancelled)
            above = raised(T_base_tip, settings.lift_m)
            lift = backend.plan_line(approach.end, above, is_cancelled)
            timeout_s = min(remaining_s, 3.0)
            pregrasp = backend.plan_joints(start_rad, posture_rad, timeout_s, is_cancelled)
            plan = PickPlan(pregrasp, approach, lift)
            settings.workspace.require("The way", grasp_poses(backend, gripper, plan))
        except (NoPlan, OutsideWorkspace) as error:
            failure = error
        else:
            return plan
    raise failure


def grasp_poses(
    backend: MotionBackend, gripper: GripperProfile, plan: PickPlan
) -> NDArray[np.float64]:
    """Return where the point between the fingertips goes, `T_base_grasp`, shape (N, 4, 4)."""
    positions = np.vstack([way.positions for way in (plan.pregrasp, plan.approach, plan.lift)])
    return np.array([backend.tip_pose(row) @ gripper.T_tip_grasp for row in positions])


def raised(T_base_tip: NDArray[np.float64], height_m: float) -> NDArray[np.float64]:
    """Return a pose straight above another in the base frame."""
    higher = T_base_tip.copy()
    higher[2, 3] += height_m
    return higher


def _backed(T_base_grasp: NDArray[np.float64], distance_m: float) -> NDArray[np.float64]:
    """Return a pose back along the approach."""
    back = np.eye(4)
    back[2, 3] = -distance_m
    return T_base_grasp @ back


def _postures(
    backend: MotionBackend,
    gripper: GripperProfile,
    candidate: PickCandidate,
    settings: PickSettings,
    start_rad: NDArray[np.float64],
    is_cancelled: IsCancelled,
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return arm positions at the pregrasp, with the tip pose of their grasp, nearest first."""
    T_grasp_tip = np.linalg.inv(gripper.T_tip_grasp)
    found = []
    for T_base_grasp in (candidate.T_base_grasp, candidate.T_base_grasp @ _HALF_TURN):
        pregrasp = _backed(T_base_grasp, settings.standoff_m) @ T_grasp_tip
        for posture_rad in backend.solve_ik(pregrasp, start_rad, is_cancelled):
            found.append((posture_rad, T_base_grasp @ T_grasp_tip))
    return sorted(found, key=lambda posture: float(np.linalg.norm(posture[0] - start_rad)))

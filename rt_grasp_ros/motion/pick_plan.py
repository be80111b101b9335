"""Planning one pick: which arm configuration, which ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import NoPlan, OutsideWorkspace, RtGraspError
from .backend import IsCancelled, MotionBackend, raise_if
from .gripper import GripperProfile
from .trajectory import Trajectory
from .workspace import EVERYWHERE, Workspace

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, eq=False)
class PickCandidate:
    """One grasp for the arm.

    Attributes:
        T_base_grasp: maps grasp coordinates to the base frame, shape (4, 4), metres.
        opening_m: jaw distance of the approach.
    """

    T_base_grasp: NDArray[np.float64]
    opening_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """A straight way down to a grasp.

    Attributes:
        configuration_rad: of the arm where it begins, shape (J,).
        T_base_tip: where the tip is at its end, shape (4, 4), metres.
    """

    configuration_rad: NDArray[np.float64]
    T_base_tip: NDArray[np.float64]

    def distance_rad(self, positions_rad: NDArray[np.float64]) -> float:
        """Return how far its beginning is from arm positions, shape (J,)."""
        return float(np.linalg.norm(self.configuration_rad - positions_rad))


@dataclass(frozen=True, slots=True)
class PickSettings:
    """Distances and deadlines of a pick.

    Attributes:
        standoff_m: how far back along the approach the straight descent starts.
        lift_m: how far up what is held is lifted.
        planning_timeout_s: for all planning of one candidate; for looking for alternatives to one.
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
    descents: Sequence[Descent],
    settings: PickSettings,
    is_cancelled: IsCancelled,
    clock: Clock,
) -> PickPlan:
    """Return the ways of the first descent that allows all of them, the nearest tried first.

    Args:
        backend: plans; its scene is that of the candidate.
        gripper: what is mounted.
        descents: to one candidate or its twin, at least one.
        settings: distances and the time for all of it.
        is_cancelled: asked all the time.
        clock: returns the time in seconds.

    Raises:
        OutsideWorkspace: a way leads out of the workspace.
        NoPlan: no descent has a collision-free way to it, down and up.
        Cancelled: it was asked to stop.
    """
    deadline_s = clock() + settings.planning_timeout_s
    start_rad = backend.arm_positions()
    failure: RtGraspError = NoPlan("Planning took too long; try again.")
    for descent in sorted(descents, key=lambda descent: descent.distance_rad(start_rad)):
        raise_if(is_cancelled)
        remaining_s = deadline_s - clock()
        if remaining_s <= 0.0:
            break
        try:
            approach = backend.plan_line(
                descent.configuration_rad, descent.T_base_tip, is_cancelled
            )
            above = raised(descent.T_base_tip, settings.lift_m)
            lift = backend.plan_line(approach.end, above, is_cancelled)
            timeout_s = min(remaining_s, 3.0)
            pregrasp = backend.plan_joints(
                start_rad, descent.configuration_rad, timeout_s, is_cancelled
            )
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


def backed(T_base_grasp: NDArray[np.float64], distance_m: float) -> NDArray[np.float64]:
    """Return a pose back along the approach."""
    back = np.eye(4)
    back[2, 3] = -distance_m
    return T_base_grasp @ back

"""Whether a rectangle lifts what was meant: carried out in the simulated scene of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..data.parallel import run_all
from ..data.sim_data import training_scene
from ..grasp.rectangle import GraspRectangle
from ..sim.cell import Cell
from ..sim.judge import judge
from .simulated_pick import Oracle, SimulatedPicker


@dataclass(frozen=True, slots=True)
class LiftTrial:
    """A grasp to be tried.

    Attributes:
        scene_seed: of `training_scene`.
        object_name: what is to hang between the fingers.
        rectangle: the grasp, in a picture of the scene of whatever size.
    """

    scene_seed: int
    object_name: str
    rectangle: GraspRectangle


def lifted(trials: Sequence[LiftTrial], processes: int) -> dict[LiftTrial, bool]:
    """Carry out grasps, each once, and return which of them lifted what was meant.

    Args:
        trials: in any order; those that come again are not carried out again.
        processes: how many work at once.

    Raises:
        WorkerLost: a working process was killed.
    """
    return dict(run_all(_carry_out, list(dict.fromkeys(trials)), processes))


def _carry_out(trial: LiftTrial) -> tuple[LiftTrial, bool]:
    with Cell(training_scene(trial.scene_seed)) as cell:
        intrinsics = cell.observe().intrinsics
        rectangle = trial.rectangle.resized(intrinsics.width_px, intrinsics.height_px)
        SimulatedPicker().pick(cell, f"grasp the {trial.object_name}", Oracle(rectangle))
        return trial, judge(cell, trial.object_name).lifted

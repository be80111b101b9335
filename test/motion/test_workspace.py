import numpy as np
import pytest
from fake_backend import FakeBackend
from poses import top_down

from rt_grasp_ros.grasp.errors import OutsideWorkspace
from rt_grasp_ros.motion.backend import never
from rt_grasp_ros.motion.candidate_check import CandidateCheck
from rt_grasp_ros.motion.pick_plan import PickCandidate, PickSettings, plan_pick
from rt_grasp_ros.motion.workspace import EVERYWHERE, Workspace

BOX = Workspace((0.2, -0.3, 0.0), (0.7, 0.3, 0.6))


def plan(gripper, grasp, workspace):
    settings = PickSettings(workspace=workspace)
    backend = FakeBackend()
    check = CandidateCheck(backend, gripper, settings, never, lambda: 0.0)
    best, *_ = check.check([PickCandidate(grasp, 0.05)], np.empty((0, 3)), 0.0)
    if best.failure is not None:
        raise best.failure
    return plan_pick(backend, gripper, best.descents, settings, never, lambda: 0.0)


@pytest.mark.parametrize(
    ("x_m", "y_m", "z_m", "fits"),
    [
        (0.5, 0.0, 0.1, True),
        (0.8, 0.0, 0.1, False),
        (0.5, -0.31, 0.1, False),
        (0.5, 0, -0.1, False),
    ],
)
def test_poses_outside_are_refused_with_where(x_m, y_m, z_m, fits):
    poses = np.stack([top_down(0.5, 0.0, 0.2, 0.0), top_down(x_m, y_m, z_m, 0.3)])
    if fits:
        BOX.require("The way", poses)
    else:
        with pytest.raises(OutsideWorkspace, match=rf"The way .*\({x_m:.2f}, {y_m:.2f}"):
            BOX.require("The way", poses)


def test_everywhere_is_everywhere():
    EVERYWHERE.require("The grasp", top_down(1e6, -1e6, 1e6, 0.0))


@pytest.mark.parametrize("axis", range(3))
def test_a_box_without_inside_is_refused_by_axis(axis):
    low = [0.0, 0.0, 0.0]
    low[axis] = 1.0
    with pytest.raises(ValueError, match=f"workspace_min_{'xyz'[axis]}_m"):
        Workspace(tuple(low), (1.0, 1.0, 1.0))


def test_a_grasp_whose_lift_leaves_the_box_is_refused(gripper):
    low = Workspace((-1.0, -1.0, 0.0), (1.0, 1.0, 0.2))
    with pytest.raises(OutsideWorkspace, match="The grasp"):
        plan(gripper, top_down(0.5, 0.0, 0.15, 0.0), low)


def test_a_way_that_leaves_the_box_is_refused(gripper):
    # The fake arm starts at the origin, which is outside of this box.
    with pytest.raises(OutsideWorkspace, match="The way"):
        plan(gripper, top_down(0.5, 0.0, 0.15, 0.0), BOX)

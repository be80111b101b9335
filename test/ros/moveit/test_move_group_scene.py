"""The planning scene: what was put in and allowed is undone on every way out."""

import numpy as np
import pytest
from arm_world import ROBOT
from move_group_arm import SCENE, line, raises, untouched
from moveit_msgs.msg import MoveItErrorCodes as Codes
from moveit_world import OTHER_OBJECT

from rt_grasp_ros.grasp.errors import BackendUnavailable, Cancelled, NoPlan
from rt_grasp_ros.motion.backend import never
from rt_grasp_ros.motion.planning_scene import PlanningScene
from rt_grasp_ros.ros.moveit.scene_objects import OBSTACLES, TABLE, TARGET

pytestmark = [pytest.mark.ros, pytest.mark.moveit]


def test_a_scene_is_put_in_and_taken_out_again(backend, move_group):
    backend.set_scene(SCENE)
    assert move_group.world == {OTHER_OBJECT, TABLE, OBSTACLES, TARGET}
    backend.set_scene(PlanningScene(np.empty((0, 3)), np.empty(0, bool), 0.0, 0.06))
    assert move_group.world == {OTHER_OBJECT, TABLE}
    backend.clear_scene()
    assert untouched(move_group)


def test_the_hand_may_touch_the_target_on_a_line_only(backend, move_group):
    backend.set_scene(SCENE)
    line(backend)
    (edited, restored) = move_group.matrices
    allowed = dict(zip(edited.entry_names, edited.entry_values, strict=True))
    touching = {
        name for name, may in zip(edited.entry_names, allowed[TARGET].enabled, strict=True) if may
    }
    assert touching == {*ROBOT.links_beyond_tip, TABLE, OBSTACLES}
    assert "panda_hand" in touching and "panda_link7" not in touching
    assert allowed["panda_hand"].enabled[:2] == [False, True]  # what it was
    assert restored.entry_names == ["panda_hand", "panda_link7"]


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (lambda fake: fake.codes.update(compute_cartesian_path=Codes.FAILURE), NoPlan),
        (lambda fake: setattr(fake, "fraction", 0.5), NoPlan),
        (lambda fake: fake.hanging.add("compute_cartesian_path"), BackendUnavailable),
        (lambda fake: fake.hanging.add("compute_cartesian_path"), Cancelled),
    ],
    ids=["failed", "partial", "hangs", "cancelled"],
)
def test_allowed_contacts_are_undone_however_a_line_ends(backend, move_group, fault, failure):
    backend.set_scene(SCENE)
    fault(move_group)

    def is_asked():
        return "compute_cartesian_path" in move_group.requests

    is_cancelled = is_asked if failure is Cancelled else never
    with pytest.raises(failure):
        line(backend, is_cancelled)
    assert TARGET not in move_group.matrix.entry_names


def test_contacts_that_could_not_be_undone_are_undone_later(backend, move_group):
    backend.set_scene(SCENE)

    def fail_from_now_on(path):
        move_group.codes["apply_planning_scene"] = Codes.FAILURE
        return path

    move_group.spoil_line = fail_from_now_on
    with raises(BackendUnavailable, "refused a change"):
        line(backend)
    assert TARGET in move_group.matrix.entry_names
    del move_group.codes["apply_planning_scene"]
    backend.clear_scene()
    assert untouched(move_group)


def test_a_closed_hand_carries_the_target_and_an_opened_one_does_not(backend, move_group):
    backend.set_scene(SCENE)
    backend.close_gripper(20.0, never)
    assert move_group.attached == {TARGET}
    backend.open_gripper(0.06, 20.0, never)
    assert not move_group.attached
    assert TARGET in move_group.world

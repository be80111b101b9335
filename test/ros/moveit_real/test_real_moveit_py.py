"""The moveit_py backend against the real moveit_py, with a Panda (docs/moveit.md)."""

import time

import numpy as np
import pytest
from arm_world import eventually
from moveit_py_tasks import (
    age_of_joints_after_planning,
    configurations_at,
    go_to,
    go_with_one_way_of_stopping,
    grip,
    let_go,
    longest_silence_while_planning,
    pick_and_stop_in,
    pick_one_of,
    plan_to,
    see_barrier,
    see_box,
    see_wall,
    stop_before_it_moves,
    which_are_free,
)
from moveit_tasks import (
    HOME,
    STANDS_WITHIN_S,
    TURNED,
    assert_nothing_of_ours_in,
    candidate,
    has_left,
)
from std_srvs.srv import Trigger
from world import reply_of

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import Cancelled, NoPlan
from rt_grasp_ros.motion.pick_outcome import Stage

pytestmark = [pytest.mark.ros, pytest.mark.real_moveit, pytest.mark.real_moveit_py]


def test_the_arm_goes_to_a_configuration(backend, arm):
    backend.run(go_to, TURNED)
    assert np.allclose(arm.arm_rad(), TURNED, atol=0.01)


def test_an_object_is_picked_and_nothing_is_left_in_the_scene(backend, user):
    before = user.scene()
    outcome = backend.run(pick_one_of, candidate(0.5))
    assert outcome.error is None
    assert outcome.held
    print({time.stage.name: round(time.duration_s, 2) for time in outcome.stages})
    after = user.scene()
    assert_nothing_of_ours_in(after)
    assert after.allowed_collision_matrix == before.allowed_collision_matrix


def test_what_is_held_is_attached_and_hangs_below_the_hand(backend, user):
    backend.run(see_box)
    backend.run(grip)
    (held,) = user.scene().robot_state.attached_collision_objects
    assert held.link_name == "panda_hand"
    assert "rt_grasp" in held.object.id
    backend.run(let_go)
    assert not user.scene().robot_state.attached_collision_objects


def test_the_arm_goes_around_a_wall(backend, arm):
    straight = [HOME + share * (TURNED - HOME) for share in np.linspace(0.0, 1.0, 40)]
    backend.run(see_wall)
    free = backend.run(which_are_free, straight)
    assert free[0] and free[-1] and not all(free)
    start_s = time.monotonic()
    backend.run(go_to, TURNED)
    assert np.allclose(arm.arm_rad(), TURNED, atol=0.01)
    gone = [rad for at_s, rad in arm.way if at_s > start_s]
    assert all(backend.run(which_are_free, gone[::5]))
    print(f"{free.count(False)} of 40 states of the straight way touch the wall")


def test_no_position_reaches_a_pose_out_of_reach(backend):
    assert backend.run(configurations_at, 0.0, -0.5, 2.5) == []


def test_a_pose_in_reach_and_inside_a_wall_is_no_pose_out_of_reach(backend):
    backend.run(see_wall)
    with pytest.raises(NoPlan, match="touches something"):
        backend.run(configurations_at, 0.25, -0.25, 0.45)


def test_a_candidate_out_of_reach_is_rejected_and_the_next_one_taken(backend, user):
    outcome = backend.run(pick_one_of, candidate(1.5), candidate(0.5))
    assert outcome.held
    assert outcome.executed_index == 1
    rejected = {verdict.rejected_code for verdict in outcome.verdicts if verdict.grasp_index == 0}
    assert rejected == {ErrorCode.OUT_OF_REACH}
    assert_nothing_of_ours_in(user.scene())


@pytest.mark.parametrize("stage", [Stage.PREGRASP, Stage.APPROACH, Stage.LIFTING])
def test_a_pick_stopped_on_its_way_leaves_nothing_behind(backend, user, stage):
    begun, outcome = backend.run(pick_and_stop_in, stage)
    assert stage in begun
    assert outcome.error.code is ErrorCode.CANCELLED
    assert_nothing_of_ours_in(user.scene())


@pytest.mark.parametrize("way", ["every way", "MoveIt alone", "the controller alone"])
def test_a_stop_in_the_middle_makes_the_arm_stand(backend, arm, way):
    backend.begin(go_with_one_way_of_stopping, way)
    assert eventually(lambda: has_left(arm))
    pressed_s = time.monotonic()
    backend.pressed.set()
    with pytest.raises(Cancelled):
        backend.result()
    ended_s = time.monotonic() - pressed_s
    time.sleep(STANDS_WITHIN_S + 0.5)
    stood_s, way_rad = arm.stood_after_s(pressed_s)
    print(f"{way}: stands after {stood_s * 1000:.0f} ms and {way_rad * 1000:.0f} mrad, ")
    print(f"  execute ended after {ended_s * 1000:.0f} ms")
    assert stood_s < STANDS_WITHIN_S
    assert not np.allclose(arm.arm_rad(), TURNED, atol=0.1)
    backend.run(go_to, HOME)  # MoveIt is ready for the next motion


def test_a_motion_that_is_stopped_as_it_begins_never_moves_the_arm(backend, arm):
    assert backend.run(stop_before_it_moves) == 5
    time.sleep(1.5)
    assert np.allclose(arm.arm_rad(), HOME, atol=0.05)


def test_a_goal_inside_a_wall_is_refused(backend):
    backend.run(see_wall)
    with pytest.raises(NoPlan):
        backend.run(plan_to, HOME + (TURNED - HOME) / 2, 2.0)


def test_planning_that_leads_nowhere_ends_in_time(backend):
    backend.run(see_barrier)
    assert all(backend.run(which_are_free, [HOME, TURNED]))
    start_s = time.monotonic()
    with pytest.raises(NoPlan):
        backend.run(plan_to, TURNED, 2.0)
    took_s = time.monotonic() - start_s
    print(f"no plan after {took_s:.2f} s; 2 s were given")
    assert took_s < 4.0


@pytest.mark.parametrize("moment_s", [0.8, 1.0, 1.15, 1.3])
def test_planning_is_stopped_by_a_service_after_a_slice_at_most(backend, user, moment_s):
    press = user.create_client(Trigger, "press", callback_group=user.group)
    assert press.wait_for_service(10.0)
    backend.run(see_barrier)
    backend.begin(plan_to, TURNED, 60.0)
    time.sleep(moment_s)
    pressed_s = time.monotonic()
    reply_of(press.call_async(Trigger.Request()))
    served_s = time.monotonic() - pressed_s
    with pytest.raises(Cancelled):
        backend.result()
    ended_s = time.monotonic() - pressed_s
    print(f"the stop was served after {served_s:.2f} s, planning ended after {ended_s:.2f} s")
    assert ended_s < 2.0


def test_planning_keeps_other_threads_waiting_for_a_slice_at_most(backend):
    backend.run(see_wall)
    around_s = backend.run(longest_silence_while_planning, TURNED, 10.0)
    backend.run(see_barrier)
    nowhere_s = backend.run(longest_silence_while_planning, TURNED, 2.0)
    print(f"longest silence: {around_s:.2f} s around the wall, {nowhere_s:.2f} s at the barrier")
    assert max(around_s, nowhere_s) < 2.0


def test_joint_states_are_fresh_after_planning(backend):
    """The motion that follows is watched from its first moment."""
    backend.run(see_barrier)
    ages_s = [backend.run(age_of_joints_after_planning, TURNED, 1.0) for _ in range(4)]
    print(f"the newest joint state is at most {max(ages_s) * 1000:.0f} ms old")
    assert max(ages_s) < 0.3

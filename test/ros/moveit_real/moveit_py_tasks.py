"""Tasks of the process in which the real moveit_py runs; it imports them by name."""

import contextlib
import threading
import time
from unittest import mock

import numpy as np
from moveit_tasks import CLOUD, HOME, TURNED, barrier, candidate, pick, wall

from rt_grasp_ros.grasp.errors import Cancelled, NoPlan
from rt_grasp_ros.motion.backend import never
from rt_grasp_ros.motion.planning_scene import PlanningScene

OPENING_M = 0.06


def clear_scene(backend, is_cancelled):
    backend.clear_scene()


def see_wall(backend, is_cancelled):
    backend.set_scene(wall())


def see_barrier(backend, is_cancelled):
    backend.set_scene(barrier())


def see_box(backend, is_cancelled):
    backend.set_scene(PlanningScene(CLOUD, CLOUD[:, 1] < 0.1, 0.0, OPENING_M))


def grip(backend, is_cancelled):
    backend.close_gripper(5.0, is_cancelled)


def let_go(backend, is_cancelled):
    backend.open_gripper(OPENING_M, 5.0, is_cancelled)


def pick_one_of(backend, is_cancelled, *candidates):
    return pick(backend, *candidates, is_cancelled=is_cancelled)


def pick_and_stop_in(backend, is_cancelled, stage):
    """Return the stages begun and the outcome of a pick that is stopped 0.2 s into a stage."""
    begun, pressed = [], threading.Event()

    def report(now, _):
        begun.append(now)
        if now is stage:
            threading.Timer(0.2, pressed.set).start()

    outcome = pick(backend, candidate(0.5), is_cancelled=pressed.is_set, on_progress=report)
    return begun, outcome


def go_to(backend, is_cancelled, goal_rad):
    plan = backend.plan_joints(backend.arm_positions(), goal_rad, 10.0, is_cancelled)
    backend.execute(plan, 30.0, is_cancelled)


def go_with_one_way_of_stopping(backend, is_cancelled, way):
    """Go to TURNED; only one of the ways of stopping is there."""
    deaf = {"MoveIt alone": (backend._io, "hold"), "the controller alone": (backend, "_execution")}
    with mock.patch.object(*deaf[way]) if way in deaf else mock.patch.dict({}):
        go_to(backend, is_cancelled, TURNED)


def stop_before_it_moves(backend, is_cancelled):
    """Begin motions to TURNED and stop each at once; returns how many were said to be stopped."""
    plan = backend.plan_joints(HOME, TURNED, 10.0, never)
    stopped = 0
    for _ in range(5):
        try:
            backend.execute(plan, 30.0, lambda: True)
        except Cancelled:
            stopped += 1
    return stopped


def plan_to(backend, is_cancelled, goal_rad, timeout_s):
    backend.plan_joints(HOME, goal_rad, timeout_s, is_cancelled)


def longest_silence_while_planning(backend, is_cancelled, goal_rad, timeout_s):
    """Return for how long at most, in seconds, no other Python thread ran."""
    beats, ended = [time.monotonic()], threading.Event()

    def beat():
        while not ended.wait(0.005):
            beats.append(time.monotonic())

    beating = threading.Thread(target=beat)
    beating.start()
    with contextlib.suppress(NoPlan):
        backend.plan_joints(HOME, goal_rad, timeout_s, is_cancelled)
    ended.set()
    beating.join()
    return float(np.diff([*beats, time.monotonic()]).max())


def age_of_joints_after_planning(backend, is_cancelled, goal_rad, timeout_s):
    """Return how old the newest joint state is, in seconds, when planning has just ended."""
    with contextlib.suppress(NoPlan):
        backend.plan_joints(HOME, goal_rad, timeout_s, is_cancelled)
    return backend._io.now_s() - backend._io.joint_state().stamp_s


def which_are_free(backend, is_cancelled, configurations_rad):
    """Return for each configuration whether the arm touches nothing there."""
    with backend._checker(may_touch_target=False) as checker:
        return [checker.is_free(positions) for positions in configurations_rad]


def configurations_at(backend, is_cancelled, x_m, y_m, z_m):
    """Return the configurations with the hand at a place, turned as in TURNED."""
    T_base_tip = backend.tip_pose(TURNED)
    T_base_tip[:3, 3] = x_m, y_m, z_m
    return backend.solve_ik(T_base_tip, HOME, is_cancelled)

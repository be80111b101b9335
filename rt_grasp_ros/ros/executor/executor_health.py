"""How the executor is: what it does, and whether it hears of the joints."""

from __future__ import annotations

import secrets

from ...doctor.finding import Finding
from ...motion.watch import MAX_STATE_AGE_S
from ..node.lifecycle import ACTIVE
from ..robot.robot_topics import RobotTopics

INSTANCE = "instance"
"""The number of `executor_finding` by which the doctor tells two executors from one."""

_NEVER = "none yet"


def joints_finding(age_s: float | None) -> Finding:
    """Return whether joint states come.

    Args:
        age_s: of the oldest joint's newest state; None where a joint has none.
    """
    advice = "start the arm's driver with its joint_state_broadcaster, or remap joint_states."
    if age_s is None:
        return Finding("joint states", "wrong", f"Not all joints have a state; {advice}")
    numbers = {"age_s": age_s}
    if age_s > MAX_STATE_AGE_S:
        message = f"The newest is {age_s:.1f} s old; {advice}"
        return Finding("joint states", "wrong", message, numbers)
    return Finding("joint states", "ok", f"{age_s:.2f} s old", numbers)


def new_instance() -> int:
    """Return a number that tells this executor from others; six digits, as diagnostics show."""
    return 100_000 + secrets.randbelow(900_000)


def joints_findings(io: RobotTopics) -> list[Finding]:
    """Return whether joint states come, and whether they tell of every joint."""
    state = io.joint_state()
    return [
        joints_finding(None if state is None else io.now_s() - state.stamp_s),
        io.joints_finding(),
    ]


def executor_finding(
    backend: str,
    *,
    state: str,
    is_running: bool,
    is_stopped: bool,
    awaits_word: bool,
    last: str,
    instance: int,
) -> Finding:
    """Return what the executor does.

    Args:
        backend: what plans and moves.
        state: of the node's lifecycle.
        is_running: whether a goal is carried out.
        is_stopped: whether the last thing it was told was to stop.
        awaits_word: whether somebody has to confirm a plan.
        last: how the last goal ended; empty where there was none.
        instance: see `new_instance`.
    """
    numbers = {INSTANCE: float(instance)}
    ended = f"{backend}, last goal: {last or _NEVER}"
    if state != ACTIVE:
        return Finding("executor", "note", f"{state}, takes no goals; {ended}", numbers)
    if awaits_word:
        return Finding("executor", "note", f"waits for the service confirm; {ended}", numbers)
    if is_running and not is_stopped:
        return Finding("executor", "ok", f"carries out a grasp; {ended}", numbers)
    if is_stopped:
        message = f"stopped, goes on with the next command; {ended}"
        return Finding("executor", "note", message, numbers)
    return Finding("executor", "ok", f"idle; {ended}", numbers)

"""How the executor is: what it does, and whether it hears of the joints."""

from __future__ import annotations

from ..doctor.finding import Finding
from ..motion.watch import MAX_STATE_AGE_S

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


def executor_finding(
    backend: str, *, is_running: bool, is_stopped: bool, awaits_word: bool, last: str
) -> Finding:
    """Return what the executor does.

    Args:
        backend: what plans and moves.
        is_running: whether a goal is carried out.
        is_stopped: whether the last thing it was told was to stop.
        awaits_word: whether somebody has to confirm a plan.
        last: how the last goal ended; empty where there was none.
    """
    ended = f"{backend}, last goal: {last or _NEVER}"
    if awaits_word:
        return Finding("executor", "note", f"waits for the service confirm; {ended}")
    if is_running and not is_stopped:
        return Finding("executor", "ok", f"carries out a grasp; {ended}")
    if is_stopped:
        return Finding("executor", "note", f"stopped, goes on with the next command; {ended}")
    return Finding("executor", "ok", f"idle; {ended}")

"""Stops of a moving arm whose joint states lack velocities, are old, or both."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from rt_grasp_ros.motion.braking import arm_now, braking
from rt_grasp_ros.motion.joint_history import JointHistory
from rt_grasp_ros.motion.joint_reading import read_joints
from rt_grasp_ros.motion.sent_motion import SentMotion
from rt_grasp_ros.motion.trajectory import Trajectory
from rt_grasp_ros.sim.controller import JointTrajectoryController, TrajectoryPoint

from ..case import Case, CaseFailed

LIMIT_RAD_S2 = 10.0
STOP_S = 2.0
CYCLE_S = 0.004
RIGHT = "brakes forward, no harder than the profile allows, and never turns back"


def stopped(
    speed_rad_s: float, age_s: float, velocities: str, rate_hz: float, *, is_sent_known: bool
) -> str:
    """Stop the cell's controller in motion, and return how it came to rest.

    Raises:
        CaseFailed: it braked harder than allowed, or turned back.
    """
    way = _way(speed_rad_s)
    controller = JointTrajectoryController(("a",), [0.0])
    _accept(controller, way, 0.0)
    heard = JointHistory()
    for time_s in STOP_S - age_s - np.arange(0.2, -1e-9, -1.0 / rate_hz):
        position, velocity = controller.sample(float(time_s))
        told = {
            "sent": velocity,
            "missing": np.empty(0),
            "zero": 0.0 * velocity,
            "in degrees": np.degrees(velocity),
        }[velocities]
        heard.hear(read_joints(("a",), position, told, ("a",)), float(time_s), 0.0)
    sent = SentMotion(way, 0.0) if is_sent_known else None
    now = arm_now(heard.state_of(("a",)), sent, STOP_S)
    if now is None:
        raise CaseFailed("nothing is known of the arm")
    told_s = STOP_S + CYCLE_S
    before = _positions(controller, told_s - CYCLE_S * np.arange(5, 0, -1))
    _accept(controller, braking(now, np.array([LIMIT_RAD_S2])).command, told_s)
    after = _positions(controller, told_s + CYCLE_S * np.arange(500))
    return _judged(np.concatenate([before, after]))


def _positions(
    controller: JointTrajectoryController, times_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.array([controller.sample(float(time_s))[0][0] for time_s in times_s])


def _way(speed_rad_s: float) -> Trajectory:
    """Return an even motion, sped up within a quarter of a second."""
    ends_s = np.array([0.0, 0.25, 5.0, 6.0])
    positions = speed_rad_s * np.array([0.0, 0.125, 4.875, 5.375])
    velocities = speed_rad_s * np.array([0.0, 1.0, 1.0, 0.0])
    return Trajectory(("a",), positions[:, None], velocities[:, None], ends_s)


def _accept(controller: JointTrajectoryController, motion: Trajectory, time_s: float) -> None:
    points = [
        TrajectoryPoint((p[0],), float(t), None if np.isnan(v[0]) else (v[0],))
        for p, v, t in zip(motion.positions, motion.velocities, motion.times_s, strict=True)
    ]
    controller.accept(motion.names, points, time_s)


def _judged(positions: NDArray[np.float64]) -> str:
    velocities = np.diff(positions) / CYCLE_S
    peak_rad_s2 = float(np.abs(np.diff(velocities)).max() / CYCLE_S)
    back_rad_s = max(0.0, float(-velocities.min()))
    seen = f"{peak_rad_s2:.1f} rad/s^2 of {LIMIT_RAD_S2:.0f}, {back_rad_s:.2f} rad/s backwards"
    if peak_rad_s2 > 1.001 * LIMIT_RAD_S2 or back_rad_s > 1e-6:
        raise CaseFailed(seen)
    return seen


def cases() -> list[Case]:
    """Return the stops that once sent an arm backwards, and their kin."""
    found = []
    for speed_rad_s in (0.2, 1.0):
        for velocities in ("sent", "missing", "zero", "in degrees"):
            for age_s in (0.0, 0.03, 0.099, 0.101, 0.5, 0.9):
                for is_sent_known in (True, False):
                    run: Callable[[], str] = partial(
                        stopped, speed_rad_s, age_s, velocities, 50.0, is_sent_known=is_sent_known
                    )
                    known = "our trajectory" if is_sent_known else "somebody else's"
                    name = (
                        f"{speed_rad_s} rad/s on {known}, velocities {velocities}, "
                        f"state {age_s * 1000:.0f} ms old"
                    )
                    found.append(Case("braking", name, "review", RIGHT, run))
    return found

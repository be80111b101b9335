"""How an arm in motion is brought to rest: by a point a little further on its way."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .following import Following
from .sent_motion import SentMotion
from .trajectory import JointState, Trajectory

BRAKE_S = 0.06
"""The shortest time in which an arm is braked."""

_DELIVERY_S = 0.004  # until the controller's next cycle has what is sent
_TIMING_S = 0.005  # by how much that differs
_SHARE_UNSURE = 0.25  # of the age of a velocity, as if it were a difference in time
_MARGIN = 0.95  # of the acceleration that is allowed
_CARRIED_S = 0.1  # nobody speeds up evenly for long
_STANDING_RAD_S = 0.02
_CYCLE_S = 0.004  # of controllers
_JOIN_S = 0.008  # two cycles of most controllers


@dataclass(frozen=True, slots=True, eq=False)
class ArmNow:
    """Where the arm is taken to be when its controller has what is sent now, and how fast.

    Attributes:
        names: the J joints.
        positions: shape (J,), rad.
        velocities: shape (J,), rad/s.
        unsure_s: by how much time the arm may be elsewhere on its way.
        uneven_s: the part of that which comes of the times of messages.
        brake_at_least_s: the shortest time to brake in.
        begins_at_velocity: whether the controller begins a new trajectory at the velocities.
    """

    names: tuple[str, ...]
    positions: NDArray[np.float64]
    velocities: NDArray[np.float64]
    unsure_s: float
    uneven_s: float
    brake_at_least_s: float
    begins_at_velocity: bool


@dataclass(frozen=True, slots=True, eq=False)
class Braking:
    """How an arm comes to rest.

    Attributes:
        command: what the arm's controller is told.
        way: how it moves by that, from the moment at which it is told.
    """

    command: Trajectory
    way: Trajectory


def arm_now(
    state: JointState | None,
    sent: SentMotion | None,
    now_s: float,
    *,
    knows_velocities: bool | None = None,
) -> ArmNow | None:
    """Return where the arm is when it is told to stop now, of two sources; None where none says it.

    1. The trajectory that was sent last, as long as the measured state does not contradict it
       (`SentMotion.following`): its position and speed at any moment are known, however old the
       state is and whether or not it has velocities. Its end is rest.
    2. The measured state, carried on at its velocity: x + v age. With the age of that velocity
       grows the time to brake in, and it is never braked in less time than the state's age: should
       the arm have stopped since, it is not hurled forward.

    Args:
        state: what the arm's joints measured last.
        sent: the last trajectory that was sent, of the same joints.
        now_s: the present time, on the clock of both.
        knows_velocities: whether the arm's controller begins a new trajectory at the joints'
            velocities; None where it does not say: then it is taken to where the driver sends them.
    """
    if knows_velocities is None:
        knows_velocities = state is not None and not np.any(state.velocity_spans_s)
    if sent is not None:
        still = np.zeros(len(sent.trajectory.names))
        followed = Following(0.0, still, 0.0) if state is None else sent.following(state)
        if followed is not None:
            positions, velocities = sent.at(now_s + _DELIVERY_S - followed.lag_s)
            return ArmNow(
                sent.trajectory.names,
                positions + followed.beside,
                velocities,
                math.hypot(_TIMING_S, followed.unsure_s),
                followed.unsure_s,
                BRAKE_S,
                knows_velocities,
            )
    if state is None:
        return None
    age_s = max(now_s - state.stamp_s, 0.0)
    spans_s = np.atleast_1d(state.velocity_spans_s)
    span_s = float(spans_s[np.isfinite(spans_s)].max(initial=0.0))
    positions, velocities = _carried_on(state, age_s + _DELIVERY_S)
    return ArmNow(
        state.names,
        positions,
        velocities,
        _TIMING_S + _SHARE_UNSURE * (age_s + span_s),
        0.0 if state.motion is None else state.motion.uneven_s,
        max(BRAKE_S, age_s),
        knows_velocities,
    )


def _carried_on(state: JointState, age_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where joints are a while after they were measured, and how fast, (J,) each.

    They go on as they did, with their acceleration for a tenth of a second; one that slows down
    does not turn back.
    """
    if state.motion is None:
        return state.positions + state.velocities * age_s, state.velocities
    positions, v = state.motion.positions, state.motion.velocities
    a = state.motion.accelerations
    slows = (a * v < 0.0) & (np.abs(v) > _STANDING_RAD_S)
    rest_s = np.where(slows, np.abs(v) / np.maximum(np.abs(a), 1e-9), np.inf)
    carried_s = np.minimum(min(age_s, _CARRIED_S), rest_s)
    velocities = v + a * carried_s
    velocities[carried_s == rest_s] = 0.0
    even_s = np.where(carried_s == rest_s, 0.0, age_s - carried_s)
    positions = positions + (v + velocities) / 2.0 * carried_s + velocities * even_s
    return positions, velocities


def braking(now: ArmNow, max_acceleration_rad_s2: NDArray[np.float64]) -> Braking:
    """Return what brings joints to rest on their way, none of them turning back.

    `joint_trajectory_controller` leads by a cubic polynomial from where the joints are, x and v,
    when a point comes, to that point at rest. For a point d ahead and a time T its acceleration
    runs evenly from 6 d / T^2 - 4 v / T to 2 v / T - 6 d / T^2: braking is even, v / T, for
    d = v T / 2, and no joint turns back for d from v T / 3 to 2 v T / 3. Where the arm is u seconds
    from where it is taken to be, d is off by v u, which costs 6 v u / T^2. T is chosen so that
    v / T + 6 v u / T^2 is what the joint may brake with, and 0.06 s at least: for a sixth of it, 10
    ms, the arm may be before or behind.

    A controller whose hardware gives no velocities begins at v = 0, and so ends every motion within
    one cycle. It is sent a first point without a velocity, to which it leads straight: the arm goes
    on as it is for 0.06 s at least and a quarter longer than it could brake in, and brakes then.
    With that, being 5 ms off changes the velocity no more within a cycle of 4 ms than braking does;
    where messages leave it further off than that, it goes on for longer.

    Args:
        now: where the arm is, and how fast.
        max_acceleration_rad_s2: of these joints, shape (J,).
    """
    speed = np.abs(now.velocities)
    allowed = _MARGIN * max_acceleration_rad_s2
    needed_s = (speed + np.sqrt(speed**2 + 24.0 * allowed * speed * now.unsure_s)) / (2.0 * allowed)
    brake_s = max(now.brake_at_least_s, float(needed_s.max()))
    start = now.positions
    still, unknown = np.zeros_like(start), np.full_like(start, np.nan)
    if now.begins_at_velocity:
        end = start + now.velocities * brake_s / 2.0
        points = [(0.0, start, now.velocities), (brake_s, end, still)]
    else:
        longer = (_TIMING_S + now.uneven_s) / _CYCLE_S
        join_s = max(BRAKE_S, longer * float((speed / max_acceleration_rad_s2).max()))
        coast_s = join_s + _JOIN_S
        joined, even = (start + now.velocities * time_s for time_s in (join_s, coast_s))
        end = even + now.velocities * brake_s / 2.0
        points = [
            (0.0, start, now.velocities),
            (join_s, joined, unknown),
            (coast_s, even, now.velocities),
            (coast_s + brake_s, end, still),
        ]
    times_s, positions, velocities = (np.array(column) for column in zip(*points, strict=True))
    return Braking(
        command=Trajectory(now.names, positions[1:], velocities[1:], times_s[1:]),
        way=Trajectory(now.names, positions, velocities, times_s),
    )

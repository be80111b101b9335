"""How an arm in motion is brought to rest: by a point a little further on its way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .trajectory import JointState, Trajectory

BRAKE_S = 0.02
"""The shortest time in which an arm is braked."""

MAX_AGE_S = 0.1
"""How old a measurement may be for its velocities to be believed."""


def braking(
    state: JointState, age_s: float, max_acceleration_rad_s2: NDArray[np.float64]
) -> Trajectory:
    """Return the one point that brings joints to rest on their way, none of them turning back.

    A controller leads on to it from where the joints are when it comes, and as fast as they are
    then: x + v age, and v. To brake evenly from v within T takes the way v T / 2. T is `BRAKE_S`,
    or longer where a joint would have to brake harder than it may.

    What was measured longer than `MAX_AGE_S` ago says where the joints were, not how fast they are:
    they go back there, no faster than they came.

    Args:
        state: what the arm's joints measured last.
        age_s: how long ago.
        max_acceleration_rad_s2: of these joints, shape (J,).
    """
    if age_s > MAX_AGE_S:
        end, brake_s = state.positions, age_s
    else:
        needed_s = np.abs(state.velocities) / max_acceleration_rad_s2
        brake_s = max(BRAKE_S, float(needed_s.max()))
        end = state.positions + state.velocities * (age_s + brake_s / 2)
    still = np.zeros_like(end)
    return Trajectory(state.names, end[None], still[None], np.array([brake_s]))

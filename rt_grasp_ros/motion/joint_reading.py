"""What is right of a joint state message, and what is wrong with the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JointReading:
    """What a message says of the joints that somebody wants to know of.

    Attributes:
        positions: by joint, rad (or m); those alone that the message gives.
        velocities: by joint of `positions`, rad/s (or m/s); NaN where the message gives none.
        problems: what is wrong with the message for these joints, each in a few words.
    """

    positions: dict[str, float]
    velocities: dict[str, float]
    problems: tuple[str, ...]


def read_joints(
    names: Sequence[str],
    positions: Sequence[float],
    velocities: Sequence[float],
    wanted: Sequence[str],
) -> JointReading:
    """Take what is right of a message of `sensor_msgs/JointState`.

    Names may come in any order and among others. A joint whose position is missing, not finite,
    or given twice and differently is left out and named; the others count. Velocities are taken
    where there is one for each name; drivers that send none, fewer, or NaN are common, and no
    problem: what is made of positions takes their place.

    Args:
        names: as the message has them.
        positions: as the message has them, rad (or m); there should be one for each name.
        velocities: as the message has them, rad/s (or m/s).
        wanted: the joints to look for; a message need not name them all.
    """
    has_velocities = len(velocities) == len(names)
    given: dict[str, tuple[float, float]] = {}
    problems: list[str] = []
    refused: set[str] = set()
    for index, name in enumerate(names):
        if name not in wanted or name in refused:
            continue
        position = positions[index] if index < len(positions) else math.nan
        velocity = velocities[index] if has_velocities else math.nan
        if index >= len(positions):
            problems.append(f"{name} has no position")
        elif not math.isfinite(position):
            problems.append(f"the position of {name} is not a number")
        elif name in given and given[name][0] != position:
            problems.append(f"{name} comes twice, with different positions")
        else:
            given[name] = position, velocity if math.isfinite(velocity) else math.nan
            continue
        refused.add(name)
        given.pop(name, None)
    return JointReading(
        positions={name: position for name, (position, _) in given.items()},
        velocities={name: velocity for name, (_, velocity) in given.items()},
        problems=tuple(problems),
    )

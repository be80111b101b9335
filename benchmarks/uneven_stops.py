"""How evenly an arm is stopped whose joint states are uneven, or whose motion is not ours.

Nothing of ours is under way: where the arm is and how fast is known from joint states alone. The
controllers are the tests' models, in cycles of 4 ms; a stop's peak acceleration is taken of the
commanded positions, over what the robot's profile allows. Speeds are 0.05 to 1.5 rad/s.

    python -m benchmarks.uneven_stops --stops 200
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "test" / "motion"))
from ros2_controller import points_of
from stopped_arm import CONTROLLERS, LIMIT, NAMES, peaks, way_of

from rt_grasp_ros.motion.braking import arm_now, braking
from rt_grasp_ros.motion.joint_history import JointHistory
from rt_grasp_ros.motion.joint_reading import read_joints
from rt_grasp_ros.motion.sent_motion import SentMotion

HEARD_S = 0.6
BRAKED_S = 1.8
LATE_S = 0.003  # until the controller has the message
EPOCH_S = 1e5
EVEN_RAMP_S = 0.25


@dataclass(frozen=True)
class Stream:
    """How joint states come.

    Attributes:
        uneven_s: by how much stamps are off at most, and half of what arrivals are late by.
        is_stamped: whether messages have stamps.
        stamps_off: whether the stamps are off, else right.
        arrivals_off: whether messages are late by chance.
        has_velocities: whether messages have velocities.
        age_s: the newest state is up to so old.
        speeds_up: whether the arm is stopped in the ramp of its motion or shortly after.
        is_ours: whether its trajectory was sent here.
    """

    uneven_s: float = 0.0
    is_stamped: bool = True
    stamps_off: bool = False
    arrivals_off: bool = False
    has_velocities: bool = False
    age_s: float = 0.1
    speeds_up: bool = False
    is_ours: bool = False


def uneven(milliseconds: int) -> dict[str, Stream]:
    """Return streams without velocities whose times are off by up to so much."""
    off_s = milliseconds / 1000
    return {
        f"stamps off by {milliseconds} ms": Stream(off_s, stamps_off=True),
        f"stamps off by {milliseconds} ms, and late by up to {2 * milliseconds} ms": Stream(
            off_s, stamps_off=True, arrivals_off=True
        ),
        f"no stamps, late by up to {2 * milliseconds} ms": Stream(
            off_s, is_stamped=False, arrivals_off=True
        ),
        f"stamps right, late by up to {2 * milliseconds} ms": Stream(off_s, arrivals_off=True),
    }


def foreign(age_s: float) -> dict[str, Stream]:
    """Return streams of an arm that speeds up without us, up to so old."""
    told = f"speeds up, states up to {1000 * age_s:.0f} ms old"
    return {
        f"{told}, with velocities": Stream(age_s=age_s, speeds_up=True, has_velocities=True),
        f"{told}, without": Stream(age_s=age_s, speeds_up=True),
    }


def ours(milliseconds: int) -> dict[str, Stream]:
    """Return streams of an arm that goes on our trajectory, and may speed up."""
    off_s = milliseconds / 1000
    return {
        f"ours, {'speeds up' if speeds_up else 'even'}, "
        f"stamps off by {milliseconds} ms, and late by up to {2 * milliseconds} ms, "
        f"{'with' if has_velocities else 'without'}": Stream(
            off_s,
            stamps_off=True,
            arrivals_off=True,
            has_velocities=has_velocities,
            speeds_up=speeds_up,
            is_ours=True,
        )
        for speeds_up in (False, True)
        for has_velocities in (False, True)
    }


STREAMS = {
    **ours(0),
    **ours(4),
    **ours(8),
    **uneven(2),
    **uneven(4),
    **uneven(8),
    **foreign(0.01),
    **foreign(0.05),
    **foreign(0.2),
}


def messages_of(
    arm: Any, stream: Stream, times_s: np.ndarray, rng: np.random.Generator
) -> Iterator[tuple[float, float, np.ndarray, Any]]:
    """Let an arm go on, and yield arrival, stamp, positions and velocities of its joint states.

    None overtakes another: DDS keeps the order of a writer.
    """
    arrival_s = -np.inf
    for time_s in times_s.tolist():
        arm.advance(time_s)
        positions = arm.positions + (time_s - arm.time_s) * arm.velocities
        off_s = rng.uniform(-stream.uneven_s, stream.uneven_s) if stream.stamps_off else 0.0
        late_s = rng.uniform(0.0, 2.0 * stream.uneven_s) if stream.arrivals_off else 0.0
        stamp_s = EPOCH_S + time_s + off_s if stream.is_stamped else 0.0
        arrival_s = max(arrival_s, time_s + late_s)
        yield arrival_s, stamp_s, positions, arm.velocities if stream.has_velocities else []


def stop(stream: Stream, controller: str, rng: np.random.Generator) -> tuple[float, float, float]:
    """Stop an arm; return peak acceleration (1 is allowed), speed backwards, and time to brake."""
    velocity = rng.uniform(0.05, 1.5, 2) * rng.choice([-1.0, 1.0], 2)
    rate_hz = float(rng.choice([20.0, 50.0, 125.0, 250.0, 1000.0]))
    ramp_s, at_s = EVEN_RAMP_S, 1.6
    if stream.speeds_up:
        ramp_s = 1.3 * float(np.max(np.abs(velocity) / LIMIT)) + 0.1
        at_s = 0.05 + ramp_s * rng.uniform(0.1, 1.2)
    age_s = min(rng.uniform(0.0, stream.age_s), at_s - 0.03)
    way = way_of(velocity, ramp_s=ramp_s)
    arm = CONTROLLERS[controller](np.zeros(2))
    arm.accept(NAMES, points_of(way))
    times_s = at_s - age_s - np.arange(HEARD_S, -1e-9, -1 / rate_hz)
    heard = JointHistory()
    for arrival_s, stamp_s, q, v in messages_of(arm, stream, times_s, rng):
        if arrival_s <= at_s:
            heard.hear(read_joints(NAMES, q, v, NAMES), arrival_s, stamp_s)
    arm.advance(at_s)
    knows = False if controller == "positions only" else None
    sent = SentMotion(way, 0.0) if stream.is_ours else None
    now = arm_now(heard.state_of(NAMES, is_fitted=True), sent, at_s, knows_velocities=knows)
    if now is None:
        return 0.0, 0.0, 0.0
    told = braking(now, LIMIT)
    arm.advance(at_s + LATE_S)
    arm.accept(NAMES, points_of(told.command))
    arm.advance(at_s + BRAKED_S)
    harsh, back_rad_s = peaks(arm, velocity, at_s - 0.02)
    return harsh, back_rad_s, told.way.duration_s


def table(rows: dict[tuple[str, str], np.ndarray]) -> str:
    """Return peak accelerations as Markdown."""
    lines = [
        "| joint states | controller | peak, median | 90 % | worst | backwards, rad/s |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for (stream, controller), stops in rows.items():
        harsh, back = stops[:, 0], stops[:, 1]
        peak = f"{np.median(harsh):.1f} | {np.quantile(harsh, 0.9):.1f} | {harsh.max():.1f}"
        lines.append(f"| {stream} | {controller} | {peak} | {back.max():.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Stop arms, print the table, and write the numbers where asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stops", type=int, default=200, help="of each kind (default 200)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--controller", nargs="+", default=["measured", "positions only"])
    parser.add_argument("--json", type=Path, help="write all numbers there")
    arguments = parser.parse_args()
    rows = {}
    for name, stream in STREAMS.items():
        for controller in arguments.controller:
            rng = np.random.default_rng(arguments.seed)
            stops = [stop(stream, controller, rng) for _ in range(arguments.stops)]
            rows[name, controller] = np.array(stops)
    if arguments.json:
        numbers = {" / ".join(key): stops.tolist() for key, stops in rows.items()}
        arguments.json.write_text(json.dumps(numbers, indent=1), encoding="utf-8")
    print(table(rows))


if __name__ == "__main__":
    main()

"""What ros2_control's joint_trajectory_controller does with trajectories, cycle by cycle.

Written after the source and the documentation of ros2_controllers 6.9 (`trajectory.cpp`,
`joint_trajectory_controller.cpp`): which state a new trajectory begins from, how it interpolates,
what it refuses, how it holds and cancels. The hardware is ideal: joints are where the last cycle
commanded them, as with `mock_components`. Left out are tolerances, partial goals, accelerations
(nobody sends them here), and that with `interpolate_from_desired_state` the source begins one cycle
in the past, which makes one cycle of a new trajectory twice as fast.
"""

import itertools
from dataclasses import dataclass

import numpy as np

PERIOD_S = 0.004


@dataclass
class Point:
    """`positions` and `velocities` (None where the message has none), seconds from the start."""

    time_s: float
    positions: np.ndarray
    velocities: np.ndarray | None


class Ros2Controller:
    """One controller and its joints, on the time that it is given.

    `knows_velocity`: whether the hardware has state interfaces for velocities.
    `from_desired`: its parameter `interpolate_from_desired_state`.
    `positions`, `velocities`: as the last cycle measured them, at `time_s`.
    `scaling`: how fast it goes along its trajectory, as its speed scaling does.
    `record`: time and commanded positions of each cycle.
    """

    def __init__(
        self, names, positions, time_s=0.0, knows_velocity=True, from_desired=False, period_s=None
    ):
        self.names = tuple(names)
        self.knows_velocity, self.from_desired = knows_velocity, from_desired
        self.period_s = period_s or PERIOD_S
        self.scaling = 1.0
        self.place(positions, time_s)

    def place(self, positions, time_s):
        """Let the joints stand somewhere, as if they had been switched on there."""
        self.positions = np.array(positions, dtype=float)
        self.velocities = np.zeros(len(self.names))
        self._command = self.positions, self.velocities
        self.record = [(time_s, self.positions)]
        self.time_s = time_s
        self.is_holding = True
        self._before = None
        self._points = [Point(0.0, self.positions, None)]
        self._begun_s = self._along_s = time_s
        self._new = None

    def accept(self, names, points):
        """Take a trajectory from the next cycle on; returns whether it is one that can be."""
        points = [
            Point(t, np.array(p, float), None if v is None or len(v) == 0 else np.array(v, float))
            for t, p, v in points
        ]
        if sorted(names) != sorted(self.names) or not points:
            return False
        times_s = [point.time_s for point in points]
        if min(times_s) < 0 or (np.diff(times_s) <= 0).any():
            return False
        ends = points[-1].velocities
        if ends is not None and np.abs(ends).max() > np.finfo(np.float32).eps:
            return False
        if any(
            len(array) != len(names)
            for point in points
            for array in (point.positions, point.velocities)
            if array is not None
        ):
            return False
        order = [list(names).index(name) for name in self.names]
        self._new = [
            Point(
                point.time_s,
                point.positions[order],
                None if point.velocities is None else point.velocities[order],
            )
            for point in points
        ]
        self.is_holding = False
        return True

    def hold(self):
        """Command the measured positions at once: so it does when its goal is cancelled."""
        self._new = [Point(0.0, self.positions, None)]
        self.is_holding = True

    def advance(self, until_s):
        """Run the cycles up to a time."""
        while self.time_s + self.period_s <= until_s + 1e-9:
            self.time_s += self.period_s
            self._cycle()

    @property
    def is_at_end(self):
        """Whether the last point's time has come."""
        return self._new is None and self._along_s >= self._begun_s + self._points[-1].time_s

    def _cycle(self):
        self.positions, self.velocities = self._command
        if self._new is not None:
            self._points, self._new = self._new, None
            velocities = self.velocities if self.knows_velocity or self.from_desired else None
            if velocities is None and self._points[0].velocities is not None:
                velocities = np.zeros(len(self.names))
            self._begun_s = self._along_s = self.time_s
            self._before = Point(0.0, self.positions, velocities)
        else:
            self._along_s += self.period_s * self.scaling
        next_s = self._along_s + self.period_s * self.scaling - self._begun_s
        positions, velocities = self._sample(next_s)
        self._command = positions, velocities * self.scaling
        self.record.append((self.time_s, self._command[0]))

    def _sample(self, time_s):
        points = self._points if self._before is None else [self._before, *self._points]
        for a, b in itertools.pairwise(points):
            if a.time_s <= time_s < b.time_s:
                return _between(a, b, time_s)
        return points[-1].positions.copy(), np.zeros(len(self.names))


def _between(a, b, time_s):
    span_s, t = b.time_s - a.time_s, time_s - a.time_s
    if a.velocities is None or b.velocities is None:
        slope = (b.positions - a.positions) / span_s
        return a.positions + t * slope, slope
    rise = b.positions - a.positions
    c2 = (3 * rise - (2 * a.velocities + b.velocities) * span_s) / span_s**2
    c3 = (-2 * rise + (a.velocities + b.velocities) * span_s) / span_s**3
    return (
        a.positions + t * (a.velocities + t * (c2 + t * c3)),
        a.velocities + t * (2 * c2 + t * 3 * c3),
    )


def points_of(trajectory):
    """Return a `Trajectory` as the points of a message: rows of NaN are velocities not sent."""
    return [
        (float(t), p, None if np.isnan(v).all() else v)
        for t, p, v in zip(
            trajectory.times_s, trajectory.positions, trajectory.velocities, strict=True
        )
    ]


def speeds(record, start_s=-np.inf, end_s=np.inf):
    """Return times, commanded velocities and accelerations of a record, from its positions."""
    rows = [(t, p) for t, p in record if start_s <= t <= end_s]
    times_s = np.array([t for t, _ in rows])
    velocities = np.diff([p for _, p in rows], axis=0) / np.diff(times_s)[:, None]
    accelerations = np.diff(velocities, axis=0) / np.diff(times_s)[1:, None]
    return times_s, velocities, accelerations

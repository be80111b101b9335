"""Arms that are stopped in motion, and how evenly they came to rest."""

import numpy as np
from ros2_controller import Ros2Controller, speeds

from rt_grasp_ros.motion.trajectory import Trajectory
from rt_grasp_ros.sim.controller import JointTrajectoryController, TrajectoryPoint

NAMES = ("shoulder", "elbow")
LIMIT = np.array([7.5, 15.0])
STOP_S = 1.6
CYCLE_S = 0.004


class CellController:
    """The cell's controller, sampled as ros2_control's cycles are."""

    def __init__(self, positions):
        self._controller = JointTrajectoryController(NAMES, positions)
        self.time_s, self.positions, self.velocities = 0.0, np.array(positions), np.zeros(2)
        self.record = [(0.0, self.positions)]

    def accept(self, names, points):
        told = [TrajectoryPoint(tuple(p), t, None if v is None else tuple(v)) for t, p, v in points]
        self._controller.accept(names, told, self.time_s)

    def advance(self, until_s):
        while self.time_s + CYCLE_S <= until_s + 1e-9:
            self.time_s += CYCLE_S
            self.positions, self.velocities = self._controller.sample(self.time_s)
            self.record.append((self.time_s, self.positions))


CONTROLLERS = {
    "cell": CellController,
    "measured": lambda start: Ros2Controller(NAMES, start),
    "positions only": lambda start: Ros2Controller(NAMES, start, knows_velocity=False),
    "desired": lambda start: Ros2Controller(NAMES, start, from_desired=True),
}


def way_of(velocity, ramp_s=0.25, even_s=9.0):
    """Speed up evenly, then go on."""
    even = np.array(velocity)
    return Trajectory(
        NAMES,
        np.array([[0.0, 0.0], even * ramp_s / 2, even * (ramp_s / 2 + even_s), even * even_s]),
        np.array([[0.0, 0.0], even, even, [0.0, 0.0]]),
        np.array([0.0, ramp_s, ramp_s + even_s, ramp_s + even_s + 2.0]),
    )


def harshness(arm, velocity):
    """Return the peaks of an arm that was stopped at `STOP_S`."""
    return peaks(arm, velocity, STOP_S - 0.02)


def peaks(arm, velocity, from_s):
    """Return the peak acceleration over the profile's, and the peak speed against the motion."""
    _, v, a = speeds(arm.record, from_s)
    return float((np.abs(a) / LIMIT).max()), max(0.0, float((-np.sign(velocity) * v).max()))


def assert_even(arm, velocity, most=1.0):
    harsh, back_rad_s = harshness(arm, np.array(velocity))
    assert harsh <= most + 1e-3
    assert back_rad_s < 1e-6
    assert np.abs(arm.velocities).max() == 0.0

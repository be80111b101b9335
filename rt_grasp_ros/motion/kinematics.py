"""Forward and inverse kinematics of the arm (pinocchio, pink)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pink
import pinocchio as pin
from numpy.typing import NDArray
from pink.exceptions import NoSolutionFound

from .backend import IsCancelled, never, raise_if
from .robot import RobotProfile

POSITION_TOLERANCE_M = 1e-4
ROTATION_TOLERANCE_RAD = 1e-3
_MAX_STEPS = 40
_RANDOM_SEED = 7
_LIMIT_MARGIN_RAD = 1e-3


class Kinematics:
    """Poses of the tip frame in the base frame, and the joint positions that reach them."""

    def __init__(self, robot: RobotProfile) -> None:
        """Lock every joint but the arm's.

        Args:
            robot: the arm; its J joints are the ones solved for.
        """
        self._robot = robot
        others = [
            robot.model.getJointId(name)
            for name in robot.model.names[1:]
            if name not in robot.arm_joints
        ]
        self._model = pin.buildReducedModel(robot.model, others, pin.neutral(robot.model))
        self._columns = np.array(
            [self._model.joints[self._model.getJointId(name)].idx_q for name in robot.arm_joints]
        )
        # pink's limits are those of its model: stay a little inside of the real ones.
        self._model.lowerPositionLimit = self._to_model(robot.lower_rad + _LIMIT_MARGIN_RAD)
        self._model.upperPositionLimit = self._to_model(robot.upper_rad - _LIMIT_MARGIN_RAD)
        self._data = self._model.createData()
        self._tip = self._model.getFrameId(robot.tip_frame)
        self._base = self._model.getFrameId(robot.base_frame)

    def tip_pose(self, positions_rad: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `T_base_tip` of joint positions (shape (J,)), shape (4, 4), metres."""
        pin.framesForwardKinematics(self._model, self._data, self._to_model(positions_rad))
        T_base_tip: NDArray[np.float64] = self._T_base_tip().homogeneous
        return T_base_tip

    def solve(
        self, T_base_tip: NDArray[np.float64], seed_rad: NDArray[np.float64]
    ) -> NDArray[np.float64] | None:
        """Return the joint positions near a seed that reach a pose, or None where none are found.

        Differential inverse kinematics (pink: one quadratic programme a step, daqp) to convergence.

        Args:
            T_base_tip: the pose to reach, shape (4, 4), metres.
            seed_rad: where to start, shape (J,).

        Returns:
            Shape (J,), within the joint limits, the pose met within 0.1 mm and 1 mrad; continuous
            joints in the turn in which the seed has them, or the next one.
        """
        target = self._T_root_base() * pin.SE3(T_base_tip)
        task = pink.tasks.FrameTask(self._robot.tip_frame, 1.0, 0.5, lm_damping=1e-4)
        task.set_target(target)
        lower, upper = self._model.lowerPositionLimit, self._model.upperPositionLimit
        seed = np.clip(self._to_model(seed_rad), lower, upper)
        configuration = pink.Configuration(self._model, self._data, seed)
        limit = pink.limits.ConfigurationLimit(self._model, config_limit_gain=1.0)
        best = np.inf
        for step in range(_MAX_STEPS):
            error = task.compute_error(configuration)
            position = float(np.linalg.norm(error[:3]))
            rotation = float(np.linalg.norm(error[3:]))
            if position < POSITION_TOLERANCE_M and rotation < ROTATION_TOLERANCE_RAD:
                found: NDArray[np.float64] = np.clip(configuration.q, lower, upper)[self._columns]
                return found
            if step % 8 == 0:  # stuck at a limit or a singularity: another seed does better
                if position + rotation > 0.7 * best:
                    return None
                best = position + rotation
            try:
                velocity = pink.solve_ik(
                    configuration, [task], 1.0, "daqp", limits=[limit], safety_break=False
                )
            except NoSolutionFound:  # near a singularity: another seed does better
                return None
            configuration.integrate_inplace(np.clip(velocity, -0.5, 0.5), 1.0)
        return None

    def solve_all(
        self,
        T_base_tip: NDArray[np.float64],
        seed_rad: NDArray[np.float64],
        is_cancelled: IsCancelled = never,
        max_seeds: int = 16,
    ) -> list[NDArray[np.float64]]:
        """Return distinct solutions from several seeds, the most comfortable first.

        Comfort: a short way from the seed, and joints far from their limits. A continuous joint is
        at most half a turn from the seed.

        Args:
            T_base_tip: the pose to reach, shape (4, 4), metres.
            seed_rad: where the arm is, shape (J,).
            is_cancelled: asked before each start.
            max_seeds: how many starts to try.

        Returns:
            Joint positions of shape (J,) each; empty where the pose is out of reach.

        Raises:
            Cancelled: it was asked to stop.
        """
        solutions: list[NDArray[np.float64]] = []
        for seed in self._seeds(seed_rad, max_seeds):
            raise_if(is_cancelled)
            found = self.solve(T_base_tip, seed)
            if found is None:
                continue
            solution = self._robot.nearest_rad(found, seed_rad)
            if all(
                np.abs(self._robot.difference_rad(solution, known)).max() > 0.1
                for known in solutions
            ):
                solutions.append(solution)
        return sorted(solutions, key=lambda solution: self._discomfort(solution, seed_rad))

    def _seeds(self, seed_rad: NDArray[np.float64], count: int) -> Iterator[NDArray[np.float64]]:
        """Yield the given seed, home, the middle of the range, then random positions."""
        is_continuous = self._robot.is_continuous
        lower = np.where(is_continuous, seed_rad - np.pi, self._robot.lower_rad)
        upper = np.where(is_continuous, seed_rad + np.pi, self._robot.upper_rad)
        yield seed_rad
        yield self._robot.home_rad
        yield (lower + upper) / 2
        random = np.random.default_rng(_RANDOM_SEED)
        for _ in range(count - 3):
            yield random.uniform(lower, upper)

    def _discomfort(self, solution: NDArray[np.float64], seed_rad: NDArray[np.float64]) -> float:
        """Return how far it is, plus how near a limit: small is good."""
        lower, upper = self._robot.lower_rad, self._robot.upper_rad
        to_limit = np.minimum(solution - lower, upper - solution)
        return float(np.linalg.norm(solution - seed_rad) + 0.2 / max(to_limit.min(), 0.01))

    def _to_model(self, positions_rad: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what is given in the order of the profile (shape (J,)) in that of the model."""
        ordered = np.empty_like(positions_rad)
        ordered[self._columns] = positions_rad
        return ordered

    def _T_root_base(self) -> pin.SE3:
        """Pose of the base frame in the model's root; fixed."""
        return self._model.frames[self._base].placement

    def _T_base_tip(self) -> pin.SE3:
        """Tip pose of the positions last computed."""
        return self._T_root_base().inverse() * self._data.oMf[self._tip]

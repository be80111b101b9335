"""A pick without planner: the hand goes to a true grasp by inverse kinematics alone."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import OutOfReach
from ..motion.gripper import GripperProfile, load_gripper
from ..motion.kinematics import Kinematics
from ..motion.robot import load_robot
from ..resources import share_path
from ..sim.cell import Cell
from ..sim.controller import TrajectoryPoint
from ..sim.labels import PartLabel
from ..sim.panda import ARM_JOINTS, COMMANDED_FINGER_JOINTS
from ..sim.scene_model import body_name

OVER_THE_TABLE_RAD = np.array([0.0, -0.4, 0.0, -2.2, 0.0, 1.8, np.pi / 4])
LIFT_M = 0.15


def true_label(cell: Cell, object_name: str, part_name: str | None = None) -> PartLabel:
    """Return the label of an object's part, or of its usual part where none is named."""
    return next(
        label
        for label in cell.labels()
        if label.object_name == object_name
        and (label.is_default if part_name is None else label.part_name == part_name)
    )


def lift_by_script(cell: Cell, label: PartLabel) -> float:
    """Grasp and lift, and return how far the object slipped in the hand meanwhile, in metres.

    Args:
        cell: with the arm at home and the hand open.
        label: of one of its objects, where it is now.

    Raises:
        OutOfReach: no joint positions bring the hand there.
    """
    _move(cell, OVER_THE_TABLE_RAD, 2.0)
    positions_rad = OVER_THE_TABLE_RAD
    for height_m, duration_s in ((0.12, 1.0), (0.0, 1.0)):
        positions_rad = _reach(label, height_m, positions_rad)
        _move(cell, positions_rad, duration_s)
    closed = TrajectoryPoint((0.0,), 0.8, (0.0,))
    cell.hand_controller.accept(COMMANDED_FINGER_JOINTS, [closed], cell.time_s)
    cell.step(1.1)
    before_m = _position_in_hand_m(cell, label.object_index)
    _move(cell, _reach(label, LIFT_M, positions_rad), 1.5)
    cell.step(1.0)
    return float(np.linalg.norm(_position_in_hand_m(cell, label.object_index) - before_m))


@cache
def _arm() -> tuple[Kinematics, GripperProfile]:
    robot = load_robot(share_path("config/robots/panda.yaml"))
    return Kinematics(robot), load_gripper(share_path("config/grippers/panda_hand.yaml"))


def _reach(label: PartLabel, height_m: float, seed_rad: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return joint positions that bring the hand over a grasp, whichever way round."""
    kinematics, gripper = _arm()
    T_base_grasp = label.T_world_grasp.copy()
    T_base_grasp[2, 3] += height_m
    for turn in (np.eye(4), np.diag([-1.0, -1.0, 1.0, 1.0])):
        T_base_tip = T_base_grasp @ turn @ np.linalg.inv(gripper.T_tip_grasp)
        positions_rad = kinematics.solve(T_base_tip, seed_rad)
        if positions_rad is not None:
            return positions_rad
    raise OutOfReach(
        f"The {label.part_name} of the {label.object_name} is out of reach; draw another scene."
    )


def _move(cell: Cell, positions_rad: NDArray[np.float64], duration_s: float) -> None:
    goal = TrajectoryPoint(tuple(positions_rad), duration_s, (0.0,) * len(ARM_JOINTS))
    cell.arm_controller.accept(ARM_JOINTS, [goal], cell.time_s)
    cell.step(duration_s + 0.1)


def _position_in_hand_m(cell: Cell, object_index: int) -> NDArray[np.float64]:
    in_world = np.append(cell.data.body(body_name(object_index)).xpos, 1.0)
    return np.asarray((np.linalg.inv(cell.T_base_hand) @ in_world)[:3], dtype=np.float64)

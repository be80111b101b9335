"""What MoveIt is asked and answers, checked: it accepts and returns more than is safe."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation, Slerp

from ..grasp.errors import (
    BackendUnavailable,
    Cancelled,
    ControllerFailed,
    JointStatesStale,
    MotionTimeout,
    NoPlan,
    ProfileInvalid,
    RtGraspError,
    TransformUnavailable,
)
from .cartesian import MAX_JUMP_RAD, STEP_M, STEP_RAD

MIN_FRACTION = 0.999
"""Share of a straight line that must be possible: a part of it is no line."""

MAX_DEVIATION_M = 0.005
"""How far the tip may be from the straight line; MoveIt's timing rounds corners off."""

MAX_DEVIATION_RAD = 0.05

SUCCESS = 1
PREEMPTED = -7
NO_IK_SOLUTION = -31
_MEANINGS: dict[int, tuple[type[RtGraspError], str]] = {
    99999: (NoPlan, "it failed without a reason"),
    -1: (NoPlan, "no way was found"),
    -2: (NoPlan, "the way it found is not valid"),
    -3: (NoPlan, "the surroundings changed meanwhile"),
    -4: (ControllerFailed, "the controller refused or aborted"),
    -5: (BackendUnavailable, "its sensors give no data"),
    -6: (NoPlan, "it took too long"),
    -10: (NoPlan, "the arm stands in collision"),
    -12: (NoPlan, "the goal is in collision"),
    -14: (NoPlan, "the goal was not reached"),
    -15: (ProfileInvalid, "it knows no such planning_group"),
    -17: (ProfileInvalid, "it knows other joints than arm_joints"),
    -18: (ProfileInvalid, "it knows no such tip_frame"),
    -21: (TransformUnavailable, "TF does not connect base_frame to its planning frame"),
    -23: (JointStatesStale, "it has no fresh joint states"),
    -26: (NoPlan, "the arm's position is not valid"),
    -27: (NoPlan, "the goal is not valid"),
    -31: (NoPlan, "no joint position reaches the goal"),
}
"""`moveit_msgs/MoveItErrorCodes` by what they mean here; others count as failed planning."""


def failure_of(code: int, doing: str, detail: str = "") -> RtGraspError:
    """Return the failure that a MoveIt error code stands for.

    Args:
        code: `MoveItErrorCodes.val`, not `SUCCESS`.
        doing: what was asked for, such as `planning`.
        detail: MoveIt's own message; empty where it gave none.
    """
    if code == PREEMPTED:
        return Cancelled()
    kind, why = _MEANINGS.get(code, (NoPlan, f"error {code}"))
    if code == -6 and doing == "moving":
        kind = MotionTimeout
    said = f" ({detail})" if detail else ""
    return kind(f"MoveIt failed at {doing}: {why}{said}; look at move_group's log.")


def check_scaling(name: str, value: float) -> float:
    """Return a speed scaling that means what it says.

    MoveIt takes 0 and all that is out of range as full speed.

    Raises:
        ValueError: it is not above 0 and at most 1.
    """
    if not 0.0 < value <= 1.0:
        raise ValueError(f"{name} must be above 0 and at most 1, not {value}")
    return value


def check_line(
    fraction: float,
    positions_rad: NDArray[np.float64],
    T_base_tip: NDArray[np.float64],
    T_base_goal: NDArray[np.float64],
) -> None:
    """Refuse a straight line that is none.

    MoveIt reports success for a part of the line, does not look at jumps of the joints (from
    Jazzy on), and its timing may leave the line.

    Args:
        fraction: the share of the line that MoveIt says is possible.
        positions_rad: along the line, shape (N, J).
        T_base_tip: the tip's poses there, shape (N, 4, 4), metres.
        T_base_goal: where the line ends, shape (4, 4).

    Raises:
        NoPlan: a part only, a jump, or off the line.
    """
    if not fraction >= MIN_FRACTION:
        raise NoPlan(
            f"The straight way is free for {fraction * 100:.1f} % only; clear it or try another "
            "grasp."
        )
    anchor = 0
    for index in range(1, len(positions_rad)):
        jump_rad = np.abs(positions_rad[index] - positions_rad[anchor]).max()
        distance_m, angle_rad = _between(T_base_tip[anchor], T_base_tip[index])
        steps = max(1.0, distance_m / STEP_M, angle_rad / STEP_RAD)
        if jump_rad > MAX_JUMP_RAD * steps:
            raise NoPlan("The arm would jump on the straight way; try another grasp.")
        if distance_m >= STEP_M or angle_rad >= STEP_RAD:
            anchor = index
    wanted = [_nearest(T_base_tip[0], T_base_goal, pose) for pose in T_base_tip]
    for pose, target in (*zip(T_base_tip, wanted, strict=True), (T_base_tip[-1], T_base_goal)):
        distance_m, angle_rad = _between(pose, target)
        if distance_m > MAX_DEVIATION_M or angle_rad > MAX_DEVIATION_RAD:
            raise NoPlan(
                f"MoveIt's straight way is off by {distance_m * 1000:.0f} mm and {angle_rad:.2f} "
                "rad; lower line_speed, or try another grasp."
            )


def _between(T_base_a: NDArray[np.float64], T_base_b: NDArray[np.float64]) -> tuple[float, float]:
    """Return distance (m) and angle (rad) between two poses."""
    turn = Rotation.from_matrix(T_base_a[:3, :3].T @ T_base_b[:3, :3])
    return float(np.linalg.norm(T_base_b[:3, 3] - T_base_a[:3, 3])), float(turn.magnitude())


def _nearest(
    T_start: NDArray[np.float64], T_goal: NDArray[np.float64], pose: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the pose on the straight line between two that is nearest to a third."""
    way = T_goal[:3, 3] - T_start[:3, 3]
    length_squared = float(way @ way)
    share = 1.0
    if length_squared > 0.0:
        share = float(np.clip((pose[:3, 3] - T_start[:3, 3]) @ way / length_squared, 0.0, 1.0))
    turn = Rotation.from_matrix(np.stack([T_start[:3, :3], T_goal[:3, :3]]))
    nearest = np.eye(4)
    nearest[:3, :3] = Slerp([0.0, 1.0], turn)(share).as_matrix()
    nearest[:3, 3] = T_start[:3, 3] + share * way
    return nearest

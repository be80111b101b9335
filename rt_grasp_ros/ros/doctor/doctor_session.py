"""A node of the doctor's command line, and the robot that it looks at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from rclpy.node import Node

from ...grasp.errors import ProfileInvalid
from ...motion.gripper import GripperProfile, load_gripper
from ...motion.robot import RobotProfile, load_robot
from ...resources import given_or_shipped
from .background_node import Place, background_node
from .executor_in_use import ExecutorQuestion
from .executor_topics import camera_in_use

_ASK_TIMEOUT_S = 1.5
_CAMERA = "camera"


@dataclass(frozen=True, slots=True, eq=False)
class DoctorSession:
    """What the checks need.

    Attributes:
        node: spun in the background.
        robot: the arm that should be there.
        gripper: what should be mounted.
        table_z_m: height of the table in the base frame, as the executor has it.
    """

    node: Node
    robot: RobotProfile
    gripper: GripperProfile
    table_z_m: float


@contextmanager
def doctor_session(place: Place, robot: str | None, gripper: str | None) -> Iterator[DoctorSession]:
    """Join the ROS graph until the block ends.

    Args:
        place: where in the graph; with an empty camera that of our running nodes is looked for.
        robot: the arm's profile; None for the one that the running executor uses.
        gripper: the gripper's, alike.

    Raises:
        ProfileInvalid: a profile is missing or wrong.
    """
    with background_node("rt_grasp_doctor", replace(place, camera=place.camera or _CAMERA)) as node:
        in_use = ExecutorQuestion(node).ask(_ASK_TIMEOUT_S)
        seen = camera_in_use(node)
    camera = place.camera or seen or _CAMERA
    with background_node("rt_grasp_doctor", replace(place, camera=camera)) as node:
        try:
            arm = load_robot(given_or_shipped(robot or in_use.robot))
            hand = load_gripper(given_or_shipped(gripper or in_use.gripper))
            hand = hand.driven_by(in_use.gripper_controller)
        except FileNotFoundError as error:
            raise ProfileInvalid(f"{error} Name the profile with --robot or --gripper.") from error
        yield DoctorSession(node, arm, hand, in_use.table_z_m)

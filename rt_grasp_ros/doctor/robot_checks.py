"""Whether arm, gripper and what plans for them are there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import ProfileInvalid
from ..motion.fit import check_fit
from ..motion.gripper import GripperProfile
from ..motion.robot import RobotProfile
from .finding import Finding, wrong

MOVE_GROUP = (
    "move_action",
    "execute_trajectory",
    "compute_ik",
    "compute_cartesian_path",
    "apply_planning_scene",
)
"""What the backend `move_group` calls."""


def check_joints(
    expected: Sequence[str], heard: Collection[str], problems: Sequence[str] = ()
) -> Finding:
    """Return whether joint states tell of every joint of arm and gripper.

    Args:
        expected: the joints of the two profiles.
        heard: those whose position came.
        problems: what is wrong with messages, see `motion.joint_reading`.
    """
    missing = [name for name in expected if name not in heard]
    if problems:
        problem = (
            f"Joint states can be read in part only: {', '.join(problems)}; mend the driver or the "
            "joint_state_broadcaster."
        )
        return Finding("joints", "wrong" if missing else "note", problem)
    if missing:
        problem = (
            f"Joint states lack {', '.join(missing)}; start the joint_state_broadcaster of arm and "
            "gripper, or choose the profiles that name this robot's joints (--robot, --gripper)."
        )
        return Finding("joints", "wrong", problem)
    return Finding("joints", "ok", f"all {len(expected)} of arm and gripper")


def check_arm_controller(
    topic: str, listeners: int, arm_joints: Sequence[str], takes: Collection[str]
) -> Finding:
    """Return whether somebody carries out the arm's trajectories.

    Args:
        topic: where they are sent.
        listeners: how many subscribe to it.
        arm_joints: those of the robot's profile.
        takes: the joints that the controller says it takes; empty where it does not say.
    """
    if listeners == 0:
        problem = (
            f"No controller listens to {topic}; activate the arm's joint_trajectory_controller "
            "(ros2 control list_controllers), or name it: arm_controller of the launch file."
        )
        return Finding("arm controller", "wrong", problem)
    refused = arm_refusal(takes, topic, arm_joints)
    if refused is not None:
        return Finding("arm controller", "wrong", refused)
    if listeners > 1:
        problem = (
            f"{listeners} nodes listen to {topic}, two of which could fight over one arm; look at "
            "`ros2 topic info -v`, and give each robot a namespace."
        )
        return Finding("arm controller", "note", problem)
    return Finding("arm controller", "ok", f"listens to {topic}")


def check_gripper_controller(
    gripper: GripperProfile, name: str, takers: int, takes: Collection[str]
) -> Finding:
    """Return whether somebody drives the gripper.

    Args:
        gripper: what is mounted.
        name: the full name of its topic or action.
        takers: how many subscribe to the topic, or serve the action.
        takes: the joints that the controller says it takes; empty where it does not say.
    """
    if takers == 0:
        problem = (
            f"No controller takes {gripper.command_type} at {name}; start it, name it "
            f"(gripper_controller), or mend command_type in the profile of '{gripper.name}'."
        )
        return Finding("gripper controller", "wrong", problem)
    refused = refusal(takes, gripper)
    if refused is not None:
        return Finding("gripper controller", "wrong", refused)
    return Finding("gripper controller", "ok", f"takes {gripper.command_type} at {name}")


def arm_refusal(takes: Collection[str], topic: str, arm_joints: Sequence[str]) -> str | None:
    """Return why an arm's controller refuses what its profile sends, or None.

    Args:
        takes: the joints that the controller says it takes; empty where it does not say.
        topic: where trajectories are sent.
        arm_joints: those of the robot's profile.
    """
    if not takes or set(takes) == set(arm_joints):
        return None
    return (
        f"The controller at {topic} takes {', '.join(takes)}, and refuses what is sent for "
        f"{', '.join(arm_joints)}; mend arm_joints in the robot's profile, or the controller."
    )


def refusal(takes: Collection[str], gripper: GripperProfile) -> str | None:
    """Return why a gripper's controller refuses whatever its profile can command, or None.

    Args:
        takes: the joints that the controller says it takes; empty where it does not say.
        gripper: what is mounted.
    """
    if set(takes) <= set(gripper.joints):
        return None
    return (
        f"The gripper's controller refuses what is sent to '{gripper.command_name}': it expects "
        f"{_counted(takes)}, and got {_counted(gripper.commanded_joints)}; mend joints in the "
        f"profile of '{gripper.name}'."
    )


def _counted(joints: Collection[str]) -> str:
    return f"{len(joints)} joint{'s' * (len(joints) > 1)} ({', '.join(joints)})"


def check_fingers(
    robot: RobotProfile, gripper: GripperProfile, measured: NDArray[np.float64] | None
) -> Finding:
    """Return whether the gripper's profile speaks of fingers that this robot has.

    Args:
        robot: the arm, its URDF with the gripper.
        gripper: what is mounted.
        measured: positions of the gripper's joints, in their order; None where none came.
    """
    try:
        check_fit(robot, gripper)
        if measured is None:
            return Finding("fingers", "ok", "profile and URDF agree")
        opening_m = gripper.opening_m(measured)
    except ProfileInvalid as error:
        return wrong("fingers", error)
    numbers = {"opening_m": opening_m}
    return Finding("fingers", "ok", f"{opening_m * 1000:.0f} mm apart", numbers)


def check_shape(robot: RobotProfile) -> Finding:
    """Return whether every moving link has something to collide with."""
    missing = robot.links_without_shape
    if missing:
        problem = (
            f"No collision geometry in {robot.urdf.name}: {', '.join(missing)}. These links are "
            "planned without; give them their <collision>."
        )
        return Finding("robot shape", "note", problem)
    return Finding("robot shape", "ok", "every moving link has collision geometry")


def check_planner(backend: str, servers: Mapping[str, int]) -> Finding:
    """Return whether what plans is there.

    Args:
        backend: the executor's, see `ExecutorParameters`.
        servers: by name of `MOVE_GROUP`: how many nodes offer it.
    """
    missing = [name for name in MOVE_GROUP if servers.get(name, 0) == 0]
    if backend != "move_group":
        return Finding("planner", "ok", f"{backend}, in the executor's process")
    if missing:
        problem = (
            f"MoveIt cannot be reached: nobody offers {', '.join(missing)}; start move_group in "
            "the executor's namespace, or set backend: embedded."
        )
        return Finding("planner", "wrong", problem)
    return Finding("planner", "ok", "move_group offers all that is called")

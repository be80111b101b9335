"""Whether arm, gripper and what plans for them are there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..motion.gripper import GripperProfile
from .finding import Finding

MOVE_GROUP = (
    "move_action",
    "execute_trajectory",
    "compute_ik",
    "compute_cartesian_path",
    "apply_planning_scene",
)
"""What the backend `move_group` calls."""


def check_joints(expected: Sequence[str], heard: Collection[str]) -> Finding:
    """Return whether joint states name every joint of arm and gripper.

    Args:
        expected: the joints of the two profiles.
        heard: those that came.
    """
    missing = [name for name in expected if name not in heard]
    if missing:
        problem = (
            f"Joint states lack {', '.join(missing)}; start the joint_state_broadcaster of arm and "
            "gripper, or choose the profiles that name this robot's joints (--robot, --gripper)."
        )
        return Finding("joints", "wrong", problem)
    return Finding("joints", "ok", f"all {len(expected)} of arm and gripper")


def check_arm_controller(topic: str, listeners: int) -> Finding:
    """Return whether somebody carries out the arm's trajectories.

    Args:
        topic: where they are sent.
        listeners: how many subscribe to it.
    """
    if listeners == 0:
        problem = (
            f"No controller listens to {topic}; activate the arm's joint_trajectory_controller "
            "(ros2 control list_controllers), or remap the topic to it."
        )
        return Finding("arm controller", "wrong", problem)
    if listeners > 1:
        problem = (
            f"{listeners} nodes listen to {topic}, two of which could fight over one arm; look at "
            "`ros2 topic info -v`, and give each robot a namespace."
        )
        return Finding("arm controller", "note", problem)
    return Finding("arm controller", "ok", f"listens to {topic}")


def check_gripper_controller(gripper: GripperProfile, name: str, takers: int) -> Finding:
    """Return whether somebody drives the gripper.

    Args:
        gripper: what is mounted.
        name: the full name of its topic or action.
        takers: how many subscribe to the topic, or serve the action.
    """
    if takers == 0:
        problem = (
            f"No controller takes {gripper.command_type} at {name}; start it, or mend "
            f"command_type and command_name in the profile of '{gripper.name}'."
        )
        return Finding("gripper controller", "wrong", problem)
    return Finding("gripper controller", "ok", f"takes {gripper.command_type} at {name}")


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

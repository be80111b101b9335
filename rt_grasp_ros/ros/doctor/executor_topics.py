"""Where the running executor really sends and listens, remapped as it may be, by the graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rclpy.node import Node

from ...motion.gripper import GripperProfile
from ..robot.topic_names import ARM_TOPIC, JOINTS_TOPIC

_TRAJECTORY = "trajectory_msgs/msg/JointTrajectory"
_JOINT_STATE = "sensor_msgs/msg/JointState"
_IMAGE = "sensor_msgs/msg/Image"
_POSES = "geometry_msgs/msg/PoseArray"
_COLOUR = "/color/image_raw"
_GOAL = "/_action/send_goal"
_LISTENER, _GUARD = "executor_node_listener", "arm_guard"
_LOOKER = "perception_node_listener"

_Entries = list[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class ExecutorTopics:
    """Full names.

    Attributes:
        arm: where the arm's trajectories go.
        gripper: the gripper's topic or action.
        joint_states: where joint states are heard.
    """

    arm: str
    gripper: str
    joint_states: str


def executor_topics(node: Node, gripper: GripperProfile) -> ExecutorTopics:
    """Return what the executor in the node's namespace uses.

    Remappings are known to the process that has them alone; what comes of them is in the graph.
    Where no executor is there, or where it can't be told, the node's own names are returned.

    Args:
        node: looks at the graph.
        gripper: what is mounted.
    """
    arm = node.resolve_topic_name(ARM_TOPIC)
    hand = node.resolve_topic_name(gripper.command_name)
    joints = node.resolve_topic_name(JOINTS_TOPIC)
    trajectories = _names(node, node.get_publisher_names_and_types_by_node, _LISTENER, _TRAJECTORY)
    guarded = _names(node, node.get_publisher_names_and_types_by_node, _GUARD, _TRAJECTORY)
    heard = _names(node, node.get_subscriber_names_and_types_by_node, _LISTENER, _JOINT_STATE)
    # The guard sends to the arm alone, which tells it from a gripper that takes trajectories, too.
    arm = _only(guarded) or (arm if arm in trajectories else _only(trajectories - {hand}) or arm)
    if gripper.command_type == "joint_trajectory":
        hand = hand if hand in trajectories else _only(trajectories - {arm}) or hand
    else:
        hand = _action(node, hand)
    return ExecutorTopics(arm, hand, joints if joints in heard else _only(heard) or joints)


def camera_in_use(node: Node) -> str | None:
    """Return what the camera's topics begin with that our nodes hear, such as `/camera/camera`.

    None where none of them is there, or where they listen to several.

    Args:
        node: looks at the graph.
    """
    ask = node.get_subscriber_names_and_types_by_node
    heard = _names(node, ask, _LISTENER, _IMAGE) | _names(node, ask, _LOOKER, _IMAGE)
    cameras = {name.removesuffix(_COLOUR) for name in heard if name.endswith(_COLOUR)}
    return _only(frozenset(cameras))


def grasps_in_use(node: Node) -> str | None:
    """Return the topic that perception hears grasps of another node on; None where on none.

    Args:
        node: looks at the graph.
    """
    ask = node.get_subscriber_names_and_types_by_node
    return _only(_names(node, ask, _LOOKER, _POSES))


def _action(node: Node, name: str) -> str:
    """Return the gripper's action of the executor."""
    called = _names(node, node.get_client_names_and_types_by_node, _LISTENER, "control_msgs/")
    grippers = frozenset(e.removesuffix(_GOAL) for e in called if e.endswith(_GOAL))
    return name if name in grippers else _only(grippers) or name


def _names(node: Node, ask: Callable[[str, str], _Entries], of: str, kind: str) -> frozenset[str]:
    """Return the names of a kind that another node has; none where it is not there."""
    try:
        entries = ask(of, node.get_namespace())
    except RuntimeError:  # NodeNameNonExistentError, which rclpy keeps to itself
        return frozenset()
    return frozenset(name for name, types in entries if any(t.startswith(kind) for t in types))


def _only(names: frozenset[str]) -> str | None:
    """Return the name where there is one alone."""
    return next(iter(names)) if len(names) == 1 else None

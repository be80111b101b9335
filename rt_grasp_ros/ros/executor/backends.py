"""Choosing what plans and moves; MoveIt is imported only where it is asked for."""

from __future__ import annotations

import importlib.util
import os

from rclpy.node import Node

from ...grasp.errors import BackendUnavailable
from ...motion.backend import MotionBackend
from ...motion.embedded import EmbeddedBackend, MotionSettings
from ...motion.gripper import GripperProfile
from ...motion.robot import RobotProfile
from ..robot.robot_topics import RobotTopics
from .executor_parameters import ExecutorParameters

_NEEDS = {
    "move_group": {"moveit_msgs": "moveit-msgs"},
    "moveit_py": {
        "moveit": "moveit-py",
        "moveit_configs_utils": "moveit-configs-utils",
        "moveit_msgs": "moveit-msgs",
    },
}
"""By backend: the Python packages it needs, with their Debian packages."""


def make_backend(
    node: Node,
    robot: RobotProfile,
    gripper: GripperProfile,
    io: RobotTopics,
    parameters: ExecutorParameters,
) -> MotionBackend:
    """Return the backend that the parameters name; nothing moves.

    Raises:
        BackendUnavailable: what it needs is not installed; the message says how to install it.
    """
    settings = MotionSettings(
        speed=parameters.speed,
        line_speed=parameters.line_speed,
        path_tolerance_rad=parameters.path_tolerance_rad,
        goal_tolerance_rad=parameters.goal_tolerance_rad,
    )
    if parameters.backend == "embedded":
        return EmbeddedBackend(robot, gripper, io, settings)
    _require_installed(parameters.backend)
    if parameters.backend == "move_group":
        from ..moveit.move_group_backend import MoveGroupBackend, MoveItSettings

        moveit = MoveItSettings(
            pipeline=parameters.moveit_pipeline,
            planner=parameters.moveit_planner,
            timeout_s=parameters.moveit_timeout_s,
        )
        return MoveGroupBackend(node, robot, gripper, io, settings, moveit)
    from ..moveit.moveit_py_backend import MoveItPyBackend

    return MoveItPyBackend(node, robot, gripper, io, settings, parameters.moveit_config_package)


def _require_installed(backend: str) -> None:
    """Refuse a backend whose packages are missing.

    Raises:
        BackendUnavailable: names them, and the command that installs them.
    """
    missing = {
        package: debian
        for package, debian in _NEEDS[backend].items()
        if importlib.util.find_spec(package) is None
    }
    if missing:
        distro = os.environ.get("ROS_DISTRO", "jazzy")
        names = " ".join(f"ros-{distro}-{debian}" for debian in missing.values())
        raise BackendUnavailable(
            f"The backend '{backend}' needs {', '.join(missing)}, not installed here; run "
            f"`apt install {names}` and source ROS 2 again, or set backend: embedded."
        )

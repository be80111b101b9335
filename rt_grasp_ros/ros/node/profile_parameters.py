"""The parameters that name the profiles of robot and gripper, alike in every node that has them."""

from __future__ import annotations

from typing import Any

from .parameters import parameter


def robot_profile() -> Any:
    """Return the field `robot` of a node's parameters."""
    return parameter(
        "config/robots/panda.yaml",
        "Robot profile: a path, or one relative to the package's share folder.",
        read_only=True,
    )


def table_height() -> Any:
    """Return the field `table_z_m` of a node's parameters."""
    return parameter(
        0.0, "Height of the table in the robot's base frame.", minimum=-1.5, maximum=1.5
    )


def gripper_controller() -> Any:
    """Return the field `gripper_controller` of a node's parameters."""
    return parameter(
        "",
        "The gripper's controller, such as panda_hand_controller, in place of the one in its "
        "profile's command_name; with a slash in it the whole topic or action.",
        read_only=True,
    )


def gripper_profile() -> Any:
    """Return the field `gripper` of a node's parameters."""
    return parameter(
        "config/grippers/panda_hand.yaml",
        "Gripper profile: a path, or one relative to the package's share folder.",
        read_only=True,
    )

"""Where `rt-grasp doctor` looks, by its arguments."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..ros.doctor.background_node import Place


def place_of(arguments: argparse.Namespace) -> Place:
    """Return the place in the ROS graph that the arguments name; imports rclpy."""
    from ..ros.doctor.background_node import Place

    return Place(
        namespace=arguments.namespace,
        camera=arguments.camera,
        private_tf=arguments.private_tf,
        use_sim_time=arguments.use_sim_time,
    )

"""A node of the command line: in a context of its own, spun in the background."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import rclpy
from rclpy.context import Context
from rclpy.exceptions import NameValidationException
from rclpy.node import Node
from rclpy.parameter import Parameter

from ...grasp.errors import RequestInvalid
from ..camera.camera_subscriptions import CAMERA_TOPICS
from ..rclpy_fixes.private_names import RCLError, RCLInvalidROSArgsError
from ..rclpy_fixes.spinner import Spinner

_THREADS = 4
_STOP_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the ROS graph to look.

    Attributes:
        namespace: of the robot.
        camera: what its topics begin with, as the launch file's argument `camera`.
        private_tf: whether frames are on the namespace's own `tf` and `tf_static`, not on `/tf`.
        use_sim_time: whether the time comes from `/clock`.
    """

    namespace: str = ""
    camera: str = "camera"
    private_tf: bool = False
    use_sim_time: bool = False


@contextmanager
def background_node(name: str, place: Place) -> Iterator[Node]:
    """Give a node that is spun until the block ends.

    Args:
        name: of the node.
        place: where it stands.

    Raises:
        RequestInvalid: ROS takes no such namespace, or no such name of a camera.
    """
    context = Context()
    rclpy.init(context=context)
    try:
        node = _make_node(name, place, context)
    except RequestInvalid:
        context.try_shutdown()
        raise
    spinner = Spinner(context, _THREADS)
    spinner.add(node)
    spinner.start()
    try:
        yield node
    finally:
        spinner.stop(_STOP_TIMEOUT_S)
        node.destroy_node()
        context.try_shutdown()


def _make_node(name: str, place: Place, context: Context) -> Node:
    arguments = ["--ros-args"]
    for topic in CAMERA_TOPICS:
        arguments += ["-r", f"{topic}:={place.camera}{topic.removeprefix('camera')}"]
    if place.private_tf:
        arguments += ["-r", "/tf:=tf", "-r", "/tf_static:=tf_static"]
    try:
        return rclpy.create_node(
            name,
            context=context,
            namespace=place.namespace,
            cli_args=arguments,
            parameter_overrides=[Parameter("use_sim_time", value=place.use_sim_time)],
        )
    except (NameValidationException, RCLError, RCLInvalidROSArgsError) as error:
        raise RequestInvalid(
            f"ROS refuses the namespace '{place.namespace}' or the camera '{place.camera}' "
            f"({str(error).splitlines()[0]}); give names such as robot1 and camera/camera."
        ) from error

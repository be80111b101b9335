"""config/grasp.rviz shows what our nodes publish, with displays that every RViz has.

RViz itself is not on PyPI: that the file opens in it is seen by hand, not here.
"""

import functools

import pytest
import rclpy
import yaml
from rclpy.context import Context
from rclpy.parameter import Parameter

from rt_grasp_ros.model.worker_messages import EngineSource
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.executor_node import ExecutorNode
from rt_grasp_ros.ros.perception_node import PerceptionNode
from rt_grasp_ros.ros.sim_node import BASE_FRAME, SimNode

pytestmark = [pytest.mark.ros, pytest.mark.sim]

# The message that each of rviz_default_plugins' displays takes (ros2/rviz, branch jazzy).
STOCK_DISPLAYS = {
    "Grid": None,
    "TF": None,
    "RobotModel": "std_msgs/msg/String",
    "DepthCloud": "sensor_msgs/msg/Image",
    "MarkerArray": "visualization_msgs/msg/MarkerArray",
    "Pose": "geometry_msgs/msg/PoseStamped",
    "Path": "nav_msgs/msg/Path",
    "Image": "sensor_msgs/msg/Image",
}
STOCK_PARTS = {"rviz_common", "rviz_default_plugins"}
TOPICS = {
    "grasp_image",
    "grasp_markers",
    "grasp_pose",
    "plan",
    "robot_description",
    "camera/color/image_raw",
    "camera/aligned_depth_to_color/image_raw",
    "camera/aligned_depth_to_color/camera_info",
}

NAMESPACE = "shown"  # so that tests of the graph after this one do not find these nodes


def config():
    return yaml.safe_load(share_path("config/grasp.rviz").read_text(encoding="utf-8"))


def displays():
    return config()["Visualization Manager"]["Displays"]


def kind_of(display):
    package, kind = display["Class"].split("/")
    assert package == "rviz_default_plugins"
    return kind


def topics_of(display):
    """Return the topics that a display subscribes to, with the type that each must have."""
    kind = STOCK_DISPLAYS[kind_of(display)]
    found = {}
    for name, value in display.items():
        if name in ("Topic", "Description Topic"):
            found[value["Value"]] = kind
        elif name == "CameraInfo Topic":
            found[value] = "sensor_msgs/msg/CameraInfo"
        elif name.endswith(" Topic"):
            found[value] = kind
    return found


def classes(part):
    """Return every `Class` below a part of the file."""
    if isinstance(part, dict):
        here = [part["Class"]] if part.get("Class") else []
        return here + [name for below in part.values() for name in classes(below)]
    return [name for below in part for name in classes(below)] if isinstance(part, list) else []


@functools.cache
def published():
    """Return the topics of the three nodes, with their types."""
    context = Context()
    rclpy.init(context=context)
    size = [Parameter("image_width_px", value=160), Parameter("image_height_px", value=120)]
    nodes = []
    try:
        for make, options in (
            (SimNode, {"parameter_overrides": size}),
            (ExecutorNode, {}),
            (PerceptionNode, {"engine": EngineSource("fake_engines:well_behaved")}),
        ):
            nodes.append(make(context=context, namespace=NAMESPACE, **options))
        return {
            publisher.topic_name.removeprefix(f"/{NAMESPACE}/"): publisher.msg_type
            for node in nodes
            for publisher in node.publishers
        }
    finally:
        for node in nodes:
            node.destroy_node()
        rclpy.shutdown(context=context)


def test_everything_is_a_part_of_the_stock_rviz():
    assert {name.split("/")[0] for name in classes(config())} == STOCK_PARTS
    assert {kind_of(display) for display in displays()} == set(STOCK_DISPLAYS)


def test_camera_image_cloud_gripper_candidates_frames_and_plan_are_shown():
    assert {topic for display in displays() for topic in topics_of(display)} == TOPICS
    assert all(display["Enabled"] for display in displays())


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_our_nodes_publish_each_topic_with_the_type_of_its_display(topic):
    (kind,) = {topics_of(display)[topic] for display in displays() if topic in topics_of(display)}
    message = published()[topic]
    assert f"{message.__module__.split('.')[0]}/msg/{message.__name__}" == kind


def test_topics_are_relative_so_that_each_namespace_shows_its_own():
    assert not any(topic.startswith("/") for topic in TOPICS)


def test_what_is_published_once_is_read_late():
    """A display that is opened after a command must still get what was latched."""
    for display in displays():
        topic = display.get("Topic") or display.get("Description Topic")
        if topic:
            assert topic["Durability Policy"] == "Transient Local", display["Name"]
            assert topic["Reliability Policy"] == "Reliable", display["Name"]


def test_the_fixed_frame_is_the_cells_base():
    assert config()["Visualization Manager"]["Global Options"]["Fixed Frame"] == BASE_FRAME

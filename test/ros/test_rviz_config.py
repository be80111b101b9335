"""config/grasp.rviz shows what our nodes publish, with displays that every RViz has.

RViz itself is not on PyPI: that the file opens in it is seen by hand, not here.
"""

import functools

import pytest
import rclpy
import yaml
from launch_file import nodes_of_launch_file
from rclpy.context import Context
from rclpy.parameter import Parameter

from rt_grasp_ros.model.worker.worker_messages import EngineSource
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.executor.executor_node import ExecutorNode
from rt_grasp_ros.ros.perception.perception_node import PerceptionNode
from rt_grasp_ros.ros.sim.sim_node import BASE_FRAME, SimNode

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
EVERY_DISPLAY = {"Class", "Name", "Enabled", "Value"}
TOPIC = {"Topic"}  # of rviz_common's RosTopicDisplay
QOS = {"Depth", "Durability Policy", "History Policy", "Reliability Policy"}
# What each display reads: the names of the properties in its source (the same branch). RViz
# ignores every other name without a word.
PROPERTIES = {
    "Grid": {
        *("Alpha", "Cell Size", "Color", "Line Style", "Normal Cell Count", "Offset", "Plane"),
        *("Plane Cell Count", "Reference Frame"),
    },
    "TF": {
        *("Filter (blacklist)", "Filter (whitelist)", "Frame Timeout", "Frames", "Marker Scale"),
        *("Show Arrows", "Show Axes", "Show Names", "Tree", "Update Interval"),
    },
    "RobotModel": {
        *("Alpha", "Collision Enabled", "Description File", "Description Source"),
        *("Description Topic", "Links", "Mass Properties", "TF Prefix", "Update Interval"),
        "Visual Enabled",
    },
    "DepthCloud": {
        *("Auto Size", "Color Image Topic", "Color Transport Hint", "Depth Map Topic"),
        *("Depth Map Transport Hint", "Occlusion Compensation", "Queue Size"),
        *("Reliability Policy", "Topic Filter"),
        # and those of its PointCloudCommon
        *("Alpha", "Color Transformer", "Decay Time", "Position Transformer", "Selectable"),
        *("Size (Pixels)", "Size (m)", "Style"),
    },
    "MarkerArray": TOPIC | {"Namespaces"},
    "Pose": TOPIC
    | {"Alpha", "Axes Length", "Axes Radius", "Color", "Head Length", "Head Radius"}
    | {"Shaft Length", "Shaft Radius", "Shape", "Filter size"},
    "Path": TOPIC
    | {"Alpha", "Buffer Length", "Color", "Head Diameter", "Head Length", "Length", "Line Style"}
    | {"Line Width", "Offset", "Pose Color", "Pose Style", "Radius", "Shaft Diameter"}
    | {"Shaft Length", "Filter size"},
    "Image": TOPIC | {"Max Value", "Median window", "Min Value", "Normalize Range"},
}
WINDOW = {
    *("X", "Y", "Width", "Height", "QMainWindow State", "Hide Left Dock", "Hide Right Dock"),
    *("Displays", "Grasp image"),  # the panels, by their titles
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
        elif name.endswith(" Topic"):
            found[value] = kind
    return found


def camera_info_of(depth_topic):
    """Return the name that the display of a cloud makes itself: always absolute."""
    return f"/{depth_topic.rsplit('/', 1)[0]}/camera_info"


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


@pytest.mark.parametrize("display", displays(), ids=lambda display: display["Name"])
def test_every_property_is_one_that_its_display_reads(display):
    known = PROPERTIES[kind_of(display)] | EVERY_DISPLAY
    assert set(display) <= known
    for name, value in display.items():
        if name in ("Topic", "Description Topic"):
            assert set(value) == QOS | {"Value"}


def test_the_cloud_finds_its_camera_info_in_a_namespace_too():
    """The launch file leads the absolute name that RViz makes to the camera of the namespace."""
    (depth,) = {
        display["Depth Map Topic"] for display in displays() if "Depth Map Topic" in display
    }
    name = camera_info_of(depth)
    assert name == "/camera/aligned_depth_to_color/camera_info"
    assert name[1:] in published()
    rviz = nodes_of_launch_file()["rviz2"]["remappings"]
    assert rviz[name] == "{camera}/aligned_depth_to_color/camera_info"
    assert rviz[depth] == "{camera}/aligned_depth_to_color/image_raw"


def test_the_view_is_not_crowded_out():
    """Five panels left 280 of 1400 pixels to the view; the window's state keeps two, at left."""
    assert [panel["Class"] for panel in config()["Panels"]] == ["rviz_common/Displays"]
    window = config()["Window Geometry"]
    assert set(window) <= WINDOW
    assert window["Hide Right Dock"] is True
    state = bytes.fromhex(window["QMainWindow State"])
    for title in ("Displays", "Grasp image"):  # as Qt writes them
        assert title.encode("utf-16-be") in state


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

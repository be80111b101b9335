"""The definitions in a recording are those by which another decoder reads the messages."""

import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from geometry_msgs.msg import Point, Pose
from mcap.records import Message, Schema
from mcap_ros2.decoder import DecoderFactory
from rclpy.serialization import serialize_message
from rt_grasp_ros.msg import Grasp, GraspRectangle
from rt_grasp_ros.srv import GraspCommand
from sensor_msgs.msg import CameraInfo, RegionOfInterest
from std_msgs.msg import Header
from visualization_msgs.msg import Marker, MarkerArray

from rt_grasp_ros.ros.recording.message_definition import message_definition, type_name

pytestmark = pytest.mark.ros

MESSAGES = [
    CameraInfo(
        header=Header(frame_id="camera"),
        k=[float(i) for i in range(9)],
        d=[0.5],
        roi=RegionOfInterest(width=7, do_rectify=True),
    ),
    DiagnosticArray(
        status=[DiagnosticStatus(level=b"\2", values=[KeyValue(key="rate", value="30")])]
    ),
    MarkerArray(markers=[Marker(ns="gripper", text="ä", points=[])]),
    Grasp(
        rectangle=GraspRectangle(x_px=12.5, image_width_px=640),
        pose=Pose(position=Point(z=0.7)),
        score=0.25,
        reasoning="there",
        rejected_code=404,
    ),
]


def decoded(message):
    """Return a message as the decoder sees it, with nothing but bytes and definition."""
    kind = type(message)
    schema = Schema(
        id=1,
        name=type_name(kind),
        encoding="ros2msg",
        data=message_definition(kind).encode(),
    )
    decode = DecoderFactory().decoder_for("cdr", schema)
    data = serialize_message(message)
    return decode(Message(channel_id=1, log_time=0, data=data, publish_time=0, sequence=0).data)


def assert_same(message, seen):
    """Compare field by field, at any depth."""
    if hasattr(message, "get_fields_and_field_types"):
        for name in message.get_fields_and_field_types():
            assert_same(getattr(message, name), getattr(seen, name))
    elif hasattr(message, "__len__") and not isinstance(message, str | bytes):
        assert len(message) == len(seen)
        for one, other in zip(message, seen, strict=True):
            assert_same(one, other)
    elif isinstance(message, bytes):  # a constant of type byte
        assert message == (seen if isinstance(seen, bytes) else bytes([seen]))
    else:
        assert message == seen


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_another_decoder_reads_every_field(message):
    assert_same(message, decoded(message))


def test_the_type_is_named_as_ros_names_it():
    assert type_name(CameraInfo) == "sensor_msgs/msg/CameraInfo"
    assert type_name(GraspCommand.Event) == "rt_grasp_ros/srv/GraspCommand_Event"


def test_every_type_is_defined_once():
    text = message_definition(GraspCommand.Event)
    headers = [line for line in text.splitlines() if line.startswith("MSG: ")]
    assert len(headers) == len(set(headers))
    assert "MSG: rt_grasp_ros/GraspRectangle" in headers
    assert text.startswith("service_msgs/ServiceEventInfo info\n")
    assert "rt_grasp_ros/GraspCommand_Request[<=1] request\n" in text

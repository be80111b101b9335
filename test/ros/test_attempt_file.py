"""An attempt comes back from its file as it went in, and no broken file is taken for one."""

import io
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from attempts import HISTORY, SETTINGS, attempt_at, frame_of_box
from fake_engines import FakeEngine
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.exceptions import EndOfFile
from mcap.reader import make_reader
from mcap.records import Channel, Message
from mcap.stream_reader import StreamReader
from mcap.writer import Writer
from mcap_ros2.decoder import DecoderFactory
from rclpy.serialization import deserialize_message
from rt_grasp_ros.srv import GraspCommand

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import DataInvalid
from rt_grasp_ros.ros.recording.attempt import Attempt
from rt_grasp_ros.ros.recording.attempt_file import (
    ATTEMPT_TOPIC,
    COLOUR_TOPIC,
    COMMAND_TOPIC,
    DEPTH_TOPIC,
    GRASP_TOPIC,
    INFO_TOPIC,
    MARKERS_TOPIC,
    read_attempt,
    write_attempt,
)

pytestmark = pytest.mark.ros

ATTEMPT = attempt_at("grasp the box", FakeEngine())


def recorded(attempt=ATTEMPT):
    stream = io.BytesIO()
    write_attempt(stream, attempt)
    return stream.getvalue()


RECORDED = recorded()


@pytest.fixture
def file_of(tmp_path):
    numbers = itertools.count()

    def write(data):
        path = tmp_path / f"attempt_{next(numbers)}.mcap"
        path.write_bytes(data)
        return path

    return write


def test_an_attempt_comes_back_bit_for_bit(file_of):
    attempt = read_attempt(file_of(RECORDED))
    assert attempt.request == ATTEMPT.request
    assert repr(attempt.found) == repr(ATTEMPT.found)
    assert repr(attempt.response) == repr(ATTEMPT.response)  # NaN is not equal to NaN
    assert (attempt.history, attempt.settings) == (HISTORY, SETTINGS)
    assert (attempt.begun_ns, attempt.ended_ns) == (ATTEMPT.begun_ns, ATTEMPT.ended_ns)
    before, after = ATTEMPT.frame, attempt.frame
    np.testing.assert_array_equal(after.rgb, before.rgb)
    np.testing.assert_array_equal(after.depth_m, before.depth_m)
    assert np.isnan(before.depth_m).any()
    assert after.intrinsics == before.intrinsics
    assert (after.frame_id, after.stamp_ns) == (before.frame_id, before.stamp_ns)


def test_an_attempt_without_a_picture_comes_back(file_of):
    response = GraspCommand.Response(error_code=int(ErrorCode.NO_IMAGE), error_message="None came.")
    lost = Attempt(ATTEMPT.request, response, None, [], (), SETTINGS, 5, 9)
    attempt = read_attempt(file_of(recorded(lost)))
    assert attempt.frame is None
    assert attempt.response == response


def test_another_decoder_reads_the_messages_with_the_definitions_in_the_file():
    reader = make_reader(io.BytesIO(RECORDED), decoder_factories=[DecoderFactory()])
    assert reader.get_header().profile == "ros2"
    topics = [ATTEMPT_TOPIC, GRASP_TOPIC, MARKERS_TOPIC, INFO_TOPIC, COLOUR_TOPIC, DEPTH_TOPIC]
    seen = {}
    for schema, channel, _, message in reader.iter_decoded_messages(topics):
        seen.setdefault(channel.topic, []).append((schema.name, message))
    assert {topic: kinds[0][0] for topic, kinds in seen.items()} == {
        ATTEMPT_TOPIC: "std_msgs/msg/String",
        GRASP_TOPIC: "rt_grasp_ros/msg/Grasp",
        MARKERS_TOPIC: "visualization_msgs/msg/MarkerArray",
        INFO_TOPIC: "sensor_msgs/msg/CameraInfo",
        COLOUR_TOPIC: "sensor_msgs/msg/Image",
        DEPTH_TOPIC: "sensor_msgs/msg/Image",
    }
    words = json.loads(seen[ATTEMPT_TOPIC][0][1].data)
    assert (words["command"], words["error"]) == ("grasp the box", "OK")
    assert words["reasoning"] == ATTEMPT.response.reasoning
    assert [g.opening_m for _, g in seen[GRASP_TOPIC]] == [
        grasp.opening_m for grasp in ATTEMPT.response.grasps
    ]
    assert seen[COLOUR_TOPIC][0][1].encoding == "rgb8"
    assert seen[DEPTH_TOPIC][0][1].encoding == "32FC1"
    assert len(seen[MARKERS_TOPIC][0][1].markers) >= 1 + len(ATTEMPT.response.grasps)


def test_command_and_reply_are_recorded_as_ros_records_services():
    reader = make_reader(io.BytesIO(RECORDED))
    seen = list(reader.iter_messages([COMMAND_TOPIC]))
    assert COMMAND_TOPIC.endswith("/_service_event")
    assert {schema.name for schema, _, _ in seen} == {"rt_grasp_ros/srv/GraspCommand_Event"}
    events = [deserialize_message(message.data, GraspCommand.Event) for _, _, message in seen]
    assert [event.info.event_type for event in events] == [1, 2]  # received, sent


@pytest.mark.parametrize("fraction", [0.0, 0.01, 0.3, 0.9, 0.999])
def test_a_file_that_is_cut_off_says_so(file_of, fraction):
    path = file_of(RECORDED[: int(len(RECORDED) * fraction)])
    with pytest.raises(DataInvalid, match="is cut off or damaged") as failure:
        read_attempt(path)
    assert str(path) in failure.value.message


def test_what_was_written_before_the_disk_was_full_stays_readable():
    records = StreamReader(io.BytesIO(RECORDED[: len(RECORDED) // 2])).records
    seen = []
    with pytest.raises(EndOfFile):
        seen.extend(records)
    topics = {record.id: record.topic for record in seen if isinstance(record, Channel)}
    messages = [record for record in seen if isinstance(record, Message)]
    assert [topics[message.channel_id] for message in messages][:3] == [
        ATTEMPT_TOPIC,
        COMMAND_TOPIC,
        COMMAND_TOPIC,
    ]
    event = deserialize_message(messages[2].data, GraspCommand.Event)
    assert event.response[0].grasps == ATTEMPT.response.grasps


def test_no_such_file():
    with pytest.raises(DataInvalid, match="No such file"):
        read_attempt(Path("absent.mcap"))


def test_a_recording_of_something_else_is_refused(file_of):
    stream = io.BytesIO()
    writer = Writer(stream)
    writer.start(profile="ros2")
    writer.finish()
    with pytest.raises(DataInvalid, match="holds no attempt of ours"):
        read_attempt(file_of(stream.getvalue()))


def test_a_recording_with_other_definitions_is_refused(file_of, monkeypatch):
    monkeypatch.setattr(
        "rt_grasp_ros.ros.recording.attempt_file.message_definition", lambda kind: "uint8 other\n"
    )
    data = recorded()
    monkeypatch.undo()
    with pytest.raises(DataInvalid, match=r"another definition of .* than the one"):
        read_attempt(file_of(data))


@settings(max_examples=60, deadline=None)
@given(position=st.integers(0, len(RECORDED) - 1), value=st.integers(0, 255))
def test_a_damaged_file_is_refused_or_reads_the_same(tmp_path_factory, position, value):
    damaged = bytearray(RECORDED)
    damaged[position] = value
    path = tmp_path_factory.mktemp("damaged") / "attempt.mcap"
    path.write_bytes(damaged)
    try:
        attempt = read_attempt(path)
    except DataInvalid:
        return
    np.testing.assert_array_equal(attempt.frame.rgb, frame_of_box().rgb)
    assert attempt.request == ATTEMPT.request

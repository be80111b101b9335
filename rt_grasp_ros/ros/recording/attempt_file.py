"""Attempts as MCAP files, which Foxglove, `ros2 bag` and the libraries of MCAP open.

The command and its reply stand in a file as ROS 2 records services: events on
`grasp_command/_service_event`, which not every tool decodes. So the grasps are there as messages
too, and all else as JSON on `attempt`, with what the attempt depended on. Colour and depth keep
every bit that the model and the geometry saw.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from mcap.exceptions import McapError
from mcap.reader import make_reader
from mcap.writer import Writer
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import CameraInfo, Image
from service_msgs.msg import ServiceEventInfo
from std_msgs.msg import String
from visualization_msgs.msg import MarkerArray
from zstandard import ZstdError

from rt_grasp_ros.msg import Grasp as GraspMessage
from rt_grasp_ros.srv import GraspCommand

from ... import __version__
from ...grasp.error_code import ErrorCode
from ...grasp.errors import DataInvalid
from ...grasp.frame import RgbdFrame
from ...grasp.grasp import Gripper
from ...language.prompt import Turn
from ..messages.camera_info import intrinsics_from_message, intrinsics_to_message
from ..messages.grasps import grasp_from_message
from ..messages.images import depth_m_from_image, image_from_array, rgb_from_image
from ..messages.markers import grasp_markers
from ..messages.stamps import header_of, nanoseconds_from_time, time_from_nanoseconds
from .attempt import Attempt, AttemptSettings
from .message_definition import message_definition, type_name

ATTEMPT_TOPIC = "/attempt"
COMMAND_TOPIC = "/grasp_command/_service_event"
COLOUR_TOPIC = "/camera/color/image_raw"
DEPTH_TOPIC = "/camera/aligned_depth_to_color/image_raw"
INFO_TOPIC = "/camera/color/camera_info"
GRASP_TOPIC = "/grasp"
MARKERS_TOPIC = "/grasp_markers"

_TYPES: dict[str, type] = {
    ATTEMPT_TOPIC: String,
    COMMAND_TOPIC: GraspCommand.Event,
    GRASP_TOPIC: GraspMessage,
    COLOUR_TOPIC: Image,
    DEPTH_TOPIC: Image,
    INFO_TOPIC: CameraInfo,
    MARKERS_TOPIC: MarkerArray,
}
# What the libraries raise at bytes that are wrong; lengths that are wrong end in the last two.
_BROKEN = (
    McapError,
    ZstdError,
    struct.error,
    EOFError,
    LookupError,
    TypeError,
    ValueError,
    MemoryError,
    OverflowError,
)


class NoAttempt(DataInvalid):
    """A file of another kind, such as a plain bag."""


def write_attempt(stream: IO[bytes], attempt: Attempt) -> None:
    """Write an attempt; what matters most comes first, should the disk be full.

    Args:
        stream: binary, open for writing; it is flushed, not closed.
        attempt: what to write.

    Raises:
        OSError: the stream does not take it.
    """
    writer = Writer(stream)
    writer.start(profile="ros2")
    channels = {topic: _register(writer, topic, kind) for topic, kind in _TYPES.items()}

    def add(topic: str, message: Any, stamp_ns: int) -> None:
        writer.add_message(channels[topic], stamp_ns, serialize_message(message), stamp_ns)

    add(ATTEMPT_TOPIC, String(data=json.dumps(_summary_of(attempt))), attempt.ended_ns)
    for event, stamp_ns in _events_of(attempt):
        add(COMMAND_TOPIC, event, stamp_ns)
    for grasp in attempt.found:
        add(GRASP_TOPIC, grasp, attempt.ended_ns)
    writer.flush()
    frame = attempt.frame
    if frame is not None:
        header = header_of(frame)
        grasps = [grasp_from_message(message) for message in attempt.found]
        markers = grasp_markers(grasps, attempt.settings.gripper, header)
        add(MARKERS_TOPIC, markers, attempt.ended_ns)
        add(INFO_TOPIC, intrinsics_to_message(frame.intrinsics, header), frame.stamp_ns)
        add(COLOUR_TOPIC, image_from_array(frame.rgb, header), frame.stamp_ns)
        add(DEPTH_TOPIC, image_from_array(frame.depth_m, header), frame.stamp_ns)
    writer.finish()
    stream.flush()


def read_attempt(path: Path) -> Attempt:
    """Read an attempt back.

    Raises:
        NoAttempt: it is a file of another kind.
        DataInvalid: there is no such file, it is cut off or damaged, holds something else, or
            was recorded with other interfaces than those installed here.
    """
    try:
        with path.open("rb") as stream:
            reader = make_reader(stream, validate_crcs=True)
            summary = reader.get_summary()
            named = {c.topic for c in summary.channels.values()} if summary else {ATTEMPT_TOPIC}
            messages = _messages(path, reader) if ATTEMPT_TOPIC in named else {ATTEMPT_TOPIC: []}
            if not messages[ATTEMPT_TOPIC]:
                raise NoAttempt(f"{path} holds no attempt of ours; give one that we recorded.")
            return _attempt_of(messages)
    except OSError as error:
        raise DataInvalid(f"{path} can't be read ({error.strerror}); check the path.") from error
    except _BROKEN as error:
        raise DataInvalid(
            f"{path} is cut off or damaged ({error}); `mcap recover` saves what is left of it, "
            "to look at, not to replay."
        ) from error


def _messages(path: Path, reader: Any) -> dict[str, list[Any]]:
    """Return the messages of each topic, in the order of their times."""
    messages: dict[str, list[Any]] = {topic: [] for topic in _TYPES}
    for schema, channel, message in reader.iter_messages(list(_TYPES)):
        kind = _TYPES[channel.topic]
        if schema is None or schema.data.decode() != message_definition(kind):
            raise DataInvalid(
                f"{path} was recorded with another definition of {type_name(kind)} than the one "
                "installed here; replay it with the version that recorded it."
            )
        messages[channel.topic].append(deserialize_message(message.data, kind))
    return messages


def _register(writer: Writer, topic: str, kind: type) -> int:
    schema = writer.register_schema(type_name(kind), "ros2msg", message_definition(kind).encode())
    return writer.register_channel(topic, "cdr", schema, {"offered_qos_profiles": ""})


def _events_of(attempt: Attempt) -> Iterator[tuple[GraspCommand.Event, int]]:
    """Yield the events of the service, and when they happened."""
    received = ServiceEventInfo(
        event_type=ServiceEventInfo.REQUEST_RECEIVED, stamp=time_from_nanoseconds(attempt.begun_ns)
    )
    yield GraspCommand.Event(info=received, request=[attempt.request]), attempt.begun_ns
    sent = ServiceEventInfo(
        event_type=ServiceEventInfo.RESPONSE_SENT, stamp=time_from_nanoseconds(attempt.ended_ns)
    )
    yield GraspCommand.Event(info=sent, response=[attempt.response]), attempt.ended_ns


def _summary_of(attempt: Attempt) -> dict[str, Any]:
    """Return the attempt in words, and what the messages do not say."""
    response = attempt.response
    return {
        "command": attempt.request.command,
        "error": ErrorCode(response.error_code).name,
        "error_message": response.error_message,
        "reasoning": response.reasoning,
        "executed": response.executed,
        "held": response.held,
        "stages_s": {stage.name: stage.duration_s for stage in response.stages},
        "history": [asdict(turn) for turn in attempt.history],
        "settings": asdict(attempt.settings),
        "version": __version__,
    }


def _attempt_of(messages: dict[str, list[Any]]) -> Attempt:
    ((summary,), (asked, replied)) = messages[ATTEMPT_TOPIC], messages[COMMAND_TOPIC]
    words = json.loads(summary.data)
    settings = words["settings"]
    return Attempt(
        request=asked.request[0],
        response=replied.response[0],
        frame=_frame_of(messages) if messages[COLOUR_TOPIC] else None,
        found=messages[GRASP_TOPIC],
        history=tuple(Turn(**turn) for turn in words["history"]),
        settings=AttemptSettings(**{**settings, "gripper": Gripper(**settings["gripper"])}),
        begun_ns=nanoseconds_from_time(asked.info.stamp),
        ended_ns=nanoseconds_from_time(replied.info.stamp),
    )


def _frame_of(messages: dict[str, list[Any]]) -> RgbdFrame:
    (colour,), (depth,), (info,) = (
        messages[topic] for topic in (COLOUR_TOPIC, DEPTH_TOPIC, INFO_TOPIC)
    )
    return RgbdFrame(
        rgb=rgb_from_image(colour),
        depth_m=depth_m_from_image(depth),
        intrinsics=intrinsics_from_message(info),
        frame_id=colour.header.frame_id,
        stamp_ns=nanoseconds_from_time(colour.header.stamp),
    )

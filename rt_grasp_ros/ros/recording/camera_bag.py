"""A picture from a plain bag of a camera: colour, depth and camera_info, MCAP or SQLite."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rclpy.serialization import deserialize_message
from rosbags.rosbag2 import Reader
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from ...grasp.depth import without_blind_rim
from ...grasp.errors import DataInvalid, FrameStale, RtGraspError
from ...grasp.frame import RgbdFrame, require_described
from ...grasp.frame_buffer import FrameSet, Stamped, of_one_camera
from ...grasp.plausible import require_usable
from ..messages.camera_info import intrinsics_from_message, picture_size_px
from ..messages.images import depth_m_from_image, rgb_from_image
from ..messages.stamps import nanoseconds_from_time
from .bag_topics import CameraTopics, ImageTopic, choose_topics

_SLOP_NS = 50_000_000
_PENDING = 60  # pictures that wait for their partner: two seconds at 30 Hz
_KINDS: dict[str, type] = {
    "sensor_msgs/msg/Image": Image,
    "sensor_msgs/msg/CompressedImage": CompressedImage,
    "sensor_msgs/msg/CameraInfo": CameraInfo,
}


@dataclass(frozen=True, slots=True)
class BagOptions:
    """Which picture of a bag.

    Attributes:
        color_topic: of the colour picture; empty finds it.
        depth_topic: of the depth registered to it; empty finds it.
        info_topic: of the colour camera's camera_info; empty finds it.
        at_s: seconds after the bag's begin, from when on a picture counts.
        depth_unit_m: metres of one unit of depth, where it is not the encoding's.
        is_rectified: whether P of camera_info counts; a topic named `..._rect...` says so, too.
    """

    color_topic: str = ""
    depth_topic: str = ""
    info_topic: str = ""
    at_s: float = 0.0
    depth_unit_m: float | None = None
    is_rectified: bool = False


def read_camera_bag(path: Path, options: BagOptions) -> RgbdFrame:
    """Return the first picture whose colour and depth were taken within 50 ms of each other.

    Args:
        path: of an MCAP or db3 file, or of the folder that `ros2 bag record` wrote.
        options: which picture.

    Raises:
        DataInvalid: it can't be read, or holds no colour, depth or camera_info, or several.
        FrameStale: no colour and depth were taken together.
        CameraError: they are there, but not usable; the subclass and the message say why.
    """
    with _opened(path) as reader:
        topics = choose_topics(
            _image_topics(reader),
            [c.topic for c in reader.connections if _KINDS.get(c.msgtype) is CameraInfo],
            (options.color_topic, options.depth_topic, options.info_topic),
        )
        info = next(_messages(reader, {topics.info}), None)
        if info is None:
            raise DataInvalid(f"{topics.info} of the bag holds no message; record it again.")
        colour, depth = _first_pair(reader, topics, options.at_s)
    frames = of_one_camera(FrameSet(colour, depth, _stamped(info[1])))
    rgb = rgb_from_image(frames.colour.message)
    is_rectified = options.is_rectified or topics.is_rectified
    require_described(rgb, picture_size_px(frames.info.message))
    intrinsics = intrinsics_from_message(frames.info.message, is_rectified)
    depth_m = depth_m_from_image(frames.depth.message, options.depth_unit_m)
    frame = RgbdFrame(rgb, depth_m, intrinsics, colour.frame_id, colour.stamp_ns)
    require_usable(frame)
    return RgbdFrame(
        rgb, without_blind_rim(depth_m, intrinsics), intrinsics, colour.frame_id, colour.stamp_ns
    )


@contextmanager
def _opened(path: Path) -> Iterator[Reader]:
    try:
        with Reader(path) as reader:
            yield reader
    except RtGraspError:
        raise
    except Exception as error:  # of rosbags, sqlite3, zstandard and CDR at bytes that are wrong
        raise DataInvalid(
            f"{path} can't be read as a bag ({error}); give an MCAP or db3 file, or the folder "
            "that `ros2 bag record` wrote."
        ) from error


def _messages(
    reader: Reader, topics: set[str], start_ns: int | None = None
) -> Iterator[tuple[str, Any]]:
    wanted = [c for c in reader.connections if c.topic in topics and c.msgtype in _KINDS]
    if wanted:  # none would mean all
        for connection, _, data in reader.messages(wanted, start=start_ns):
            yield connection.topic, deserialize_message(bytes(data), _KINDS[connection.msgtype])


def _image_topics(reader: Reader) -> list[ImageTopic]:
    """Return the topics of pictures, with the encoding of their first message."""
    found = []
    for connection in reader.connections:
        kind = _KINDS.get(connection.msgtype)
        if kind in (Image, CompressedImage):
            _, first = next(_messages(reader, {connection.topic}), ("", None))
            if first is not None:
                encoding = first.encoding if kind is Image else first.format
                found.append(ImageTopic(connection.topic, encoding, kind is CompressedImage))
    return found


def _first_pair(reader: Reader, topics: CameraTopics, at_s: float) -> tuple[Stamped, Stamped]:
    waiting: dict[str, deque[Stamped]] = {
        topics.colour: deque(maxlen=_PENDING),
        topics.depth: deque(maxlen=_PENDING),
    }
    start_ns = reader.start_time + round(at_s * 1e9)
    for topic, message in _messages(reader, set(waiting), start_ns):
        new = _stamped(message)
        waiting[topic].append(new)
        partners = waiting[topics.depth if topic == topics.colour else topics.colour]
        for partner in partners:
            if abs(partner.stamp_ns - new.stamp_ns) <= _SLOP_NS:
                return (new, partner) if topic == topics.colour else (partner, new)
    raise FrameStale(
        f"From {at_s:g} s on the bag holds no colour ({topics.colour}) and depth "
        f"({topics.depth}) within 0.05 s of each other; it is {reader.duration / 1e9:.1f} s long, "
        "give another --at or other topics."
    )


def _stamped(message: Any) -> Stamped:
    header = message.header
    return Stamped(nanoseconds_from_time(header.stamp), header.frame_id, message)

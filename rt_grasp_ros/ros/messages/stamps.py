"""Stamps and durations of messages to numbers and back."""

from __future__ import annotations

from builtin_interfaces.msg import Duration, Time
from std_msgs.msg import Header

from ...grasp.frame import RgbdFrame

NANOSECONDS_PER_SECOND = 1_000_000_000


def nanoseconds_from_time(stamp: Time) -> int:
    """Return a stamp as nanoseconds since the epoch of its clock."""
    return int(stamp.sec) * NANOSECONDS_PER_SECOND + int(stamp.nanosec)


def time_from_nanoseconds(stamp_ns: int) -> Time:
    """Return nanoseconds since the epoch of a clock as a stamp."""
    sec, nanosec = divmod(stamp_ns, NANOSECONDS_PER_SECOND)
    return Time(sec=sec, nanosec=nanosec)


def duration_from_seconds(duration_s: float) -> Duration:
    """Return seconds as a duration message."""
    sec, nanosec = divmod(round(duration_s * NANOSECONDS_PER_SECOND), NANOSECONDS_PER_SECOND)
    return Duration(sec=sec, nanosec=nanosec)


def seconds_from_duration(duration: Duration) -> float:
    """Return a duration message in seconds."""
    return float(duration.sec + duration.nanosec / NANOSECONDS_PER_SECOND)


def header_of(frame: RgbdFrame) -> Header:
    """Return the header of everything seen in a frame."""
    return Header(stamp=time_from_nanoseconds(frame.stamp_ns), frame_id=frame.frame_id)

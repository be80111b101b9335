"""A camera's last messages, and the waiting for colour and depth of one moment."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NoReturn, TypeVar

from .errors import (
    Cancelled,
    DepthNotRegistered,
    FrameStale,
    IntrinsicsInvalid,
    NoCameraInfo,
    NoDepth,
    NoImage,
)
from .numbers import told_apart

Message = TypeVar("Message")
InfoMessage = TypeVar("InfoMessage")
_NANOSECONDS_PER_SECOND = 1_000_000_000
_KEPT = 5
_POLL_S = 0.05
_CLOCK_TOLERANCE_S = 1.0
_ANOTHER_CLOCK_S = 86_400.0
_OLDEST_DATE_NS = 10**18  # September 2001: what is less is no time of day


@dataclass(frozen=True, slots=True, eq=False)
class Stamped(Generic[Message]):
    """Something that a camera published.

    Attributes:
        stamp_ns: when it was taken.
        frame_id: in which frame.
        message: the thing itself.
    """

    stamp_ns: int
    frame_id: str
    message: Message


@dataclass(frozen=True, slots=True, eq=False)
class FrameSet(Generic[Message, InfoMessage]):
    """Colour and depth of nearly the same moment, and the camera's description."""

    colour: Stamped[Message]
    depth: Stamped[Message]
    info: Stamped[InfoMessage]


class FrameBuffer(Generic[Message, InfoMessage]):
    """Keeps a camera's last messages and waits for a matching set; safe between threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._colours: deque[Stamped[Message]] = deque(maxlen=_KEPT)
        self._depths: deque[Stamped[Message]] = deque(maxlen=_KEPT)
        self._info: Stamped[InfoMessage] | None = None

    def put_colour(self, colour: Stamped[Message]) -> None:
        """Take a colour image."""
        with self._changed:
            self._colours.append(colour)
            self._changed.notify_all()

    def put_depth(self, depth: Stamped[Message]) -> None:
        """Take a depth image."""
        with self._changed:
            self._depths.append(depth)
            self._changed.notify_all()

    def put_info(self, info: Stamped[InfoMessage]) -> None:
        """Take a camera description."""
        with self._changed:
            self._info = info
            self._changed.notify_all()

    def wait_newer(
        self,
        than_ns: int,
        slop_s: float,
        timeout_s: float,
        now_ns: Callable[[], int],
        is_cancelled: Callable[[], bool] = lambda: False,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> FrameSet[Message, InfoMessage]:
        """Return the newest set whose colour and depth were taken after a moment.

        Args:
            than_ns: that moment, on the clock of the stamps.
            slop_s: how far the stamps of colour and depth may lie apart.
            timeout_s: how long to wait.
            now_ns: the clock of the stamps.
            is_cancelled: asked 20 times a second.
            clock_s: seconds, by which the wait is measured; it never goes back.

        Raises:
            Cancelled: it was asked to stop.
            NoImage: no colour image came at all.
            NoDepth: no depth image came at all.
            NoCameraInfo: no camera description came at all.
            FrameStale: what came was taken before that moment, or lies too far apart or ahead.
            DepthNotRegistered: depth is in another frame than colour.
            IntrinsicsInvalid: the camera description is of another frame than colour.
        """
        deadline_s = clock_s() + timeout_s
        with self._changed:
            while True:
                found = self._newest_pair(than_ns, slop_s, now_ns())
                if found is not None and self._info is not None:
                    return of_one_camera(FrameSet(*found, self._info))
                remaining_s = deadline_s - clock_s()
                if is_cancelled():
                    raise Cancelled
                if remaining_s > 0:
                    self._changed.wait(min(remaining_s, _POLL_S))
                else:
                    self._explain(than_ns, slop_s, timeout_s, now_ns())

    def _newest_pair(
        self, than_ns: int, slop_s: float, now_ns: int
    ) -> tuple[Stamped[Message], Stamped[Message]] | None:
        latest_ns = now_ns + int(_CLOCK_TOLERANCE_S * _NANOSECONDS_PER_SECOND)
        slop_ns = slop_s * _NANOSECONDS_PER_SECOND
        for colour in reversed(self._colours):
            if not than_ns < colour.stamp_ns <= latest_ns:
                continue
            depth = min(
                (depth for depth in self._depths if depth.stamp_ns > than_ns),
                key=lambda depth: abs(depth.stamp_ns - colour.stamp_ns),
                default=None,
            )
            if depth is not None and abs(depth.stamp_ns - colour.stamp_ns) <= slop_ns:
                return colour, depth
        return None

    def _explain(self, than_ns: int, slop_s: float, timeout_s: float, now_ns: int) -> NoReturn:
        """Raise the error that says what is missing."""
        waited = f"within {timeout_s:g} s"
        if not self._colours:
            raise NoImage(
                f"No colour image arrived {waited}; start the camera, or remap "
                "camera/color/image_raw to its topic."
            )
        if not self._depths:
            raise NoDepth(
                f"No depth image arrived {waited}; switch on the camera's registered depth, or "
                "remap camera/aligned_depth_to_color/image_raw to its topic."
            )
        if self._info is None:
            raise NoCameraInfo(
                f"No camera_info arrived {waited}; let the camera driver publish it, or remap "
                "camera/color/camera_info to its topic."
            )
        for name, newest in (("colour", self._colours[-1]), ("depth", self._depths[-1])):
            age_s = (now_ns - newest.stamp_ns) / _NANOSECONDS_PER_SECOND
            if newest.stamp_ns == 0 or abs(age_s) > _ANOTHER_CLOCK_S:
                raise FrameStale(_of_another_clock(name, newest.stamp_ns, now_ns))
            if age_s < -_CLOCK_TOLERANCE_S:
                raise FrameStale(
                    f"The newest {name} image is stamped {-age_s:.1f} s in the future; "
                    "synchronise the clocks of camera and robot."
                )
            if newest.stamp_ns <= than_ns:
                raise FrameStale(
                    f"The newest {name} image is {age_s:.1f} s old and none came after the "
                    f"command {waited}; check that the camera is running and its clock right."
                )
        apart_ns = abs(self._colours[-1].stamp_ns - self._depths[-1].stamp_ns)
        apart, _ = told_apart(apart_ns / _NANOSECONDS_PER_SECOND, slop_s, 3)
        raise FrameStale(
            f"Colour and depth images are {apart} s apart, at most {slop_s:g} s are allowed; "
            "synchronise the camera's streams or raise sync_slop_s."
        )


def _of_another_clock(name: str, stamp_ns: int, now_ns: int) -> str:
    """Return what to say of a stamp that can't be compared with the node's time."""
    arrival = "set camera_stamps to arrival, which counts a picture from when it arrives"
    if stamp_ns == 0:
        return (
            f"The newest {name} image has no stamp (its header says 0); let the driver stamp it, "
            f"or {arrival}."
        )
    if now_ns < _OLDEST_DATE_NS < stamp_ns:
        return (
            f"The newest {name} image is stamped with today's time, but this node runs on a "
            "simulated or unset clock; set use_sim_time alike in all nodes."
        )
    if stamp_ns < _OLDEST_DATE_NS < now_ns:
        return (
            f"The newest {name} image is stamped {stamp_ns / _NANOSECONDS_PER_SECOND:.1f} s, as by "
            "a clock that starts with the machine, the camera or a simulation, not with the time "
            f"of day; set use_sim_time alike in all nodes, or {arrival}."
        )
    days = abs(now_ns - stamp_ns) / _NANOSECONDS_PER_SECOND / _ANOTHER_CLOCK_S
    return (
        f"The newest {name} image is stamped {days:.0f} days from this node's time; synchronise "
        f"the clocks of camera and robot, do not play a recording without its clock, or {arrival}."
    )


def of_one_camera(
    frames: FrameSet[Message, InfoMessage],
) -> FrameSet[Message, InfoMessage]:
    """Return the set, or refuse one that mixes the frames of several cameras."""
    colour_id, depth_id, info_id = (
        frames.colour.frame_id,
        frames.depth.frame_id,
        frames.info.frame_id,
    )
    if depth_id != colour_id:
        raise DepthNotRegistered(
            f"Depth is in the frame '{depth_id[:80]}', colour in '{colour_id[:80]}'; switch on "
            "registration (align_depth) in the camera driver."
        )
    if info_id != colour_id:
        raise IntrinsicsInvalid(
            f"camera_info describes the frame '{info_id[:80]}', colour is in '{colour_id[:80]}'; "
            "remap camera_info to that of the colour camera."
        )
    return frames

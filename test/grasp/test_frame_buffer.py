"""The newest colour and depth that belong together are waited for, or what is missing is said."""

import threading
import time

import pytest

from rt_grasp_ros.grasp.errors import (
    DepthNotRegistered,
    FrameStale,
    IntrinsicsInvalid,
    NoCameraInfo,
    NoDepth,
    NoImage,
)
from rt_grasp_ros.grasp.frame_buffer import FrameBuffer, Stamped

SECOND_NS = 1_000_000_000
REQUEST_NS = 1000 * SECOND_NS


def stamped(after_s, frame_id="camera"):
    """Something taken that many seconds after the request."""
    return Stamped(REQUEST_NS + int(after_s * SECOND_NS), frame_id, f"at {after_s}")


def buffer_of(colours=(0.1,), depths=(0.1,), info=True):
    buffer = FrameBuffer()
    for after_s in colours:
        buffer.put_colour(stamped(after_s))
    for after_s in depths:
        buffer.put_depth(stamped(after_s))
    if info:
        buffer.put_info(stamped(-5.0))
    return buffer


def take(buffer, timeout_s=0.0, now_s=0.2):
    return buffer.wait_newer(
        REQUEST_NS, 0.05, timeout_s, lambda: REQUEST_NS + int(now_s * SECOND_NS)
    )


def test_the_newest_matching_pair_is_taken():
    found = take(buffer_of(colours=(-0.1, 0.05, 0.1, 0.15), depths=(-0.1, 0.06, 0.11)))
    assert (found.colour.message, found.depth.message) == ("at 0.15", "at 0.11")


def test_each_colour_gets_the_nearest_depth():
    found = take(buffer_of(colours=(0.10,), depths=(0.06, 0.09, 0.14)))
    assert found.depth.message == "at 0.09"


def test_the_latest_camera_info_is_used_however_old():
    assert take(buffer_of()).info.message == "at -5.0"


@pytest.mark.parametrize(
    "missing, error, topic",
    [
        ({"colours": ()}, NoImage, "camera/color/image_raw"),
        ({"depths": ()}, NoDepth, "camera/aligned_depth_to_color/image_raw"),
        ({"info": False}, NoCameraInfo, "camera/color/camera_info"),
    ],
)
def test_what_never_came_is_named_with_its_topic(missing, error, topic):
    with pytest.raises(error, match=topic):
        take(buffer_of(**missing))


@pytest.mark.parametrize(
    "stamps, words",
    [
        ({"colours": (-180.0,)}, "colour image is 180.2 s old"),
        ({"depths": (-180.0,)}, "depth image is 180.2 s old"),
        ({"colours": (0.0,)}, "colour image is 0.2 s old"),
        ({"colours": (3.0,), "depths": (3.0,)}, "2.8 s in the future"),
        ({"colours": (0.1,), "depths": (0.19,)}, "0.090 s apart"),
    ],
)
def test_what_was_not_taken_after_the_request_is_stale(stamps, words):
    with pytest.raises(FrameStale, match=words):
        take(buffer_of(**stamps))


NOON_NS = 1_795_835_949 * SECOND_NS


@pytest.mark.parametrize(
    "stamp_ns, now_ns, words",
    [
        (0, NOON_NS, "has no stamp .*camera_stamps to arrival"),
        (3_600 * SECOND_NS, NOON_NS, "3600.0 s, as by a clock that starts .*camera_stamps"),
        (NOON_NS, 50 * SECOND_NS, "use_sim_time"),
        (NOON_NS - 200_000 * SECOND_NS, NOON_NS, "2 days from this node's time"),
    ],
)
def test_a_stamp_of_another_clock_is_said_to_be_one(stamp_ns, now_ns, words):
    buffer = FrameBuffer()
    buffer.put_colour(Stamped(stamp_ns, "camera", "colour"))
    buffer.put_depth(Stamped(stamp_ns, "camera", "depth"))
    buffer.put_info(Stamped(stamp_ns, "camera", "info"))
    with pytest.raises(FrameStale, match=words):
        buffer.wait_newer(now_ns, 0.05, 0.0, lambda: now_ns)


def test_depth_of_another_frame_is_not_registered():
    buffer = buffer_of(depths=())
    buffer.put_depth(stamped(0.1, "depth_camera"))
    with pytest.raises(DepthNotRegistered, match="depth_camera"):
        take(buffer)


def test_intrinsics_of_another_frame_are_refused():
    buffer = buffer_of(info=False)
    buffer.put_info(stamped(0.1, "other_camera"))
    with pytest.raises(IntrinsicsInvalid, match="other_camera"):
        take(buffer)


def test_waiting_ends_when_the_set_is_complete():
    buffer = buffer_of(depths=())
    threading.Timer(0.05, lambda: buffer.put_depth(stamped(0.12))).start()
    start_s = time.monotonic()
    assert take(buffer, timeout_s=60.0).depth.message == "at 0.12"
    assert time.monotonic() - start_s < 30.0


def test_waiting_ends_at_the_deadline_though_pictures_keep_coming():
    buffer = buffer_of(colours=(-1.0,))
    stop = threading.Event()

    def feed():
        while not stop.wait(0.01):
            buffer.put_colour(stamped(-1.0))

    feeder = threading.Thread(target=feed)
    feeder.start()
    with pytest.raises(FrameStale):
        take(buffer, timeout_s=0.1)
    stop.set()
    feeder.join()

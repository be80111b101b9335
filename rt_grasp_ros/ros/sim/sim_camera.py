"""The simulated camera's topics: pictures of the cell, drawn beside its physics."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

from ...sim.cell import Observation
from ...sim.live_camera import LiveCamera
from ..messages.camera_info import intrinsics_to_message
from ..messages.images import image_from_array

OPTICAL_FRAME = "camera_color_optical_frame"

_STOP_TIMEOUT_S = 5.0
_OLDEST_S = 1.0
_POLL_S = 0.005


class SimCamera:
    """Publishes what a cell's camera sees, from a thread of its own.

    A picture takes longer to draw than a controller may wait for a stop. Drawing gets half of one
    processor at most; where that is too little, the cell waits (`is_behind`).
    """

    def __init__(
        self,
        node: Node,
        make_camera: Callable[[], LiveCamera],
        capture: Callable[[LiveCamera], Header],
        rate_hz: float,
        now_s: Callable[[], float],
    ) -> None:
        """Start to publish.

        Args:
            node: whose topics they are.
            make_camera: called once, by the thread that draws.
            capture: lets the camera copy the present state, and returns the pictures' header.
            rate_hz: how often by the cell's time, where the processor is fast enough.
            now_s: the cell's time, seconds.
        """
        self._node = node
        self._make_camera, self._capture = make_camera, capture
        self._period_s = 1.0 / rate_hz
        qos = qos_profile_sensor_data
        aligned = "camera/aligned_depth_to_color"
        self._colour = node.create_publisher(Image, "camera/color/image_raw", qos)
        self._depth = node.create_publisher(Image, f"{aligned}/image_raw", qos)
        self._info = node.create_publisher(CameraInfo, "camera/color/camera_info", qos)
        # RViz looks for it beside the depth, where RealSense's driver has it, too.
        self._depth_info = node.create_publisher(CameraInfo, f"{aligned}/camera_info", qos)
        self._now_s = now_s
        self._newest_s = now_s()
        self._closed = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="sim_camera", daemon=True)
        self._thread.start()

    def raise_failure(self) -> None:
        """Raise what has ended the pictures, if anything has."""
        if self._failure is not None:
            raise self._failure

    def is_behind(self) -> bool:
        """Whether the cell has to wait, so that its newest picture is not too old."""
        return self._now_s() - self._newest_s > max(_OLDEST_S, 2.0 * self._period_s)

    def close(self) -> None:
        """Stop; when this returns nothing is captured or published any more."""
        self._closed.set()
        self._thread.join(_STOP_TIMEOUT_S)

    def _run(self) -> None:
        try:
            with self._make_camera() as camera:
                pause_s = 0.0
                while not self._closed.wait(pause_s):
                    start_s, captured_s = time.monotonic(), self._now_s()
                    header = self._capture(camera)
                    self._publish(camera.observe(), header)
                    self._newest_s = captured_s
                    pause_s = time.monotonic() - start_s
                    due_s = captured_s + self._period_s
                    while not self._closed.wait(pause_s) and self._now_s() < due_s:
                        pause_s = max(due_s - self._now_s(), _POLL_S)
                    pause_s = 0.0
        except Exception as error:
            if self._node.context.ok():  # else the process is ending
                self._failure = error

    def _publish(self, seen: Observation, header: Header) -> None:
        info = intrinsics_to_message(seen.intrinsics, header)
        self._colour.publish(image_from_array(seen.rgb, header))
        self._depth.publish(image_from_array(seen.depth_mm, header))
        self._info.publish(info)
        self._depth_info.publish(info)

"""Grasps that another node proposes as a `PoseArray`, taken where they belong to the picture."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import numpy as np
from geometry_msgs.msg import PoseArray
from numpy.typing import NDArray
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy

from ...doctor.finding import Finding
from ...grasp.errors import PostedGraspsUnavailable, RequestInvalid
from ...grasp.frame import RgbdFrame
from ...grasp.grasp import Gripper
from ...grasp.plane import Plane
from ...proposals.outside.given_grasps import (
    MOST,
    GivenGraspsInvalid,
    measured,
    require_grasps,
    scores_by_rank,
)
from ...proposals.proposal import Proposal
from ..frames.tf_listener import TfListener
from ..messages.poses import matrix_from_pose
from ..messages.stamps import nanoseconds_from_time

_TF_TIMEOUT_S = 1.0
_AS_OFFERED = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)  # reliable ones too


@dataclass(frozen=True, slots=True)
class GraspTopicSettings:
    """What is taken from the topic, and how it is meant.

    Attributes:
        topic: name of the `geometry_msgs/PoseArray`, best grasp first.
        max_age_s: so much older than the picture grasps may be.
        timeout_s: how long to wait for such.
        base_to_pads_m: from what a pose is of, along its approach, to between the finger pads.
    """

    topic: str
    max_age_s: float
    timeout_s: float
    base_to_pads_m: float


@dataclass(frozen=True, slots=True)
class _Heard:
    message: PoseArray
    stamp_ns: int


class GraspTopic:
    """A `Proposals` that hears a topic; the newest message alone counts.

    Poses have +z as approach and +x as closing direction. Those that lie on another thing than the
    one asked about are left out, and how wide that is between the pads is measured in depth.
    """

    def __init__(
        self,
        node: Node,
        tf: TfListener,
        base_frame: str,
        gripper: Gripper,
        settings: GraspTopicSettings,
    ) -> None:
        """Listen.

        Args:
            node: which listens; spun elsewhere.
            tf: the frames.
            base_frame: of the robot, which stands still while cameras may move.
            gripper: its measures.
            settings: what to listen to.
        """
        self._node, self._tf, self._base_frame = node, tf, base_frame
        self._gripper, self._settings = gripper, settings
        self._T_base_pads = np.eye(4)
        self._T_base_pads[2, 3] = settings.base_to_pads_m
        self._came = threading.Condition()
        self._newest: _Heard | None = None
        self.name = node.resolve_topic_name(settings.topic)
        self._subscription = node.create_subscription(
            PoseArray,
            settings.topic,
            self._hear,
            _AS_OFFERED,
            callback_group=MutuallyExclusiveCallbackGroup(),
        )

    def propose(self, frame: RgbdFrame, plane: Plane, region: NDArray[np.bool_]) -> list[Proposal]:
        """See `Proposals`.

        Raises:
            PostedGraspsUnavailable: none came that is as new as the picture, or it is no list of
                grasps.
            TransformUnavailable: TF does not connect their frame to the picture's.
        """
        heard = self._heard_for(frame)
        poses = heard.message.poses
        try:
            if len(poses) > MOST:
                raise GivenGraspsInvalid(f"{len(poses)} grasps are more than {MOST}")
            T_posted_base = np.array([matrix_from_pose(pose) for pose in poses]).reshape(-1, 4, 4)
            T_camera_base = self._T_camera_posted(frame, heard) @ T_posted_base
            T_camera_grasp, scores = require_grasps(
                T_camera_base @ self._T_base_pads, scores_by_rank(len(poses))
            )
        except (GivenGraspsInvalid, RequestInvalid) as error:
            problem = f"brought something else than grasps ({str(error).rstrip('.')})"
            raise PostedGraspsUnavailable(self.name, problem) from error
        points_m = frame.points_m[region]
        points_m = points_m[np.isfinite(points_m[:, 2])]
        return measured(T_camera_grasp, scores, points_m, plane, self._gripper)

    def finding(self) -> Finding:
        """Return what comes on the topic."""
        publishers = self._node.count_publishers(self.name)
        with self._came:
            heard = self._newest
        numbers = {"publishers": float(publishers)}
        if heard is None:
            nobody = "nobody publishes" if publishers == 0 else "nothing came yet"
            return Finding(
                "grasps",
                "wrong" if publishers == 0 else "note",
                f"{nobody} on {self.name}; commands wait for grasps there (grasps_topic).",
                numbers,
            )
        age_s = (self._now_ns() - heard.stamp_ns) / 1e9
        count = len(heard.message.poses)
        numbers |= {"grasps": float(count), "age_s": age_s}
        return Finding("grasps", "ok", f"{count} on {self.name}, {age_s:.1f} s old", numbers)

    def _hear(self, message: PoseArray) -> None:
        stamp_ns = nanoseconds_from_time(message.header.stamp) or self._now_ns()
        with self._came:
            self._newest = _Heard(message, stamp_ns)
            self._came.notify_all()

    def _now_ns(self) -> int:
        return int(self._node.get_clock().now().nanoseconds)

    def _heard_for(self, frame: RgbdFrame) -> _Heard:
        """Return grasps that are about what a picture shows, by their age; wait for them."""
        oldest_ns = frame.stamp_ns - round(1e9 * self._settings.max_age_s)
        deadline_s = time.monotonic() + self._settings.timeout_s
        with self._came:
            while self._newest is None or self._newest.stamp_ns < oldest_ns:
                left_s = deadline_s - time.monotonic()
                if left_s <= 0.0:
                    raise PostedGraspsUnavailable(self.name, self._silence(frame))
                self._came.wait(left_s)
            return self._newest

    def _silence(self, frame: RgbdFrame) -> str:
        waited = f"within {self._settings.timeout_s:g} s"
        if self._newest is None:
            return f"brought nothing {waited}"
        age_s = (frame.stamp_ns - self._newest.stamp_ns) / 1e9
        return (
            f"brought nothing {waited} that is less than {self._settings.max_age_s:g} s older than "
            f"the picture (the newest is {age_s:.1f} s older)"
        )

    def _T_camera_posted(self, frame: RgbdFrame, heard: _Heard) -> NDArray[np.float64]:
        """Return `T_camera_posted`: each frame where it was when its message was made."""
        posted = heard.message.header.frame_id
        if posted == frame.frame_id:
            return np.eye(4)
        T_base_camera, T_base_posted = (
            self._tf.lookup(self._base_frame, name, stamp_ns, _TF_TIMEOUT_S)
            for name, stamp_ns in ((frame.frame_id, frame.stamp_ns), (posted, heard.stamp_ns))
        )
        return np.asarray(np.linalg.inv(T_base_camera) @ T_base_posted)

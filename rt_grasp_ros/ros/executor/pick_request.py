"""What the executor has to know before it moves: grasps and obstacles in the robot's base frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node

from rt_grasp_ros.msg import Grasp as GraspMessage

from ...grasp.errors import RequestInvalid, TransformUnavailable
from ...motion.backend import IsCancelled, raise_if
from ...motion.cloud import RobotFilter, cloud_from_depth
from ...motion.collision import RobotShape
from ...motion.gripper import GripperProfile
from ...motion.pick_plan import PickCandidate
from ...motion.robot import RobotProfile
from ..camera.camera_parameters import CameraParameters
from ..camera.camera_subscriptions import CameraSubscriptions
from ..frames.tf_listener import listen_to_tf
from ..messages.grasps import grasp_from_message
from ..messages.stamps import nanoseconds_from_time
from ..node.robot_clock import RobotClock

_TF_STEP_S = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class PickRequest:
    """One goal, ready for the pick sequence.

    Attributes:
        candidates: best first, in the base frame.
        indices: where each of them stood in the goal.
        cloud_m: what the camera sees, the robot left out, base frame, shape (N, 3), metres.
    """

    candidates: list[PickCandidate]
    indices: list[int]
    cloud_m: NDArray[np.float64]


class PickRequestReader:
    """Reads goals with the help of camera and TF."""

    def __init__(
        self,
        listener: Node,
        robot: RobotProfile,
        gripper: GripperProfile,
        camera: Callable[[], CameraParameters] = CameraParameters,
    ) -> None:
        """Connect to camera and TF.

        Args:
            listener: which hears; a thread spins it.
            robot: whose base frame counts, and whose body is left out of the cloud.
            gripper: what is mounted.
            camera: gives what is known of the camera as it is now.
        """
        self._base_frame = robot.base_frame
        self._filter = RobotFilter(RobotShape(robot), gripper)
        self._camera = CameraSubscriptions(listener, parameters=camera)
        self._tf = listen_to_tf(listener)
        self._clock = RobotClock(listener)

    def read(
        self,
        grasps: Sequence[GraspMessage],
        positions_rad: NDArray[np.float64],
        opening_m: float,
        *,
        frame_timeout_s: float,
        sync_slop_s: float,
        tf_timeout_s: float,
        is_cancelled: IsCancelled,
    ) -> PickRequest:
        """Bring a goal's grasps and a new picture's depth into the base frame.

        Args:
            grasps: the goal's, best first; rejected ones are passed over.
            positions_rad: the arm's joints, shape (J,).
            opening_m: the distance of the fingers.
            frame_timeout_s: how long to wait for the picture.
            sync_slop_s: how far the stamps of colour and depth may lie apart.
            tf_timeout_s: how long to wait for the camera's transform.
            is_cancelled: asked all the time.

        Raises:
            Cancelled: it was asked to stop.
            RequestInvalid: a grasp's numbers are not usable, or none may be executed.
            TransformUnavailable: the camera's frame is not connected to the base frame.
            CameraError: no usable picture came.
        """
        candidates, indices = [], []
        for index, message in enumerate(grasps):
            grasp = grasp_from_message(message)
            if not grasp.is_executable:
                continue
            stamp_ns = nanoseconds_from_time(message.header.stamp)
            T_base_camera = self._pose_of(
                message.header.frame_id, stamp_ns, tf_timeout_s, is_cancelled
            )
            candidates.append(PickCandidate(T_base_camera @ grasp.T_camera_grasp, grasp.opening_m))
            indices.append(index)
        if not candidates:
            raise RequestInvalid("None of the grasps may be executed; send at least one that may.")
        frame = self._camera.take_frame(frame_timeout_s, sync_slop_s, is_cancelled)
        T_base_camera = self._pose_of(frame.frame_id, frame.stamp_ns, tf_timeout_s, is_cancelled)
        cloud_m = cloud_from_depth(frame.depth_m, frame.intrinsics, T_base_camera)
        cloud_m = self._filter.without_robot(cloud_m, positions_rad, opening_m)
        return PickRequest(candidates, indices, cloud_m)

    def _pose_of(
        self, camera_frame: str, stamp_ns: int, timeout_s: float, is_cancelled: IsCancelled
    ) -> NDArray[np.float64]:
        """Return `T_base_camera` at a moment; TF is waited for in steps that can be cancelled."""
        deadline_s = self._clock.now_s() + timeout_s
        while True:
            raise_if(is_cancelled)
            remaining_s = deadline_s - self._clock.now_s()
            try:
                return self._tf.lookup(
                    self._base_frame, camera_frame, stamp_ns, max(0.0, min(remaining_s, _TF_STEP_S))
                )
            except TransformUnavailable:
                if remaining_s <= _TF_STEP_S:
                    raise

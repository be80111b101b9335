"""The simulated cell on ordinary ROS topics, as a Panda with a RealSense would be."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

import numpy as np
from geometry_msgs.msg import TransformStamped
from numpy.typing import NDArray
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image, JointState
from std_msgs.msg import Header, String
from std_srvs.srv import Trigger
from tf2_msgs.msg import TFMessage
from trajectory_msgs.msg import JointTrajectory

from ..grasp.errors import RequestInvalid, RtGraspError
from ..motion.trajectory import Trajectory
from ..resources import share_path
from ..sim.cell import Cell
from ..sim.judge import judge
from ..sim.panda import LINK_BODIES, body_pose
from ..sim.robot_io import CellRobotIo
from ..sim.scene import random_scene
from .arm_guard import ARM_TOPIC
from .conversions import intrinsics_to_message, transform_from_matrix
from .grasp_publishers import LATCHED
from .images import image_from_array
from .motion_conversions import joint_state_to_message, trajectory_from_message
from .node_process import run_node
from .parameters import Parameters
from .sim_parameters import SimParameters

WORLD_FRAME = "world"
BASE_FRAME = "panda_link0"
OPTICAL_FRAME = "camera_color_optical_frame"
HAND_TOPIC = "hand_controller/joint_trajectory"

_URDF = "config/robots/panda/panda.urdf"

# A simulation that falls further behind than this slows down instead of jumping.
_MAX_LAG_S = 1.0


class SimNode(Node):
    """Runs a `Cell` in real time.

    MuJoCo's data and its rendering context belong to one thread: spin it in a
    `SingleThreadedExecutor`.
    """

    def __init__(self, **options: Any) -> None:
        """Draw the scene and create the interfaces.

        Args:
            options: passed on to `Node`.

        Raises:
            RequestInvalid: an object is unknown, or the objects do not fit on the table.
        """
        self._on_destroy = ExitStack()
        super().__init__("sim_node", **options)
        now = Parameters(self, SimParameters).snapshot()
        names = [name.strip() for name in now.object_names.split(",") if name.strip()]
        self._cell = Cell(
            random_scene(now.seed, names or None),
            image_width_px=now.image_width_px,
            image_height_px=now.image_height_px,
        )
        self._on_destroy.callback(self._cell.close)
        self._robot = CellRobotIo(self._cell)
        self._started_s = self._next_picture_s = time.monotonic()

        self._joint_states = self.create_publisher(JointState, "joint_states", 10)
        self._transforms = self.create_publisher(TFMessage, "/tf", 100)
        self._fixed_transforms = self.create_publisher(TFMessage, "/tf_static", LATCHED)
        self._colour = self.create_publisher(
            Image, "camera/color/image_raw", qos_profile_sensor_data
        )
        self._depth = self.create_publisher(
            Image, "camera/aligned_depth_to_color/image_raw", qos_profile_sensor_data
        )
        self._info = self.create_publisher(
            CameraInfo, "camera/color/camera_info", qos_profile_sensor_data
        )
        # RViz looks for it beside the depth, where RealSense's driver has it, too.
        self._depth_info = self.create_publisher(
            CameraInfo, "camera/aligned_depth_to_color/camera_info", qos_profile_sensor_data
        )
        self._overview = self.create_publisher(Image, "sim/overview", LATCHED)
        self._description = self.create_publisher(String, "robot_description", LATCHED)
        self._description.publish(String(data=share_path(_URDF).read_text(encoding="utf-8")))
        self.create_subscription(JointTrajectory, ARM_TOPIC, self._move_arm, 10)
        self.create_subscription(JointTrajectory, HAND_TOPIC, self._move_hand, 10)
        self.create_service(Trigger, "sim/judge", self._judge)

        self._publish_fixed_transforms()
        self.create_timer(1.0 / now.state_rate_hz, self._advance)
        self.create_timer(1.0 / now.camera_rate_hz, self._take_picture)
        objects = ", ".join(placed.name for placed in self._cell.scene.objects)
        self.get_logger().info(f"scene {now.seed}: {objects}")

    def destroy_node(self) -> None:
        """Give the rendering contexts back; a node half made by a failure has none."""
        self._on_destroy.close()
        super().destroy_node()

    def _header(self, frame_id: str = "") -> Header:
        return Header(stamp=self.get_clock().now().to_msg(), frame_id=frame_id)

    def _catch_up(self) -> None:
        """Step the physics up to now, or slow down where the machine cannot keep up."""
        behind_s = time.monotonic() - self._started_s - self._cell.time_s
        if behind_s > _MAX_LAG_S:
            self._started_s += behind_s - _MAX_LAG_S
            behind_s = _MAX_LAG_S
        if behind_s >= self._cell.model.opt.timestep:
            self._cell.step(behind_s)

    def _advance(self) -> None:
        """Step the physics and publish joints and transforms."""
        self._catch_up()
        state = joint_state_to_message(self._robot.joint_state())
        state.header = self._header()
        self._joint_states.publish(state)
        self._transforms.publish(
            TFMessage(
                transforms=[
                    self._transform(BASE_FRAME, name, body_pose(self._cell.data, name))
                    for name in LINK_BODIES
                ]
            )
        )

    def _take_picture(self) -> None:
        """Render colour and depth as they are now; rendering gets half of the time at most."""
        start_s = time.monotonic()
        if start_s < self._next_picture_s:
            return
        self._catch_up()
        header = self._header(OPTICAL_FRAME)
        seen = self._cell.observe()
        depth_mm = np.round(np.nan_to_num(seen.depth_m) * 1000).astype(np.uint16)
        self._colour.publish(image_from_array(seen.rgb, header))
        self._depth.publish(image_from_array(depth_mm, header))
        info = intrinsics_to_message(seen.intrinsics, header)
        self._info.publish(info)
        self._depth_info.publish(info)
        end_s = time.monotonic()
        self._next_picture_s = end_s + (end_s - start_s)

    def _publish_fixed_transforms(self) -> None:
        T_base_camera = self._cell.observe().T_base_camera
        self._fixed_transforms.publish(
            TFMessage(
                transforms=[
                    self._transform(WORLD_FRAME, BASE_FRAME, np.eye(4)),
                    self._transform(BASE_FRAME, OPTICAL_FRAME, T_base_camera),
                ]
            )
        )

    def _transform(
        self, parent: str, child: str, T_parent_child: NDArray[np.float64]
    ) -> TransformStamped:
        return TransformStamped(
            header=self._header(parent),
            child_frame_id=child,
            transform=transform_from_matrix(T_parent_child),
        )

    def _move_arm(self, message: JointTrajectory) -> None:
        """Follow a trajectory with the arm."""
        self._follow("arm_controller", message, self._robot.send_arm)

    def _move_hand(self, message: JointTrajectory) -> None:
        """Follow a trajectory with the fingers."""
        self._follow("hand_controller", message, self._robot.send_hand)

    def _follow(
        self, name: str, message: JointTrajectory, send: Callable[[Trajectory], None]
    ) -> None:
        """Let a controller follow a trajectory, or say as ros2_control does why it refuses it."""
        self._catch_up()
        try:
            trajectory = trajectory_from_message(message)
            if trajectory is None:
                raise RequestInvalid("The trajectory is empty; send one point at least.")
            send(trajectory)
        except RtGraspError as error:
            self.get_logger().error(f"{name}: {error.message}")

    def _judge(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        """Say as JSON what became of each object, and publish a picture of the cell."""
        names = {placed.name for placed in self._cell.scene.objects}
        judgements = {name: judge(self._cell, name) for name in sorted(names)}
        lifted = [name for name, judgement in judgements.items() if judgement.lifted]
        response.success = bool(lifted)
        response.message = json.dumps(
            {
                "lifted_object": lifted[0] if lifted else None,
                "objects": {name: asdict(judgement) for name, judgement in judgements.items()},
            }
        )
        self._overview.publish(image_from_array(self._cell.snapshot(), self._header()))
        return response


def main(args: list[str] | None = None) -> None:
    """Run the cell until it is stopped."""
    run_node(SimNode, "sim_node", args)


if __name__ == "__main__":
    main()

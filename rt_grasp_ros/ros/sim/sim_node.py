"""The simulated cell on ordinary ROS topics, as a Panda with a RealSense would be."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time
from geometry_msgs.msg import TransformStamped
from numpy.typing import NDArray
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rosgraph_msgs.msg import Clock as ClockMessage
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import Header, String
from std_srvs.srv import Trigger
from tf2_msgs.msg import TFMessage
from trajectory_msgs.msg import JointTrajectory

from ...grasp.errors import RequestInvalid, RtGraspError
from ...motion.trajectory import Trajectory
from ...resources import share_path
from ...sim.cameras.choice import CameraChoice, parse_range
from ...sim.cell import Cell
from ...sim.judge import judge
from ...sim.live_camera import LiveCamera
from ...sim.meshes.mesh_entry import meshes_beside_shipped, meshes_in
from ...sim.panda import FIXED_FRAMES, LINK_BODIES, body_pose
from ...sim.robot_io import CellRobotIo
from ...sim.scene import Scene, random_scene
from ..messages.images import image_from_array
from ..messages.motion_conversions import joint_state_to_message, trajectory_from_message
from ..messages.poses import transform_from_matrix
from ..messages.stamps import time_from_nanoseconds
from ..node.node_process import run_node
from ..node.parameters import Parameters
from ..node.qos import LATCHED
from ..node.robot_clock import steady_timer
from ..robot.topic_names import ARM_TOPIC
from .follow_trajectory import FollowTrajectory, is_installed
from .sim_camera import OPTICAL_FRAME, SimCamera
from .sim_parameters import SimParameters

WORLD_FRAME = "world"
BASE_FRAME = "panda_link0"
HAND_TOPIC = "hand_controller/joint_trajectory"

_URDF = "config/robots/panda/panda.urdf"

CLOCK_TOPIC = "/clock"

_ALONE_PERIOD_S = 5.0  # a cell that was killed counts as there for longer

_NANOSECONDS_PER_SECOND = 1_000_000_000


class SimNode(Node):
    """Runs a `Cell`; its pictures are drawn by a thread of their own.

    The cell's time is its own: it passes in equal steps, at most as fast as `real_time_factor`
    says, and more slowly on a machine that is busy. Everything is stamped by it, and `/clock` tells
    it. It begins at the machine's time, so that the time of a new cell goes on after an old one's.

    The cell's own rendering context belongs to the thread that makes the node: spin it there, in a
    `SingleThreadedExecutor`.
    """

    def __init__(self, **options: Any) -> None:
        """Draw the scene and create the interfaces.

        Args:
            options: passed on to `Node`.

        Raises:
            RequestInvalid: an object or camera is unknown, or the objects do not fit on the table.
        """
        self._on_destroy = ExitStack()
        super().__init__("sim_node", **options)
        now = Parameters(self, SimParameters).snapshot()
        scene = scene_of(now)
        size_px = scene.camera_profile.width_px, scene.camera_profile.height_px
        if scene.camera_profile.is_exact:
            size_px = now.image_width_px, now.image_height_px
        self._cell = Cell(
            scene,
            image_width_px=size_px[0],
            image_height_px=size_px[1],
        )
        self._stepping = threading.Lock()  # the camera copies the state between two steps
        self._begun_ns = time.time_ns()
        self._on_destroy.callback(self._cell.close)
        self._robot = CellRobotIo(self._cell)

        self._clock_topic = self.create_publisher(ClockMessage, CLOCK_TOPIC, QoSProfile(depth=1))
        self._joint_states = self.create_publisher(JointState, "joint_states", 10)
        self._transforms = self.create_publisher(TFMessage, "/tf", 100)
        self._fixed_transforms = self.create_publisher(TFMessage, "/tf_static", LATCHED)
        self._overview = self.create_publisher(Image, "sim/overview", LATCHED)
        self._description = self.create_publisher(String, "robot_description", LATCHED)
        self._description.publish(String(data=share_path(_URDF).read_text(encoding="utf-8")))
        self.create_subscription(JointTrajectory, ARM_TOPIC, self._move_arm, 10)
        self.create_subscription(JointTrajectory, HAND_TOPIC, self._move_hand, 10)
        self._actions = self._offer_actions()
        self.create_service(Trigger, "sim/judge", self._judge)

        self._publish_fixed_transforms()
        self._step_s = 1.0 / now.state_rate_hz
        self._camera = SimCamera(
            self,
            lambda: LiveCamera(self._cell, *size_px),
            self._capture,
            now.camera_rate_hz,
            lambda: self._cell.time_s,
        )
        self._on_destroy.callback(self._camera.close)
        steady_timer(self, self._step_s / now.real_time_factor, self._advance)
        steady_timer(self, _ALONE_PERIOD_S, self._warn_of_another_clock)
        objects = ", ".join(placed.name for placed in self._cell.scene.objects)
        self.get_logger().info(f"scene {now.seed}: {objects}")

    def destroy_node(self) -> None:
        """End the pictures, give the rendering contexts back; a node half made has none."""
        self._on_destroy.close()
        super().destroy_node()

    def _header(self, frame_id: str = "") -> Header:
        return Header(stamp=self._now(), frame_id=frame_id)

    def _now(self) -> Time:
        """Return the cell's time."""
        passed_ns = round(self._cell.time_s * _NANOSECONDS_PER_SECOND)
        return time_from_nanoseconds(self._begun_ns + passed_ns)

    def _advance(self) -> None:
        """Let one step of time pass, and publish clock, joints and transforms; or wait a little."""
        self._camera.raise_failure()
        if self._camera.is_behind():
            return
        with self._stepping:
            self._cell.step(self._step_s)
        self._clock_topic.publish(ClockMessage(clock=self._now()))
        for action in self._actions:
            action.update()
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

    def _capture(self, camera: LiveCamera) -> Header:
        """Let the camera copy the cell as it was stepped last."""
        with self._stepping:
            camera.capture()
            return self._header(OPTICAL_FRAME)

    def _publish_fixed_transforms(self) -> None:
        T_base_camera = self._cell.observe().T_base_camera
        self._fixed_transforms.publish(
            TFMessage(
                transforms=[
                    self._transform(WORLD_FRAME, BASE_FRAME, np.eye(4)),
                    self._transform(BASE_FRAME, OPTICAL_FRAME, T_base_camera),
                    *(
                        self._transform(parent, child, _shifted(offset_m))
                        for child, (parent, offset_m) in FIXED_FRAMES.items()
                    ),
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
        try:
            self._start(message, send)
        except RtGraspError as error:
            self.get_logger().error(f"{name}: {error.message}")

    def _start(self, message: JointTrajectory, send: Callable[[Trajectory], None]) -> None:
        """Let a controller follow a trajectory from now on.

        Raises:
            RtGraspError: it refuses it; the message says why.
        """
        trajectory = trajectory_from_message(message)
        if trajectory is None:
            raise RequestInvalid("The trajectory is empty; send one point at least.")
        send(trajectory)

    def _offer_actions(self) -> list[FollowTrajectory]:
        """Offer the action of either controller, by which MoveIt drives an arm."""
        if not is_installed():
            self.get_logger().info(
                "control_msgs is not installed: the controllers take trajectories by their topics "
                "alone, and MoveIt can't drive the cell"
            )
            return []
        actions = []
        for topic, controller, send in (
            (ARM_TOPIC, self._cell.arm_controller, self._robot.send_arm),
            (HAND_TOPIC, self._cell.hand_controller, self._robot.send_hand),
        ):
            start = partial(self._start, send=send)
            action = FollowTrajectory(self, topic, controller, start, self._robot.joint_state)
            self._on_destroy.callback(action.destroy)
            actions.append(action)
        return actions

    def _warn_of_another_clock(self) -> None:
        """Say that time goes to and fro where another node tells it, too."""
        if len(self.get_publishers_info_by_topic(CLOCK_TOPIC)) > 1:
            self.get_logger().warning(
                f"Another node publishes {self._clock_topic.topic_name}; give each cell its own "
                "(private_clock:=true), or stop the other one.",
                throttle_duration_sec=30.0,
            )

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


def scene_of(parameters: SimParameters) -> Scene:
    """Draw the scene that the parameters describe.

    Raises:
        RequestInvalid: an object or camera is unknown, or the objects do not fit on the table.
        DataInvalid: a folder holds no meshes.
    """
    names = _listed(parameters.object_names)
    cameras = CameraChoice(
        (parameters.camera,),
        parse_range(parameters.height_m) if parameters.height_m else None,
        parse_range(parameters.tilt_deg) if parameters.tilt_deg else None,
        parameters.room,
    )
    folders = _listed(parameters.mesh_folders)
    meshes = meshes_beside_shipped(folders) if names else meshes_in(folders)
    return random_scene(parameters.seed, names or None, cameras=cameras, meshes=meshes)


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _shifted(offset_m: tuple[float, float, float]) -> NDArray[np.float64]:
    """Return a pose that is not turned, shape (4, 4), metres."""
    pose = np.eye(4)
    pose[:3, 3] = offset_m
    return pose


def main(args: list[str] | None = None) -> None:
    """Run the cell until it is stopped."""
    run_node(SimNode, "sim_node", args)


if __name__ == "__main__":
    main()

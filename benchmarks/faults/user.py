"""Who asks for grasps, and knows what the right answer is."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node
from rt_grasp_ros.action import GraspByCommand
from tf2_msgs.msg import TFMessage

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import RtGraspError
from rt_grasp_ros.pipeline.command_stage import CommandStage
from rt_grasp_ros.ros.messages.grasps import grasp_from_message
from rt_grasp_ros.ros.messages.poses import matrix_from_transform
from rt_grasp_ros.ros.node.qos import LATCHED
from rt_grasp_ros.ros.sim.cell_client import CellClient
from rt_grasp_ros.ros.sim.sim_node import OPTICAL_FRAME
from rt_grasp_ros.sim.scene import random_scene

OBJECT = "banana"
COMMAND = f"grasp the {OBJECT}"
SCENE: dict[str, str | int | float] = {
    "seed": 4,
    "object_names": f"{OBJECT},mug",
    "camera_rate_hz": 8.0,
}
COMMAND_TIMEOUT_S = 120.0

_ON_OBJECT_M = 0.09  # half a banana
_JUDGE_TIMEOUT_S = 20.0


class NodeEnded(RtGraspError):
    """The node that was asked has ended meanwhile."""

    code = ErrorCode.NOT_ACTIVE


class User:
    """Sends commands, judges the replies, and watches what goes on meanwhile.

    Attributes:
        frames: the cell's fixed transforms.
    """

    def __init__(self, node: Node, frames_topic: str) -> None:
        """Connect to the nodes; they need not be there yet.

        Args:
            node: which an executor spins.
            frames_topic: the cell's own fixed transforms.
        """
        self._client = CellClient(self._give_up_if_told, self._hear_text, self._hear_stage)
        self._waiting = threading.local()
        self._reason: RtGraspError | None = None
        self._changed = threading.Condition()
        self._seen: set[CommandStage | None] = set()
        self.frames = TFMessage()
        node.create_subscription(TFMessage, frames_topic, self._hear_frames, LATCHED)
        scene = random_scene(int(SCENE["seed"]), str(SCENE["object_names"]).split(","))
        self._object = next(placed for placed in scene.objects if placed.name == OBJECT)

    def activate_perception(self, timeout_s: float) -> None:
        """Load the model and let commands in.

        Raises:
            NotReady: it fails, or takes longer than the timeout.
        """
        self._client.activate_perception(timeout_s)

    def send(
        self, command: str, max_candidates: int, timeout_s: float, *, execute: bool
    ) -> GraspByCommand.Result:
        """Send a command and return the reply; the arguments are those of `CellClient.send`.

        Raises:
            NotReady: no reply within the timeout.
            NodeEnded: the perception node has ended meanwhile.
        """
        self._reason = None
        self._waiting.is_asking = True
        try:
            return self._client.send(command, max_candidates, timeout_s, execute=execute)
        finally:
            self._waiting.is_asking = False

    def give_up(self, reason: str) -> None:
        """Let who waits for a reply wait no longer: none can come."""
        self._reason = NodeEnded(reason)

    def is_right(self, reply: GraspByCommand.Result) -> bool:
        """Return whether a reply to `COMMAND` is right.

        Its grasp is at the object where that stood at first, or, once the arm was moved, the cell
        says that the object was lifted.
        """
        if reply.error_code != ErrorCode.OK or not reply.grasps:
            return False
        if reply.executed:
            lifted = self._client.judgement(_JUDGE_TIMEOUT_S)["lifted_object"]
            return bool(reply.held) and lifted == OBJECT
        T_base_grasp = self._T_base_camera() @ grasp_from_message(reply.grasps[0]).T_camera_grasp
        x_m, y_m = T_base_grasp[:2, 3]
        return bool(np.hypot(x_m - self._object.x_m, y_m - self._object.y_m) < _ON_OBJECT_M)

    def forget(self) -> None:
        """Wait for stages that come from now on."""
        with self._changed:
            self._seen = set()

    def wait_for_stage(self, stage: CommandStage | None, timeout_s: float) -> bool:
        """Wait until a pick has come to a stage, or, for None, until the model writes."""
        with self._changed:
            return self._changed.wait_for(lambda: stage in self._seen, timeout_s)

    def second(self) -> CellClient:
        """Return another client, to be closed by whoever asked for it."""
        return CellClient(lambda: None, lambda text: None, lambda stage: None)

    def close(self) -> None:
        """Leave the ROS graph."""
        self._client.close()

    def _give_up_if_told(self) -> None:
        if self._reason is not None and getattr(self._waiting, "is_asking", False):
            raise self._reason

    def _hear_text(self, _: str) -> None:
        self._note(None)

    def _hear_stage(self, stage: CommandStage) -> None:
        self._note(stage)

    def _note(self, stage: CommandStage | None) -> None:
        with self._changed:
            self._seen.add(stage)
            self._changed.notify_all()

    def _hear_frames(self, message: TFMessage) -> None:
        self.frames = message

    def _T_base_camera(self) -> NDArray[np.float64]:
        return next(
            matrix_from_transform(transform.transform)
            for transform in self.frames.transforms
            if transform.child_frame_id == OPTICAL_FRAME
        )

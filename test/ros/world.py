"""A ROS world in one process for the node tests: camera, executor and user, each a node."""

import threading
import time
from contextlib import contextmanager

import numpy as np
import rclpy
from rclpy.action import ActionClient, ActionServer, CancelResponse, GoalResponse
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.context import Context
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rt_grasp_ros.action import ExecuteGrasp, GraspByCommand
from rt_grasp_ros.msg import StageTime
from rt_grasp_ros.srv import GraspCommand
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header
from std_srvs.srv import Trigger

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.ros.messages.camera_info import intrinsics_to_message
from rt_grasp_ros.ros.messages.images import image_from_array
from rt_grasp_ros.ros.messages.stamps import time_from_nanoseconds
from rt_grasp_ros.ros.rclpy_fixes.action_client import ActionClient as SureActionClient
from rt_grasp_ros.ros.rclpy_fixes.spinner import Spinner

OPTICAL = "camera_color_optical_frame"
INTRINSICS = Intrinsics(300.0, 300.0, 159.5, 119.5, 320, 240)
TABLE_M, BOX_TOP_M = 0.7, 0.65
STOP_TIMEOUT_S = 5.0
GOOD_CAMERA = {
    "box_width_m": 0.04,
    "age_s": 0.0,
    "depth_age_s": 0.0,
    "silent": frozenset(),
    "spoil": lambda colour, depth, info: None,
}


class World:
    """A context of its own, spun in the background."""

    def __init__(self):
        self.context = Context()
        rclpy.init(context=self.context)
        self._spinner = Spinner(self.context, 10)
        self._nodes = []

    def add(self, node):
        self._nodes.append(node)
        self._spinner.add(node)
        return node

    def remove(self, node):
        self._nodes.remove(node)
        self._spinner.remove(node)
        destroy(node)

    @contextmanager
    def not_spun(self, node):
        """Spin a node no more in the block, so that what it offers can be destroyed."""
        self._spinner.remove(node)
        try:
            yield
        finally:
            self._spinner.add(node)

    def start(self):
        self._spinner.start()

    def stop(self):
        for node in self._nodes:
            if hasattr(node, "release"):  # what it holds up would hold up the end, too
                node.release()
        self._spinner.stop(STOP_TIMEOUT_S)
        for node in self._nodes:
            destroy(node)
        self._nodes.clear()
        self.context.try_shutdown()
        if self._spinner.failure is not None:
            raise AssertionError("a callback failed") from self._spinner.failure


def destroy(node):
    """Destroy a node with its action clients, which would keep it in the graph."""
    node.destroy_node()
    for waitable in [*node.waitables]:
        if isinstance(waitable, ActionClient):
            waitable.destroy()


class Changing:
    """What publishes by a timer, and of which nothing older is on its way after a change."""

    published = 0

    def change(self, **fields):
        """Publish otherwise from now on; returns when what was on its way before is through."""
        if all(getattr(self, name) == field for name, field in fields.items()):
            return
        vars(self).update(fields)
        last, end_s = self.published + 3, time.monotonic() + 60.0
        while self.published < last and time.monotonic() < end_s:
            time.sleep(0.01)


class FakeCamera(Changing, Node):
    """Looks straight down on a box on a table, 10 times a second; tests spoil its messages."""

    def __init__(self, world, **options):
        super().__init__("fake_camera", context=world.context, **options)
        self._colour = self.create_publisher(Image, "camera/color/image_raw", 5)
        self._depth = self.create_publisher(Image, "camera/aligned_depth_to_color/image_raw", 5)
        self._info = self.create_publisher(CameraInfo, "camera/color/camera_info", 5)
        vars(self).update(GOOD_CAMERA)
        self.create_timer(0.1, self._publish)

    def mend(self):
        """Publish as a good camera does."""
        self.change(**GOOD_CAMERA)

    def depth_m(self):
        depth_m = np.full((240, 320), TABLE_M, np.float32)
        half_x_px = round(self.box_width_m / 2 / BOX_TOP_M * INTRINSICS.fx_px)
        depth_m[80:160, 160 - half_x_px : 160 + half_x_px] = BOX_TOP_M
        return depth_m

    def rgb(self):
        rgb = np.full((240, 320, 3), 90, np.uint8)
        rgb[self.depth_m() == np.float32(BOX_TOP_M)] = (200, 60, 20)
        return rgb

    def _publish(self):
        self.published += 1
        stamp_ns = self.get_clock().now().nanoseconds - int(self.age_s * 1e9)
        header = Header(stamp=time_from_nanoseconds(stamp_ns), frame_id=OPTICAL)
        depth_stamp = time_from_nanoseconds(stamp_ns - int(self.depth_age_s * 1e9))
        colour = image_from_array(self.rgb(), header)
        depth = image_from_array(
            np.round(self.depth_m() * 1000).astype(np.uint16),
            Header(stamp=depth_stamp, frame_id=OPTICAL),
        )
        info = intrinsics_to_message(INTRINSICS, Header(stamp=header.stamp, frame_id=OPTICAL))
        self.spoil(colour, depth, info)
        for name, publisher, message in (
            ("colour", self._colour, colour),
            ("depth", self._depth, depth),
            ("info", self._info, info),
        ):
            if name not in self.silent:
                publisher.publish(message)


class FakeExecutor(Node):
    """An executor that ends as it is told to, after a while or when it is released."""

    def __init__(self, world, duration_s=0.0, accept=True, result=None, stages=(), **options):
        super().__init__("fake_executor", context=world.context, **options)
        self.goals = []
        self.cancels = 0
        self.cancelled = threading.Event()
        self.running = threading.Event()
        self._released = threading.Event()
        self._duration_s = duration_s
        self._stages = stages
        self._result = result or ExecuteGrasp.Result(
            held=True,
            executed_index=0,
            finger_opening_m=0.04,
            stages=[StageTime(name="planning", duration_s=0.2)],
        )
        self._server = ActionServer(
            self,
            ExecuteGrasp,
            "execute_grasp",
            self._execute,
            goal_callback=lambda _: GoalResponse.ACCEPT if accept else GoalResponse.REJECT,
            cancel_callback=lambda _: CancelResponse.ACCEPT,
            callback_group=ReentrantCallbackGroup(),
        )

    def _execute(self, goal):
        self.goals.append(goal.request)
        for stage in self._stages:
            goal.publish_feedback(ExecuteGrasp.Feedback(stage=int(stage)))
        self.running.set()
        deadline_s = time.monotonic() + self._duration_s
        while time.monotonic() < deadline_s:
            if goal.is_cancel_requested:
                self.cancels += 1
                self.cancelled.set()
                goal.canceled()
                return self._result
            if self._released.wait(0.02):
                break
        goal.succeed()
        return self._result

    def release(self):
        """Let the goal end."""
        self._released.set()

    def destroy_node(self):
        self._server.destroy()
        super().destroy_node()


class User(Node):
    """Calls the service or sends goals, and waits, always with a deadline."""

    def __init__(self, world, **options):
        super().__init__("user", context=world.context, **options)
        self._client = self.create_client(
            GraspCommand, "grasp_command", callback_group=ReentrantCallbackGroup()
        )
        self._cancel = self.create_client(
            Trigger, "cancel_command", callback_group=ReentrantCallbackGroup()
        )

        self._goals = SureActionClient(
            self,
            GraspByCommand,
            "grasp",
            callback_group=MutuallyExclusiveCallbackGroup(),
            feedback_sub_qos_profile=QoSProfile(depth=1000),
        )

    def start(self, command, **fields):
        """Send a command as a goal, and return it once it is accepted."""
        fields.setdefault("max_candidates", 1)
        return UsersGoal(self._goals, GraspByCommand.Goal(command=command, **fields))

    def send(self, command, **fields):
        """Send a command and return the future of the reply."""
        assert self._client.wait_for_service(timeout_sec=30.0)
        fields.setdefault("max_candidates", 1)
        return self._client.call_async(GraspCommand.Request(command=command, **fields))

    def cancel(self):
        """Cancel the command under way and return the reply."""
        assert self._cancel.wait_for_service(timeout_sec=30.0)
        return reply_of(self._cancel.call_async(Trigger.Request()))

    def ask(self, command, **fields):
        """Send a command and return the reply."""
        return reply_of(self.send(command, **fields))


class UsersGoal:
    """A goal that was accepted, and what was heard of it."""

    def __init__(self, client, goal):
        assert client.wait_for_server(timeout_sec=30.0)
        self.feedback = []
        self.handle = reply_of(
            client.send_goal_async(goal, lambda message: self.feedback.append(message.feedback))
        )
        assert self.handle.accepted
        self._ending = self.handle.get_result_async()

    def is_over(self):
        return self._ending.done()

    def cancel(self):
        return reply_of(self.handle.cancel_goal_async())

    def end(self, timeout_s=60.0):
        """Wait for the end, and return the goal's status and result."""
        response = reply_of(self._ending, timeout_s)
        return response.status, response.result


def reply_of(future, timeout_s=30.0):
    """Wait for a future that the world's executor completes."""
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    assert done.wait(timeout_s), "no reply within the deadline"
    return future.result()

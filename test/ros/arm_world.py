"""A robot and a user of the executor, each a node in the tests' world."""

import threading
import time
from collections import Counter

import message_times
import numpy as np
import pytest
from geometry_msgs.msg import TransformStamped
from nav_msgs.msg import Path
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.node import Node
from ros2_controller import Ros2Controller, speeds
from rt_grasp_ros.action import ExecuteGrasp
from sensor_msgs.msg import JointState
from std_msgs.msg import Header
from std_srvs.srv import SetBool, Trigger
from tf2_msgs.msg import TFMessage
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint
from world import OPTICAL, Changing, reply_of

from benchmarks.faults.lateness import Lateness
from rt_grasp_ros.grasp.grasp import Grasp
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.motion.robot import load_robot
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.executor.executor_node import ExecutorNode
from rt_grasp_ros.ros.messages.grasps import grasp_to_message
from rt_grasp_ros.ros.messages.motion_conversions import trajectory_from_message
from rt_grasp_ros.ros.messages.poses import transform_from_matrix
from rt_grasp_ros.ros.node.lifecycle import ACTIVE, StateQuestion, bring_up
from rt_grasp_ros.ros.node.qos import LATCHED
from rt_grasp_ros.ros.rclpy_fixes.action_client import ActionClient

ROBOT = load_robot(share_path("config/robots/panda.yaml"))
CREEP_SPEED = 0.03  # slow, and yet no standing still
LATE_S = 0.01  # what braking allows for: test/motion/test_braking.py
FINGERS = ("panda_finger_joint1", "panda_finger_joint2")
COMMANDED = FINGERS[:1]  # the second mimics it
# The camera of world.py hangs 0.7 m over the table's middle and looks straight down.
T_BASE_CAMERA = np.array([[0.0, -1, 0, 0.5], [-1, 0, 0, 0], [0, 0, -1, 0.7], [0, 0, 0, 1]])


def grasp_at(depth_m, **fields):
    """Return a grasp under the middle of the picture."""
    T_camera_grasp = np.eye(4)
    T_camera_grasp[2, 3] = depth_m
    rectangle = GraspRectangle(160.0, 120.0, 0.0, 40.0, 15.0, 320, 240)
    return Grasp(rectangle=rectangle, T_camera_grasp=T_camera_grasp, opening_m=0.06, **fields)


GRASP = grasp_at(0.67)


def standing_at(positions_rad):
    """Return what a cancelled controller follows: the measured positions, within its next cycle."""
    point = JointTrajectoryPoint(positions=[float(position) for position in positions_rad])
    return JointTrajectory(joint_names=list(ROBOT.arm_joints), points=[point])


def points_from(message):
    return [
        (p.time_from_start.sec + p.time_from_start.nanosec * 1e-9, p.positions, p.velocities)
        for p in message.points
    ]


class FakeArm(Changing, Node):
    """Follows trajectories as joint_trajectory_controllers do, and publishes joints and TF.

    The arm's controller is `Ros2Controller` with 250 cycles a second; its `record` of commanded
    positions is on monotonic time. `sends_velocities`: what the driver measures, or None for
    messages without velocities; the controller knows as much as they do.
    """

    def __init__(self, world, sends_velocities=True, **options):
        super().__init__("fake_arm", context=world.context, **options)
        self.controller = Ros2Controller(
            ROBOT.arm_joints, ROBOT.home_rad, time.monotonic(), knows_velocity=sends_velocities
        )
        self.sends_velocities = sends_velocities
        self._cycling = threading.RLock()
        self._lateness = Lateness(0.005)
        self._states = self.create_publisher(JointState, "joint_states", 10)
        self._transforms = self.create_publisher(TFMessage, "/tf_static", LATCHED)
        group = MutuallyExclusiveCallbackGroup()  # who sees a hold sees an arm that stands
        for topic, follow in (("arm", self._follow_arm), ("hand", self._follow_hand)):
            self.create_subscription(
                JointTrajectory,
                f"{topic}_controller/joint_trajectory",
                follow,
                10,
                callback_group=group,
            )
        self.go_home()
        self.create_timer(0.02, self._publish, callback_group=group)

    def destroy_node(self):
        self._lateness.close()
        super().destroy_node()

    def go_home(self):
        """Be a healthy robot at rest with an object of 3 cm to grasp."""
        home = dict(zip(ROBOT.arm_joints, ROBOT.home_rad, strict=True))
        self.positions = home | dict.fromkeys(FINGERS, 0.04)  # at once: a timer reads it
        self.object_joint_m = 0.015
        self.is_silent = self.is_stuck = False
        self.holds, self.held_s, self.heard_hold_s = 0, None, None
        self._creeping = None
        self._sent = Counter()
        self._hand_motion = None
        with self._cycling:
            self.controller.place(ROBOT.home_rad, time.monotonic())
            self.controller.scaling = 1.0

    def be_home(self):
        """Go home at once; returns when nobody who hears of it takes the jump for a motion."""
        has_moved = not np.allclose(self.controller.positions, ROBOT.home_rad)
        self.go_home()
        last = self.published + 10  # velocities are made of what came in the last 50 ms
        assert not has_moved or eventually(lambda: self.published >= last)

    def creep_in(self, part, number):
        """Let a motion of "arm" or "hand", counted from 1, last long enough to be stopped."""
        self._creeping = part, number

    def _speed_of_next(self, part):
        self._sent[part] += 1
        return CREEP_SPEED if (part, self._sent[part]) == self._creeping else 1.0

    def publish_camera_pose(self, T_base_camera=T_BASE_CAMERA):
        pose = TransformStamped(
            header=Header(frame_id="panda_link0"),
            child_frame_id=OPTICAL,
            transform=transform_from_matrix(T_base_camera),
        )
        self._transforms.publish(TFMessage(transforms=[pose]))

    def _follow_arm(self, message):
        with self._cycling:
            self._advance()
            if not self.controller.accept(message.joint_names, points_from(message)):
                return  # an empty one, too, whatever the manual says
            if len(message.points) == 1 or not message.points[0].velocities:
                self._note_hold()
            self.controller.scaling = self._speed_of_next("arm")

    def hold_measured(self):
        """Do as the controller does when its goal is cancelled."""
        with self._cycling:
            self._advance()
            self.controller.hold()
            self.controller.scaling = 1.0
            self._note_hold()

    def _note_hold(self):
        self.holds += 1
        if self.held_s is None:  # monotonic; of the first since it was at home
            self.held_s, self.heard_hold_s = self.controller.time_s, time.monotonic()

    @property
    def moves(self):
        """How often the arm was sent on its way; to stand still is not counted."""
        return self._sent["arm"] - self.holds

    def _follow_hand(self, message):
        if tuple(message.joint_names) != COMMANDED:  # as the real one refuses them
            return
        trajectory = trajectory_from_message(message)
        self._hand_motion = time.monotonic(), self._speed_of_next("hand"), trajectory

    def _advance(self):
        with self._cycling:
            if not self.is_stuck:
                self.controller.advance(time.monotonic())

    def _publish(self):
        self._advance()
        positions, velocities = self.positions, {}
        known = zip(
            ROBOT.arm_joints, self.controller.positions, self.controller.velocities, strict=True
        )
        for name, position, velocity in known:
            if name in positions and not self.is_stuck:
                positions[name], velocities[name] = float(position), float(velocity)
        if self._hand_motion is not None:
            start_s, speed, motion = self._hand_motion
            moved_s = speed * (time.monotonic() - start_s)
            for name, column in zip(motion.names, motion.positions.T, strict=True):
                positions[name] = float(np.interp(moved_s, motion.times_s, column))
        positions[FINGERS[0]] = max(positions[FINGERS[0]], self.object_joint_m)
        if FINGERS[1] in positions:
            positions[FINGERS[1]] = positions[FINGERS[0]]
        if not self.is_silent:
            header = Header(stamp=self.get_clock().now().to_msg())
            told = [velocities.get(name, 0.0) for name in positions]
            self._states.publish(
                JointState(
                    header=header,
                    name=list(positions),
                    position=list(positions.values()),
                    velocity=told if self.sends_velocities else [],
                )
            )
        self.published += 1

    def _skip_where_late(self, since_s):
        """Judge no braking by messages that threads which woke too late sent or heard."""
        woken_s = self._lateness.longest_since_s(since_s - 0.2)
        late_s = max(woken_s, message_times.late_s(self.heard_hold_s, since_s - 0.2))
        if late_s > LATE_S:
            pytest.skip(
                "not run here: needs a machine on which threads wake and messages arrive within "
                f"{LATE_S * 1e3:.0f} ms (it took {late_s * 1e3:.0f} ms while the arm was stopped)"
            )

    def assert_braked_evenly(self, since_s, most=1.0):
        """Whether no joint was commanded to brake harder than it may, or to turn back.

        By the record at 250 Hz; messages between processes may be some cycles late. Where they were
        later, by a machine that is too slow, what looks uneven is skipped, and said to be.
        """
        assert eventually(self.is_at_rest)
        with self._cycling:
            self._advance()
            times_s, v, a = speeds(self.controller.record, since_s - 0.02)
        before = v[times_s[1:] <= since_s + 0.005].mean(axis=0)
        moving = np.abs(before) > 0.01
        assert moving.any(), "the arm did not move when it was stopped"
        assert np.abs(v[-1]).max() == 0.0
        after = v[times_s[1:] > since_s][:, moving] * np.sign(before[moving])
        harsh = (np.abs(a) / ROBOT.max_acceleration_rad_s2).max()
        if after.min() <= -0.01 or harsh > most:
            self._skip_where_late(since_s)
        assert after.min() > -0.01, f"a joint turned back at {-after.min():.2f} rad/s"
        assert harsh <= most, f"{harsh:.2f} times what the joints may brake with"

    def stood_within_s(self):
        """Return how long the arm went on after it was first told to hold, by its controller."""
        with self._cycling:
            self._advance()
            times_s, v, _ = speeds(self.controller.record, self.held_s)
        going = np.flatnonzero(np.abs(v).max(axis=1) > 0.0)
        return times_s[going[-1] + 1] - self.held_s if len(going) else 0.0

    def is_at_rest(self):
        """Whether the controller commands no motion any more."""
        with self._cycling:
            self._advance()
            return self.controller.is_at_end and not self.controller.velocities.any()

    def arm_rad(self):
        return np.array([self.positions[name] for name in ROBOT.arm_joints])


class Commander(Node):
    """Sends goals; every wait has a deadline."""

    def __init__(self, world):
        super().__init__("commander", context=world.context)
        self.stages = []
        self.verdicts = []
        self._stage_reached = threading.Condition()
        # Not reentrant: feedback is heard in the order in which it was given.
        self._client = ActionClient(
            self, ExecuteGrasp, "execute_grasp", callback_group=MutuallyExclusiveCallbackGroup()
        )
        self._state = StateQuestion(self, "executor_node")

    def send(self, grasps=(GRASP,), frame_id=OPTICAL, stamp=None, to=ACTIVE):
        """Send a goal and return its handle; the grasps were seen just now, or at the stamp.

        The executor is waited for until it is in a state.
        """
        assert self._client.wait_for_server(timeout_sec=60.0)
        assert eventually(lambda: self._state.ask(5.0) == to)
        header = Header(stamp=stamp or self.get_clock().now().to_msg(), frame_id=frame_id)
        messages = [grasp_to_message(grasp, header, "", "grasp the box") for grasp in grasps]
        self.stages = []
        return reply_of(
            self._client.send_goal_async(
                ExecuteGrasp.Goal(grasps=messages), feedback_callback=self._hear
            )
        )

    def result_of(self, handle, timeout_s=100.0):
        return reply_of(handle.get_result_async(), timeout_s).result

    def wait_for_stage(self, stage, timeout_s=60.0):
        with self._stage_reached:
            assert self._stage_reached.wait_for(lambda: stage in self.stages, timeout_s)

    def _hear(self, message):
        with self._stage_reached:
            self.stages.append(message.feedback.stage)
            self.verdicts = message.feedback.verdicts
            self._stage_reached.notify_all()


class Operator(Node):
    """A person with a stop button, who is asked before the arm moves."""

    def __init__(self, world, **options):
        super().__init__("operator", context=world.context, **options)
        group = ReentrantCallbackGroup()
        self._stop = self.create_client(Trigger, "stop", callback_group=group)
        self._confirm = self.create_client(SetBool, "confirm", callback_group=group)
        self._plans = []
        self.create_subscription(Path, "plan", self._plans.append, LATCHED, callback_group=group)

    def stop(self):
        assert self._stop.wait_for_service(timeout_sec=30.0)
        return reply_of(self._stop.call_async(Trigger.Request()))

    def confirm(self, may_move):
        assert self._confirm.wait_for_service(timeout_sec=30.0)
        return reply_of(self._confirm.call_async(SetBool.Request(data=may_move)))

    def plan(self):
        """Return the newest plan."""
        assert eventually(lambda: self._plans)
        return self._plans[-1]


def executor_node(world, **options):
    """Return an executor that is active."""
    node = world.add(ExecutorNode(context=world.context, **options))
    assert bring_up(node)
    return node


def assert_stands_still(arm):
    """Once the arm has heard that it is to hold, it brakes and does, by its controller's time."""
    assert eventually(lambda: arm.holds)
    assert eventually(arm.is_at_rest)
    time.sleep(0.5)  # in which whatever moves it again would have come
    assert arm.stood_within_s() < 0.5
    assert eventually(lambda: np.allclose(arm.arm_rad(), arm.controller.positions))


def eventually(condition, timeout_s=60.0):
    """Wait for what another thread does; where all is well, the time does not pass."""
    end_s = time.monotonic() + timeout_s
    while not condition() and time.monotonic() < end_s:
        time.sleep(0.01)
    return condition()

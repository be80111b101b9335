"""The simulated cell on its topics."""

import json
import threading
import time
from collections import defaultdict, deque

import numpy as np
import pytest
from action_msgs.msg import GoalStatus
from arm_world import eventually
from builtin_interfaces.msg import Duration
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import qos_profile_sensor_data
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, Image, JointState
from std_srvs.srv import Trigger
from tf2_msgs.msg import TFMessage
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint
from world import World, reply_of

from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.motion.urdf import read_urdf
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.messages.camera_info import intrinsics_from_message
from rt_grasp_ros.ros.messages.images import depth_m_from_image, rgb_from_image
from rt_grasp_ros.ros.messages.stamps import nanoseconds_from_time
from rt_grasp_ros.ros.node.qos import LATCHED
from rt_grasp_ros.ros.rclpy_fixes.action_client import ActionClient
from rt_grasp_ros.ros.sim.sim_node import SimNode, scene_of
from rt_grasp_ros.ros.sim.sim_parameters import SimParameters
from rt_grasp_ros.sim.panda import ARM_JOINTS, FINGER_JOINTS, HOME_POSITION_RAD
from rt_grasp_ros.sim.scene import random_scene

pytestmark = [pytest.mark.ros, pytest.mark.sim]

PARAMETERS = {
    "seed": 5,
    "object_names": "banana, mug",
    "image_width_px": 160,
    "image_height_px": 120,
}
DEPTH_INFO = "camera/aligned_depth_to_color/camera_info"  # where RViz looks for it


class Robot(Node):
    """Hears the cell and drives its arm."""

    def __init__(self, world):
        on_the_cells_clock = [Parameter("use_sim_time", value=True)]
        super().__init__("robot", context=world.context, parameter_overrides=on_the_cells_clock)
        self.heard = defaultdict(lambda: deque(maxlen=100))
        for kind, topic, qos in (
            (JointState, "joint_states", 10),
            (TFMessage, "/tf", 10),
            (TFMessage, "/tf_static", LATCHED),
            (Image, "camera/color/image_raw", qos_profile_sensor_data),
            (Image, "camera/aligned_depth_to_color/image_raw", qos_profile_sensor_data),
            (CameraInfo, "camera/color/camera_info", qos_profile_sensor_data),
            (CameraInfo, DEPTH_INFO, qos_profile_sensor_data),
            (Image, "sim/overview", LATCHED),
            (Clock, "/clock", 10),
        ):
            self.create_subscription(
                kind, topic, lambda message, topic=topic: self.heard[topic].append(message), qos
            )
        self.arm = self.create_publisher(JointTrajectory, "arm_controller/joint_trajectory", 10)
        self.hand = self.create_publisher(JointTrajectory, "hand_controller/joint_trajectory", 10)
        self.judge = self.create_client(Trigger, "sim/judge")

    def wait_for(self, topic, is_right=lambda message: True, timeout_s=60.0):
        """Return the first message on a topic from now on that is right."""
        self.heard[topic].clear()
        return self.latched(topic, is_right, timeout_s)

    def latched(self, topic, is_right=lambda message: True, timeout_s=60.0):
        """Return the last message on a topic that is right."""

        def right():
            return [message for message in self.kept(topic) if is_right(message)]

        assert eventually(right, timeout_s), f"nothing right came on {topic}"
        return right()[-1]

    def kept(self, topic):
        """Return the last messages on a topic."""
        while True:
            try:
                return list(self.heard[topic])
            except RuntimeError:  # one more came meanwhile
                continue

    def joint(self, name):
        message = self.wait_for("joint_states")
        return message.position[message.name.index(name)]


@pytest.fixture(scope="module")
def robot():
    world = World()
    ready, done = threading.Event(), threading.Event()

    def run_cell():  # MuJoCo's rendering context belongs to the thread that makes it
        overrides = [Parameter(name, value=value) for name, value in PARAMETERS.items()]
        node = SimNode(context=world.context, parameter_overrides=overrides)
        executor = SingleThreadedExecutor(context=world.context)
        executor.add_node(node)
        ready.set()
        while not done.is_set():
            executor.spin_once(timeout_sec=0.1)
        node.destroy_node()

    thread = threading.Thread(target=run_cell)
    thread.start()
    robot = world.add(Robot(world))
    world.start()
    assert ready.wait(60.0)
    assert robot.judge.wait_for_service(timeout_sec=60.0)
    assert eventually(lambda: robot.arm.get_subscription_count())
    assert eventually(lambda: robot.hand.get_subscription_count())
    yield robot
    done.set()
    thread.join(30.0)
    world.stop()


def trajectory(names, positions, duration_s):
    time_from_start = Duration(sec=int(duration_s), nanosec=int(duration_s % 1 * 1e9))
    point = JointTrajectoryPoint(
        positions=positions, velocities=[0.0] * len(names), time_from_start=time_from_start
    )
    return JointTrajectory(joint_names=list(names), points=[point])


def test_joint_states_name_every_joint_and_are_fresh(robot):
    message = robot.wait_for("joint_states")
    assert message.name == [*ARM_JOINTS, *FINGER_JOINTS]
    np.testing.assert_allclose(message.position[:7], HOME_POSITION_RAD, atol=0.02)
    age_ns = robot.get_clock().now().nanoseconds - nanoseconds_from_time(message.header.stamp)
    assert abs(age_ns) < 1e9


def test_the_clock_goes_on_in_equal_steps_that_the_joint_states_are_stamped_with(robot):
    robot.heard["/clock"].clear()
    assert eventually(lambda: len(robot.heard["/clock"]) >= 20)
    times_ns = [nanoseconds_from_time(message.clock) for message in robot.kept("/clock")]
    steps_ns = np.diff(times_ns)
    assert (steps_ns > 0).all() and (steps_ns % 20_000_000 == 0).all()
    assert np.median(steps_ns) == 20_000_000  # some are lost where the robot is busy
    stamp_ns = nanoseconds_from_time(robot.wait_for("joint_states").header.stamp)
    assert (stamp_ns - times_ns[0]) % 20_000_000 == 0


def test_pictures_depth_and_intrinsics_belong_together(robot):
    topics = (
        "camera/color/image_raw",
        "camera/aligned_depth_to_color/image_raw",
        "camera/color/camera_info",
        DEPTH_INFO,
    )

    def complete_ns():  # what is sent without confirmation may be lost
        stamps = ({nanoseconds_from_time(m.header.stamp) for m in robot.kept(t)} for t in topics)
        return set.intersection(*stamps)

    assert eventually(complete_ns)
    stamp_ns = max(complete_ns())
    colour, depth, info, depth_info = (
        robot.latched(t, lambda m: nanoseconds_from_time(m.header.stamp) == stamp_ns)
        for t in topics
    )
    assert depth_info == info
    assert {m.header.frame_id for m in (colour, depth, info)} == {"camera_color_optical_frame"}
    assert rgb_from_image(colour).shape == (120, 160, 3)
    assert rgb_from_image(colour).std() > 5
    depth_m = depth_m_from_image(depth)
    assert 0.4 < np.nanmedian(depth_m) < 1.0
    intrinsics = intrinsics_from_message(info)
    assert (intrinsics.width_px, intrinsics.height_px) == (160, 120)


def test_the_frames_connect_world_base_camera_and_hand(robot):
    fixed = robot.latched("/tf_static").transforms
    assert {(t.header.frame_id, t.child_frame_id) for t in fixed} == {
        ("world", "panda_link0"),
        ("panda_link0", "camera_color_optical_frame"),
        ("panda_link7", "panda_link8"),
        ("panda_hand", "panda_hand_tcp"),
    }
    lengths_m = {t.child_frame_id: t.transform.translation.z for t in fixed}
    assert (lengths_m["panda_link8"], lengths_m["panda_hand_tcp"]) == (0.107, 0.1034)
    camera = fixed[1].transform.translation
    assert camera.z > 0.4
    moving = robot.wait_for("/tf").transforms
    assert {t.header.frame_id for t in moving} == {"panda_link0"}
    assert {"panda_link7", "panda_hand", "panda_leftfinger"} <= {t.child_frame_id for t in moving}
    urdf = read_urdf(share_path("config/robots/panda/panda.urdf").read_text())
    known = {t.child_frame_id for t in [*fixed, *moving]}
    assert set(urdf.links) <= known  # RViz says of a robot with one link less "Status: Error"


def test_arm_and_hand_follow_trajectories(robot):
    positions = list(HOME_POSITION_RAD)
    positions[0] += 0.3
    robot.arm.publish(trajectory(ARM_JOINTS, positions, 0.5))
    robot.hand.publish(trajectory(FINGER_JOINTS[:1], [0.01], 0.3))
    robot.wait_for("joint_states", lambda m: abs(m.position[0] - positions[0]) < 0.01)
    robot.wait_for("joint_states", lambda m: abs(m.position[7] - 0.01) < 0.004)


@pytest.mark.moveit
def test_arm_and_hand_are_driven_by_their_actions(robot):
    from control_msgs.action import FollowJointTrajectory

    positions = list(HOME_POSITION_RAD)
    positions[0] += 0.2
    for part, message in (
        ("arm", trajectory(ARM_JOINTS, positions, 0.5)),
        ("hand", trajectory(FINGER_JOINTS[:1], [0.03], 0.3)),
    ):
        name = f"{part}_controller/follow_joint_trajectory"
        client = ActionClient(robot, FollowJointTrajectory, name)
        assert client.wait_for_server(timeout_sec=30.0)
        goal = FollowJointTrajectory.Goal(trajectory=message)
        handle = reply_of(client.send_goal_async(goal), 30.0)
        assert handle.accepted
        assert reply_of(handle.get_result_async(), 60.0).status == GoalStatus.STATUS_SUCCEEDED
    assert robot.joint("panda_joint1") == pytest.approx(positions[0], abs=0.02)
    assert robot.joint("panda_finger_joint2") == pytest.approx(0.03, abs=0.004)


def test_an_arm_that_is_sent_where_it_is_stands(robot):
    robot.arm.publish(trajectory(ARM_JOINTS, HOME_POSITION_RAD, 60.0))
    time.sleep(0.3)
    here_rad = [robot.joint(name) for name in ARM_JOINTS]
    robot.arm.publish(trajectory(ARM_JOINTS, here_rad, 0.05))
    time.sleep(0.5)
    held = robot.joint("panda_joint1")
    time.sleep(0.5)
    assert robot.joint("panda_joint1") == pytest.approx(held, abs=0.005)
    assert abs(held - HOME_POSITION_RAD[0]) > 0.02


def test_a_bad_trajectory_is_refused_and_the_cell_goes_on(robot):
    robot.arm.publish(trajectory(["elbow"], [1.0], 0.1))
    robot.arm.publish(trajectory(ARM_JOINTS, [float("nan")] * 7, 0.1))
    robot.hand.publish(trajectory(FINGER_JOINTS, [0.0, 0.0], 0.1))  # the second one mimics
    before = robot.joint("panda_joint1")
    time.sleep(0.3)
    assert robot.joint("panda_joint1") == pytest.approx(before, abs=0.01)


def test_the_judge_says_that_nothing_is_lifted_and_shows_the_cell(robot):
    reply = reply_of(robot.judge.call_async(Trigger.Request()), 60.0)
    judgement = json.loads(reply.message)
    assert not reply.success
    assert judgement["lifted_object"] is None
    assert set(judgement["objects"]) == {"banana", "mug"}
    assert not judgement["objects"]["banana"]["lifted"]
    assert rgb_from_image(robot.latched("sim/overview")).shape == (720, 960, 3)


def test_an_unknown_object_is_refused():
    world = World()
    overrides = [Parameter("object_names", value="unicorn")]
    with pytest.raises(RequestInvalid, match="unicorn"):
        SimNode(context=world.context, parameter_overrides=overrides)
    world.context.try_shutdown()


def test_the_parameters_put_meshes_that_ship_and_another_camera_into_the_cell():
    there = SimParameters(
        seed=3,
        object_names="toy_car_wood, mug",
        camera="d435",
        height_m="0.6",
        tilt_deg="20:30",
        room=True,
    )
    scene = scene_of(there)
    assert [placed.name for placed in scene.objects] == ["toy car", "mug"]
    assert [placed.mesh is not None for placed in scene.objects] == [True, False]
    assert scene.camera_profile.name == "d435"
    assert scene.camera.position_m[2] == 0.6
    assert scene.room is not None
    assert scene_of(SimParameters(seed=3)) == random_scene(3)
    with pytest.raises(RequestInvalid, match="no number or range"):
        scene_of(SimParameters(height_m="high"))

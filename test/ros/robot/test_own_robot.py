"""The robot is left out of pictures where joints, TF and description tell where it is."""

import time

import numpy as np
import pytest
from arm_world import eventually

pytestmark = pytest.mark.ros


@pytest.fixture(scope="module")
def camera_at_hand():
    """A camera that looks at the hand from 0.65 m, where `FakeCamera` shows a box."""
    from arm_world import ROBOT

    from rt_grasp_ros.motion.kinematics import Kinematics

    T_base_camera = np.diag([1.0, -1.0, -1.0, 1.0])
    T_base_camera[:3, 3] = Kinematics(ROBOT).tip_pose(ROBOT.home_rad)[:3, 3] + [0.0, 0.0, 0.65]
    return T_base_camera


class Logs:
    def __init__(self):
        self.warnings = []

    def get_logger(self):
        return self

    def warning(self, text, **_):
        self.warnings.append(text)


@pytest.fixture
def make_own_robot(world):
    from world import OPTICAL

    from rt_grasp_ros.motion.gripper import load_gripper
    from rt_grasp_ros.resources import share_path
    from rt_grasp_ros.ros.frames.transform_tree import TransformTree
    from rt_grasp_ros.ros.robot.own_robot import OwnRobot

    def make(T_base_camera=None, robot="config/robots/panda.yaml"):
        from rclpy.node import Node

        tree = TransformTree()
        if T_base_camera is not None:
            tree.put("panda_link0", OPTICAL, T_base_camera, 0, is_static=True)
        gripper = load_gripper(share_path("config/grippers/panda_hand.yaml"))
        logs = Logs()
        listener = world.add(Node("hears_joints", context=world.context))
        return OwnRobot(logs, listener, tree, share_path(robot), gripper), logs

    return make


def picture(stamp_ns):
    from world import INTRINSICS, OPTICAL

    from rt_grasp_ros.grasp.frame import RgbdFrame

    depth_m = np.full((240, 320), 1.4, np.float32)
    depth_m[110:130, 150:170] = 0.65
    rgb = np.zeros((240, 320, 3), np.uint8)
    return RgbdFrame(rgb, depth_m, INTRINSICS, OPTICAL, stamp_ns=stamp_ns)


def left_out_at_last(own, frame):
    end_s = time.monotonic() + 30.0
    while time.monotonic() < end_s:
        seen = own.left_out(frame)
        if seen.is_robot is not None:
            return seen
        time.sleep(0.05)
    raise AssertionError("the robot is not left out")


def test_the_hand_is_left_out(make_own_robot, arm, camera_at_hand):
    own, logs = make_own_robot(camera_at_hand)
    seen = left_out_at_last(own, picture(arm.get_clock().now().nanoseconds))
    assert np.isnan(seen.depth_m[110:130, 150:170]).all()
    assert np.isfinite(seen.depth_m[:100]).all()
    assert len(logs.warnings) <= 1  # before the first joint states came


def test_joint_states_without_fingers_are_told_once(make_own_robot, arm, camera_at_hand):
    from arm_world import FINGERS

    arm.change(positions={n: rad for n, rad in arm.positions.items() if n != FINGERS[1]})
    own, logs = make_own_robot(camera_at_hand)
    frame = picture(arm.get_clock().now().nanoseconds)
    for _ in range(20):
        assert own.left_out(frame) is frame
        time.sleep(0.05)
    (told,) = logs.warnings
    assert "joint_states" in told and "fingers included" in told


def test_joint_states_of_long_ago_say_nothing(make_own_robot, arm, camera_at_hand):
    own, logs = make_own_robot(camera_at_hand)
    frame = picture(arm.get_clock().now().nanoseconds)
    left_out_at_last(own, frame)
    said = len(logs.warnings)
    arm.is_silent = True
    assert eventually(lambda: own.left_out(frame) is frame)
    assert "of late" in logs.warnings[-1] and len(logs.warnings) == said + 1


def test_without_tf_the_picture_is_as_it_was(make_own_robot, arm):
    own, logs = make_own_robot()
    frame = picture(arm.get_clock().now().nanoseconds)
    end_s = time.monotonic() + 30.0
    while not any("TF does not" in text for text in logs.warnings) and time.monotonic() < end_s:
        assert own.left_out(frame) is frame
        time.sleep(0.02)
    said = len(logs.warnings)
    assert said <= 2 and "TF does not" in logs.warnings[-1]
    assert own.left_out(frame) is frame
    assert len(logs.warnings) == said


def test_a_description_that_can_not_be_used_is_told_once(make_own_robot, camera_at_hand, tmp_path):
    (tmp_path / "none.yaml").write_text("name: none\n")
    own, logs = make_own_robot(camera_at_hand, str(tmp_path / "none.yaml"))
    frame = picture(5)
    assert own.left_out(frame) is frame and own.left_out(frame) is frame
    (told,) = logs.warnings
    assert "none.yaml" in told


def test_a_command_that_means_the_hand_is_refused(world, arm, camera_at_hand):
    from active_perception import perception_node
    from world import FakeCamera, User

    from rt_grasp_ros.grasp.error_code import ErrorCode

    node = perception_node(world)
    world.add(FakeCamera(world))
    user = world.add(User(world))
    assert ErrorCode(user.ask("grasp the box").error_code) is ErrorCode.OK  # TF does not know
    arm.publish_camera_pose(camera_at_hand)
    end_s = time.monotonic() + 30.0
    reply = user.ask("grasp the box")
    while reply.error_code == ErrorCode.OK and time.monotonic() < end_s:
        reply = user.ask("grasp the box")
    assert ErrorCode(reply.error_code) is ErrorCode.ROBOT_AT_GRASP, reply.error_message
    assert "robot itself" in reply.error_message
    assert reply.grasps[0].rejected_code == ErrorCode.ROBOT_AT_GRASP
    world.remove(node)

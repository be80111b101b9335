"""The robot over topics; the time of its waits is set by hand."""

import numpy as np
import pytest
from arm_world import ROBOT, eventually
from controllers import TrajectoryController
from rclpy.node import Node
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectory

from rt_grasp_ros.grasp.errors import ControllerFailed
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.trajectory import Trajectory
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.robot import robot_topics
from rt_grasp_ros.ros.robot.heard_joints import HeardJoints
from rt_grasp_ros.ros.robot.robot_topics import RobotTopics

pytestmark = pytest.mark.ros

GRIPPER = load_gripper(share_path("config/grippers/panda_hand.yaml"))
WAY_RAD = np.linspace(ROBOT.home_rad, np.add(ROBOT.home_rad, 0.1), 2)
WAY = Trajectory(ROBOT.arm_joints, WAY_RAD, np.zeros_like(WAY_RAD), np.array([0.0, 3.0]))
LAST = Trajectory(ROBOT.arm_joints, WAY_RAD, np.zeros_like(WAY_RAD), np.array([0.0, 9.0]))


class Robot(Node):
    """Says once where it is, and keeps what its arm's controller is sent."""

    def __init__(self, world):
        super().__init__("robot", context=world.context)
        self._states = self.create_publisher(JointState, "joint_states", 10)
        self.sent = []
        self.create_subscription(
            JointTrajectory, "arm_controller/joint_trajectory", self.sent.append, 10
        )

    def say_where(self, positions_rad):
        names = [*ROBOT.arm_joints, *GRIPPER.joints]
        positions = [*positions_rad, *[0.04] * len(GRIPPER.joints)]
        self._states.publish(JointState(name=names, position=positions))


@pytest.fixture(autouse=True)
def patient_questions(monkeypatch):
    """Give a controller that is there the time that a busy machine takes to answer."""
    monkeypatch.setattr(robot_topics, "_REPLY_TIMEOUT_S", 30.0)


@pytest.fixture(scope="module")
def the_robot(world):
    return world.add(Robot(world))


@pytest.fixture(scope="module")
def topics(world, the_robot):
    node = world.add(Node("topics", context=world.context))
    topics = RobotTopics(node, node, ROBOT, GRIPPER)
    assert eventually(lambda: the_robot._states.get_subscription_count() > 0)
    assert eventually(lambda: topics._arm.get_subscription_count() > 0)
    return topics


@pytest.fixture
def robot(the_robot, topics):
    """The robot as it has just said that it is at home."""
    topics._sent = None  # whatever the test before sent
    start_s = topics.now_s()
    the_robot.say_where(ROBOT.home_rad)
    assert eventually(lambda: (s := topics.joint_state()) is not None and s.stamp_s >= start_s)
    the_robot.sent.clear()
    return the_robot


def later(topics, monkeypatch, passed_s):
    """Let time have passed."""
    now_s = topics.now_s() + passed_s
    monkeypatch.setattr(topics, "now_s", lambda: now_s)


def nothing_but(robot, topics, count):
    """Whether the robot was sent so much; a last message tells that all before it have come."""
    topics.send_arm(LAST)
    assert eventually(lambda: robot.sent and robot.sent[-1].points[-1].time_from_start.sec == 9)
    return len(robot.sent) == count + 1


def test_an_arm_measured_of_late_is_held(robot, topics, monkeypatch):
    later(topics, monkeypatch, 1.5)
    topics.hold()
    assert eventually(lambda: robot.sent)
    assert np.allclose(robot.sent[0].points[-1].positions, ROBOT.home_rad)


def test_an_arm_on_its_way_is_braked_along_it_though_it_is_not_seen(robot, topics, monkeypatch):
    topics.send_arm(WAY)
    sent_s = topics.now_s()
    assert eventually(lambda: len(robot.sent) == 1)
    later(topics, monkeypatch, 1.5)
    topics.hold()
    assert eventually(lambda: len(robot.sent) == 2)
    (where,), _ = WAY.sample(np.array([topics.now_s() - sent_s]))
    ahead_rad = np.array(robot.sent[1].points[-1].positions) - where
    assert (ahead_rad > 0.0).all() and (ahead_rad < 0.02).all()


def test_an_arm_whose_way_is_over_by_now_is_held_at_its_end(robot, topics, monkeypatch):
    topics.send_arm(WAY)
    assert eventually(lambda: len(robot.sent) == 1)
    later(topics, monkeypatch, 4.0)
    topics.hold()
    assert eventually(lambda: len(robot.sent) == 2)
    assert np.allclose(robot.sent[1].points[-1].positions, WAY.end)


def test_an_arm_that_brakes_is_not_told_again(robot, topics):
    topics.send_arm(WAY)
    topics.hold()
    topics.hold()
    assert nothing_but(robot, topics, 2)


def test_a_state_is_waited_for_until_a_stop_is_over(robot, topics, monkeypatch):
    """Where the arm stands is where the next motion begins; unseen it is given 0.28 s."""
    start_s = topics.now_s()
    time_s = [start_s]

    def sleep(duration_s):
        if time_s[0] == start_s:
            time_s[0] += duration_s
            robot.say_where(ROBOT.home_rad)
            assert eventually(lambda: topics.joint_state().stamp_s == time_s[0])
        time_s[0] += duration_s

    monkeypatch.setattr(topics, "now_s", lambda: time_s[0])
    monkeypatch.setattr(topics, "sleep", sleep)
    topics.hold()
    assert not topics.has_come_to_rest()
    topics.wait_for_state(1.0)
    assert 0.27 < time_s[0] - start_s < 0.3
    assert topics.has_come_to_rest()


def test_a_stop_in_the_moment_of_a_start_is_sent_again(robot, topics):
    topics.hold()
    topics.send_arm(WAY)
    topics.hold()
    assert eventually(lambda: len(robot.sent) == 3)
    assert robot.sent[-1].points[-1].time_from_start.sec == 0


def test_what_moveit_sends_is_known_too(robot, topics, monkeypatch):
    topics.expect_arm(WAY)
    later(topics, monkeypatch, 1.5)
    topics.hold()
    assert eventually(lambda: robot.sent)
    assert np.abs(np.array(robot.sent[0].points[-1].positions) - ROBOT.home_rad).min() > 0.01


def test_who_guards_the_arm_is_told_what_it_was_sent(robot, topics):
    heard = []
    topics.on_sent = heard.append
    topics.send_arm(WAY)
    topics.hold()
    topics.on_sent = lambda _: None
    assert [sent.is_braking for sent in heard] == [False, True]
    assert heard[0].trajectory.names == ROBOT.arm_joints


def test_a_controller_without_velocities_is_led_straight_to_its_first_point(robot, topics, world):
    """Though the driver sends them: from standing it would begin, within one cycle."""
    names = ROBOT.arm_joints
    controller = world.add(
        TrajectoryController(world, "arm_controller", names, state_interfaces=["position"])
    )
    assert eventually(topics._controller.is_there)
    topics.wait_for_state(0.0)
    topics.hold()
    assert eventually(lambda: robot.sent)
    assert [len(point.velocities) for point in robot.sent[0].points] == [0, 7, 7]
    world.remove(controller)
    topics._knows_velocities = None


def test_a_controller_of_other_joints_is_told_before_anything_moves(robot, topics, world):
    """It would refuse every trajectory without a word, those that stop the arm among them."""
    topics._takes_the_joints = False
    controller = world.add(TrajectoryController(world, "arm_controller", ROBOT.arm_joints[:6]))
    assert eventually(topics._controller.is_there)
    with pytest.raises(ControllerFailed, match="panda_joint6, and refuses what is sent for"):
        topics.wait_for_state(5.0)
    world.remove(controller)


def test_joints_that_no_message_tells_of_are_named(robot, topics):
    assert topics.joints_trouble() is None
    names = list(ROBOT.arm_joints)
    robot._states.publish(JointState(name=names, position=[*ROBOT.home_rad[:-1], np.nan]))
    assert eventually(lambda: topics.joints_trouble() is not None)
    assert names[-1] in topics.joints_trouble()
    assert topics.joint_state() is not None  # it was there before


def test_an_arm_that_was_not_sent_anywhere_is_left_alone_after_long_silence(
    robot, topics, monkeypatch
):
    topics.hold()  # whatever moved it
    assert eventually(lambda: len(robot.sent) == 1)
    later(topics, monkeypatch, 2.5)
    topics.hold()
    assert nothing_but(robot, topics, 1)


def test_an_arm_whose_way_was_over_is_left_alone_after_long_silence(robot, topics, monkeypatch):
    topics.send_arm(WAY)
    assert eventually(lambda: len(robot.sent) == 1)
    with monkeypatch.context() as at_its_end:
        later(topics, at_its_end, WAY.duration_s + 0.5)
        end_s = topics.now_s()
        robot.say_where(WAY.end)
        assert eventually(lambda: topics.joint_state().stamp_s == end_s)
    robot.sent.clear()
    later(topics, monkeypatch, WAY.duration_s + 3.0)
    topics.hold()
    assert nothing_but(robot, topics, 0)


def test_an_arm_that_others_speed_up_is_braked_at_the_speed_that_it_has_by_now(
    robot, topics, monkeypatch
):
    """Its last state is 50 ms old: at 4 rad/s^2 it is 0.2 rad/s faster since."""
    start_s = topics.now_s() + 10.0
    names = [*ROBOT.arm_joints, *GRIPPER.joints]
    monkeypatch.setattr(topics, "_heard", HeardJoints(tuple(names)))
    monkeypatch.setattr(topics, "_rest", None)
    for number in range(21):
        time_s = 0.01 * number
        monkeypatch.setattr(topics, "now_s", lambda time_s=time_s: start_s + time_s)
        positions = [*ROBOT.home_rad + 2.0 * time_s**2, *[0.04] * len(GRIPPER.joints)]
        velocities = [*[4.0 * time_s] * len(ROBOT.arm_joints), *[0.0] * len(GRIPPER.joints)]
        topics._hear(JointState(name=names, position=positions, velocity=velocities))
    monkeypatch.setattr(topics, "now_s", lambda: start_s + 0.25)
    topics.hold()
    assert eventually(lambda: robot.sent)
    (point,) = robot.sent[-1].points
    brake_s = point.time_from_start.nanosec / 1e9
    end_rad = np.array(point.positions) - ROBOT.home_rad
    np.testing.assert_allclose(end_rad, 0.125 + 1.0 * (0.004 + brake_s / 2), atol=0.002)

"""The cell's action is taken, cancelled, preempted and aborted as ros2_control's is."""

import math
import time

import numpy as np
import pytest
from action_msgs.msg import GoalStatus
from arm_world import eventually
from builtin_interfaces.msg import Duration
from control_msgs.action import FollowJointTrajectory
from control_msgs.msg import JointTolerance
from rclpy.node import Node
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint
from world import reply_of

from rt_grasp_ros.motion.trajectory import JointState
from rt_grasp_ros.ros.messages.motion_conversions import trajectory_from_message
from rt_grasp_ros.ros.rclpy_fixes.action_client import ActionClient
from rt_grasp_ros.ros.sim.follow_trajectory import FollowTrajectory
from rt_grasp_ros.sim.controller import JointTrajectoryController, TrajectoryPoint

pytestmark = [pytest.mark.ros, pytest.mark.moveit]

JOINTS = ("shoulder", "elbow")


class Plant(Node):
    """Two joints that are where their controller has them, but for an offset to order."""

    def __init__(self, world, namespace):
        super().__init__("plant", context=world.context, namespace=namespace)
        self.controller = JointTrajectoryController(JOINTS, [0.0, 0.0])
        self.offset_rad = 0.0
        self.action = FollowTrajectory(
            self, "arm_controller/joint_trajectory", self.controller, self.start, self.state
        )
        self.create_timer(0.01, self.action.update)

    def start(self, message):
        trajectory = trajectory_from_message(message)
        points = [
            TrajectoryPoint(tuple(p), float(t), tuple(v))
            for p, t, v in zip(
                trajectory.positions, trajectory.times_s, trajectory.velocities, strict=True
            )
        ]
        self.controller.accept(trajectory.names, points, time.monotonic())

    def state(self):
        now_s = time.monotonic()
        positions, velocities = self.controller.sample(now_s)
        return JointState(JOINTS, positions + self.offset_rad, velocities, now_s)

    def destroy_node(self):
        self.action.destroy()
        super().destroy_node()


class User(Node):
    """Sends goals."""

    def __init__(self, world, namespace):
        super().__init__("user", context=world.context, namespace=namespace)
        name = "arm_controller/follow_joint_trajectory"
        self.client = ActionClient(self, FollowJointTrajectory, name)
        self.feedback = []

    def send(self, position_rad, duration_s, joints=JOINTS, **tolerances):
        goal = FollowJointTrajectory.Goal(
            trajectory=motion(position_rad, duration_s, joints), **tolerances
        )
        handle = self.client.send_goal_async(goal, lambda m: self.feedback.append(m.feedback))
        return reply_of(handle)

    def end_of(self, handle):
        reply = reply_of(handle.get_result_async(), 30.0)
        return reply.status, reply.result


def motion(position_rad, duration_s, joints=JOINTS):
    seconds = math.floor(duration_s)
    point = JointTrajectoryPoint(
        positions=[position_rad] * len(joints),
        velocities=[0.0] * len(joints),
        time_from_start=Duration(sec=seconds, nanosec=int((duration_s - seconds) * 1e9)),
    )
    return JointTrajectory(joint_names=list(joints), points=[point])


@pytest.fixture
def pair(world, request):
    namespace = f"/{request.node.name.split('[')[0]}"
    plant, user = world.add(Plant(world, namespace)), world.add(User(world, namespace))
    assert user.client.wait_for_server(timeout_sec=20.0)
    yield plant, user
    world.remove(plant)
    world.remove(user)


def test_a_goal_is_reached_and_told_on_the_way(pair):
    plant, user = pair
    handle = user.send(0.5, 1.0)
    assert handle.accepted
    assert eventually(lambda: len({m.actual.positions[0] for m in list(user.feedback)}) > 1)
    status, result = user.end_of(handle)
    assert status == GoalStatus.STATUS_SUCCEEDED
    assert result.error_code == 0
    assert plant.state().positions == pytest.approx([0.5, 0.5])
    assert user.feedback[0].joint_names == list(JOINTS)
    positions = [message.actual.positions[0] for message in user.feedback]
    assert 0.0 < min(positions) < max(positions) <= 0.5


def test_joints_may_come_in_any_order(pair):
    _, user = pair
    status, _ = user.end_of(user.send(0.1, 0.1, joints=JOINTS[::-1]))
    assert status == GoalStatus.STATUS_SUCCEEDED


@pytest.mark.parametrize("joints", [("shoulder",), (*JOINTS, "wrist"), ("shoulder", "wrist")])
def test_other_joints_are_rejected_and_the_motion_goes_on(pair, joints):
    plant, user = pair
    first = user.send(0.5, 0.6)
    assert not user.send(0.1, 0.1, joints=joints).accepted
    assert user.end_of(first)[0] == GoalStatus.STATUS_SUCCEEDED
    assert plant.state().positions[0] == pytest.approx(0.5)


def test_a_cancel_holds_the_arm_where_it_is(pair):
    plant, user = pair
    handle = user.send(1.0, 20.0)
    assert eventually(lambda: plant.state().positions[0] > 0.001, 20.0)
    reply_of(handle.cancel_goal_async())
    status, _ = user.end_of(handle)
    assert status == GoalStatus.STATUS_CANCELED
    here = plant.state().positions
    time.sleep(0.2)
    assert plant.state().positions.tolist() == here.tolist()
    assert here[0] < 0.9


def test_a_new_goal_ends_the_one_before(pair):
    plant, user = pair
    first = user.send(1.0, 20.0)
    second = user.send(0.2, 0.3)
    status, result = user.end_of(first)
    assert status == GoalStatus.STATUS_ABORTED
    assert result.error_code == -1  # INVALID_GOAL
    assert user.end_of(second)[0] == GoalStatus.STATUS_SUCCEEDED
    assert plant.state().positions[0] == pytest.approx(0.2)


def test_a_trajectory_on_the_topic_takes_over_and_the_goal_ends_with_it(pair):
    plant, user = pair
    handle = user.send(1.0, 20.0)
    plant.start(motion(0.1, 0.3))
    status, _ = user.end_of(handle)
    assert status == GoalStatus.STATUS_SUCCEEDED
    assert plant.state().positions[0] == pytest.approx(0.1)


def tolerance(position_rad):
    return [JointTolerance(name=name, position=position_rad) for name in JOINTS]


def test_a_joint_that_leaves_the_path_aborts_the_goal_and_holds(pair):
    plant, user = pair
    handle = user.send(1.0, 20.0, path_tolerance=tolerance(0.05))
    assert eventually(lambda: plant.state().positions[0] > 0.001)
    plant.offset_rad = 0.06
    status, result = user.end_of(handle)
    assert status == GoalStatus.STATUS_ABORTED
    assert result.error_code == -4  # PATH_TOLERANCE_VIOLATED
    here = plant.state().positions
    time.sleep(0.1)
    assert plant.state().positions.tolist() == here.tolist()


@pytest.mark.parametrize("position_rad", [0.0, -1.0])
def test_no_tolerance_is_no_limit(pair, position_rad):
    plant, user = pair
    plant.offset_rad = 0.3
    handle = user.send(
        0.1, 0.2, path_tolerance=tolerance(position_rad), goal_tolerance=tolerance(position_rad)
    )
    assert user.end_of(handle)[0] == GoalStatus.STATUS_SUCCEEDED


def test_a_goal_that_is_not_met_in_time_is_aborted(pair):
    plant, user = pair
    plant.offset_rad = 0.02
    start_s = time.monotonic()
    handle = user.send(
        0.1, 0.2, goal_tolerance=tolerance(0.01), goal_time_tolerance=Duration(nanosec=500_000_000)
    )
    status, result = user.end_of(handle)
    assert time.monotonic() - start_s > 0.65
    assert status == GoalStatus.STATUS_ABORTED
    assert result.error_code == -5  # GOAL_TOLERANCE_VIOLATED


class RemappedPlant(Node):
    """Two joints whose topic a driver has under another name."""

    def __init__(self, context):
        remap = "arm_controller/joint_trajectory:=panda_arm_controller/joint_trajectory"
        super().__init__(
            "remapped_plant",
            context=context,
            namespace="/remapped_action",
            cli_args=["--ros-args", "-r", remap],
        )
        state = JointState(JOINTS, np.zeros(2), np.zeros(2), 0.0)
        controller = JointTrajectoryController(JOINTS, [0.0, 0.0])
        self.action = FollowTrajectory(
            self, "arm_controller/joint_trajectory", controller, print, lambda: state
        )

    def destroy_node(self):
        self.action.destroy()
        super().destroy_node()


def test_it_is_beside_a_remapped_topic(world):
    world.add(RemappedPlant(world.context))
    name = "/remapped_action/panda_arm_controller/follow_joint_trajectory"
    observer = world.add(Node("observer_of_actions", context=world.context))
    assert eventually(lambda: observer.count_services(f"{name}/_action/send_goal") == 1, 20.0)

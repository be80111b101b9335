"""The service alone; what it does to a pick is in test_executor_node."""

import numpy as np
import pytest
from arm_world import Operator, eventually
from rclpy.node import Node
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock
from rt_grasp_ros.msg import Grasp
from std_msgs.msg import Header

from rt_grasp_ros.grasp.errors import Cancelled
from rt_grasp_ros.motion.trajectory import JointState
from rt_grasp_ros.pipeline.one_job import OneJob
from rt_grasp_ros.ros.executor import stop_service
from rt_grasp_ros.ros.executor.stop_service import StopService
from rt_grasp_ros.ros.messages.stamps import time_from_nanoseconds

pytestmark = pytest.mark.ros


class Seen:
    """The part of `RobotIo` that tells how old the newest joint state is."""

    age_s = 0.0

    def now_s(self):
        return 100.0

    def joints_trouble(self):
        return None

    def joint_state(self):
        return JointState(("elbow",), np.zeros(1), np.zeros(1), 100.0 - self.age_s)


class Stopped:
    """A node with the service, and what it stops."""

    def __init__(self, world):
        self.node = world.add(Node("stopped", context=world.context))
        self.operator = world.add(Operator(world))
        self.stops = []
        self.job = OneJob()
        self.seen = Seen()
        self.service = StopService(
            self.node, lambda: self.stops.append(self.job.is_halted()), self.job, lambda: self.seen
        )

    def grasps_seen_now(self):
        return [Grasp(header=Header(stamp=self.node.get_clock().now().to_msg()))]


@pytest.fixture(scope="module")
def the_stopped(world):
    return Stopped(world)


@pytest.fixture
def stopped(the_stopped):
    the_stopped.stops.clear()
    the_stopped.seen.age_s = 0.0
    yield the_stopped
    the_stopped.job.end()


def test_the_arm_is_stopped_before_anything_is_waited_for(stopped):
    reply = stopped.operator.stop()
    assert reply.success and "send a new command" in reply.message
    assert stopped.stops == [False]


def test_a_goal_that_does_not_end_is_told(stopped, monkeypatch):
    monkeypatch.setattr(stop_service, "STOP_TIMEOUT_S", 0.1)
    assert stopped.job.try_begin()
    reply = stopped.operator.stop()
    assert not reply.success and "the goal did not end" in reply.message
    assert stopped.job.is_halted()


def test_an_arm_that_nobody_can_see_is_told(stopped):
    stopped.seen.age_s = 30.0
    reply = stopped.operator.stop()
    assert not reply.success
    assert reply.message.startswith("Nobody can see whether the arm stands still. The newest joint")
    assert len(stopped.stops) == 1


def test_what_was_seen_before_a_stop_is_refused_and_what_is_seen_after_it_is_not(stopped):
    before = stopped.grasps_seen_now()
    stopped.service.refuse_what_came_before(before)
    assert stopped.operator.stop().success
    with pytest.raises(Cancelled):
        stopped.service.refuse_what_came_before(before)
    stopped.service.refuse_what_came_before([*before, *stopped.grasps_seen_now()])
    stopped.service.refuse_what_came_before([Grasp()])  # says nothing of when


def test_what_was_seen_at_the_moment_of_the_stop_is_refused(stopped):
    """By a simulated clock, which steps, that is what was seen last before it."""
    assert stopped.operator.stop().success
    (grasp,) = stopped.grasps_seen_now()
    grasp.header.stamp = time_from_nanoseconds(stopped.service._stopped_ns)
    with pytest.raises(Cancelled):
        stopped.service.refuse_what_came_before([grasp])
    grasp.header.stamp = time_from_nanoseconds(stopped.service._stopped_ns + 1)
    stopped.service.refuse_what_came_before([grasp])


def seen_at(time_s):
    return [Grasp(header=Header(stamp=time_from_nanoseconds(int(time_s * 1e9))))]


def test_in_a_simulation_what_was_seen_before_the_node_started_is_refused(new_world):
    simulated = [Parameter("use_sim_time", value=True)]
    node = new_world.add(
        Node("simulated", context=new_world.context, parameter_overrides=simulated)
    )
    service = StopService(node, lambda: None, OneJob(), Seen)
    clock = new_world.add(Node("simulation", context=new_world.context)).create_publisher(
        Clock, "/clock", 10
    )

    def tell(time_s):
        clock.publish(Clock(clock=time_from_nanoseconds(int(time_s * 1e9))))
        seconds = node.get_clock().now().nanoseconds / 1e9
        return seconds == pytest.approx(time_s)

    assert eventually(lambda: tell(1000.0))  # heard late: the node has been there for a while
    with pytest.raises(Cancelled):
        service.refuse_what_came_before(seen_at(900.0))
    service.refuse_what_came_before(seen_at(1000.0))
    assert eventually(lambda: tell(20.0))  # the simulation began anew
    with pytest.raises(Cancelled):
        service.refuse_what_came_before(seen_at(19.0))
    service.refuse_what_came_before(seen_at(21.0))

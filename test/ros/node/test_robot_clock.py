"""Time as `/clock` tells it, and what becomes of it when that stands still, jumps or ends."""

import time

import pytest
from arm_world import eventually
from rclpy.node import Node
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock

from rt_grasp_ros.ros.messages.stamps import time_from_nanoseconds
from rt_grasp_ros.ros.node.listening_node import ListeningNode
from rt_grasp_ros.ros.node.robot_clock import HeardTime, RobotClock, steady_timer

pytestmark = pytest.mark.ros

SIMULATED = [Parameter("use_sim_time", value=True)]


class Machine:
    """The machine's clock, set by hand."""

    def __init__(self):
        self.s = 100.0

    def __call__(self):
        return self.s


@pytest.fixture
def machine():
    return Machine()


@pytest.fixture
def heard(machine):
    return HeardTime(machine)


def test_time_passes_as_the_clock_says_however_long_that_takes(heard, machine):
    for _ in range(50):
        machine.s += 0.1  # five times slower than the clock
        heard.advance(0.02)
    assert heard.now_s() == pytest.approx(1.0)


@pytest.mark.parametrize("slower", [1.0, 5.0])
def test_between_two_messages_time_goes_on_as_before_by_one_step(heard, machine, slower):
    for _ in range(2):
        machine.s += 0.02 * slower
        heard.advance(0.02)
    machine.s += 0.01 * slower
    assert heard.now_s() == pytest.approx(0.05)
    machine.s += 0.04 * slower
    assert heard.now_s() == pytest.approx(0.06)
    heard.advance(0.005)  # the clock had been slower than foreseen
    assert heard.now_s() == pytest.approx(0.06)
    machine.s += 0.05 * slower
    heard.advance(0.02)
    assert heard.now_s() == pytest.approx(0.065)


@pytest.mark.parametrize("jump_s", [0.26, 2.0, 1.8e9])
def test_a_jump_ahead_counts_a_quarter_of_a_second(heard, jump_s):
    heard.advance(jump_s)
    assert heard.now_s() == pytest.approx(0.25)


def test_time_never_goes_back(heard):
    heard.advance(0.2)
    heard.advance(-5.0)
    heard.advance(0.02)
    assert heard.now_s() == pytest.approx(0.22)


def test_a_clock_that_stands_still_stops_time_for_ten_seconds_and_no_longer(heard, machine):
    heard.advance(0.2)
    machine.s += 10.0
    assert heard.now_s() == pytest.approx(0.2)
    machine.s += 3.0
    assert heard.now_s() == pytest.approx(3.2)
    heard.advance(0.02)
    assert heard.now_s() == pytest.approx(3.22)
    machine.s += 9.0
    assert heard.now_s() == pytest.approx(3.22)


def test_without_use_sim_time_it_is_the_machines(world):
    clock = RobotClock(world.add(Node("robots", context=world.context)))
    assert clock.now_s() == pytest.approx(time.monotonic(), abs=30.0)


@pytest.fixture
def simulation(new_world):
    node = new_world.add(Node("simulation", context=new_world.context))
    return node.create_publisher(Clock, "/clock", 10)


@pytest.fixture
def worker(new_world):
    return new_world.add(Node("worker", context=new_world.context, parameter_overrides=SIMULATED))


def tell(simulation, time_ns):
    simulation.publish(Clock(clock=time_from_nanoseconds(time_ns)))


def test_a_node_and_its_listener_hear_the_clock_once(new_world, simulation, worker):
    listener = ListeningNode(worker, context=new_world.context)
    clocks = [RobotClock(worker), RobotClock(listener)]
    assert eventually(lambda: simulation.get_subscription_count() == 1)
    tell(simulation, 5_000_000_000)
    assert eventually(lambda: all(clock.now_s() == 0.25 for clock in clocks))
    tell(simulation, 5_020_000_000)
    assert eventually(lambda: all(clock.now_s() == pytest.approx(0.27) for clock in clocks))
    assert worker.get_clock().now().nanoseconds == 5_020_000_000
    assert simulation.get_subscription_count() == 1
    listener.destroy_node()


def test_a_timer_goes_on_while_the_simulation_stands_still(worker):
    calls = []
    steady_timer(worker, 0.02, lambda: calls.append(1))
    assert eventually(lambda: len(calls) >= 3)

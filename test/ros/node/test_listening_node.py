"""What comes often is heard beside the node that it is for, under the same names."""

import threading

import pytest
import rclpy
from arm_world import eventually
from builtin_interfaces.msg import Time
from rclpy.action import ActionClient
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock
from rt_grasp_ros.action import ExecuteGrasp
from std_msgs.msg import String
from std_srvs.srv import Trigger

from rt_grasp_ros.ros.node.listening_node import ListeningNode

pytestmark = pytest.mark.ros

RENAMED = ["--ros-args", "-r", "__node:=launched", "-r", "__ns:=/left", "-r", "said:=spoken"]


@pytest.fixture
def make_node():
    """Return what makes a node with options, its listening node, and a publisher's node."""
    contexts, nodes = [], []

    def make(context_arguments=None, **options):
        context = Context()
        rclpy.init(args=context_arguments, context=context)
        node = Node("busy", context=context, **options)
        listener = ListeningNode(node, context=context, **options)
        contexts.append(context)
        nodes.extend([listener, node])
        return node, listener

    yield make
    for node in nodes:
        node.destroy_node()
    for context in contexts:
        context.try_shutdown()


@pytest.mark.parametrize("given", ["process", "node"])
def test_it_has_a_name_of_its_own_and_the_others_remappings(make_node, given):
    if given == "process":
        node, listener = make_node(RENAMED)
    else:
        node, listener = make_node(cli_args=RENAMED)
    assert node.get_fully_qualified_name() == "/left/launched"
    assert listener.get_fully_qualified_name() == "/left/launched_listener"
    assert listener.resolve_topic_name("said") == "/left/spoken"


def test_its_clock_is_that_of_the_other(make_node):
    _, listener = make_node(parameter_overrides=[Parameter("use_sim_time", value=True)])
    assert listener.get_clock().ros_time_is_active


def test_it_hears_the_clock_for_the_other_which_nobody_spins(make_node):
    node, listener = make_node(parameter_overrides=[Parameter("use_sim_time", value=True)])
    publisher = make_node()[0].create_publisher(Clock, "/clock", 10)

    def tell():
        publisher.publish(Clock(clock=Time(sec=5, nanosec=250)))

    for each in (node, listener):
        clock = each.get_clock()
        assert eventually(lambda c=clock: tell() or c.now().nanoseconds == 5_000_000_250)


def test_it_has_no_parameters_of_its_own_to_be_set(make_node):
    def sets_parameters(node):
        return any("set_parameters" in service.srv_name for service in node.services)

    node, listener = make_node()
    assert sets_parameters(node)
    assert not sets_parameters(listener)


def test_it_hears_while_nobody_spins_the_other(make_node):
    node, listener = make_node()
    heard = threading.Event()
    listener.create_subscription(String, "said", lambda message: heard.set(), 10)
    publisher = node.create_publisher(String, "said", 10)
    assert eventually(lambda: publisher.get_subscription_count() == 1)
    publisher.publish(String(data="word"))
    assert heard.wait(60.0)
    listener.raise_failure()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_a_callback_raised_can_be_raised(make_node):
    node, listener = make_node()

    def fail(message):
        raise ValueError(message.data)

    listener.create_subscription(String, "said", fail, 10)
    publisher = node.create_publisher(String, "said", 10)
    assert eventually(lambda: publisher.get_subscription_count() == 1)
    publisher.publish(String(data="the fault"))

    def is_raised():
        try:
            listener.raise_failure()
        except ValueError as error:
            return str(error) == "the fault"
        return False

    assert eventually(is_raised)


def test_what_was_made_on_it_is_taken_off_while_it_goes_on_hearing(make_node):
    """As often as a lifecycle node is cleaned up, whatever comes meanwhile."""
    _, listener = make_node()
    talker = make_node()[0].create_publisher(String, "said", 10)
    before = len(list(listener.subscriptions)), len(list(listener.waitables))
    for _ in range(5):
        heard = threading.Event()
        listener.create_subscription(String, "said", lambda message, h=heard: h.set(), 10)
        listener.create_client(Trigger, "asked")
        listener.create_publisher(String, "told", 10)
        ActionClient(listener, ExecuteGrasp, "done")
        assert eventually(lambda h=heard: talker.publish(String(data="x")) or h.is_set())
        listener.release()
        assert (len(list(listener.subscriptions)), len(list(listener.waitables))) == before
        assert not list(listener.clients)
        assert "/told" not in {publisher.topic_name for publisher in listener.publishers}
    listener.raise_failure()

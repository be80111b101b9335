"""A transition that a node's state does not have is refused, and the node goes on."""

import threading

import pytest
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.node import Node
from world import reply_of

from rt_grasp_ros.ros.rclpy_fixes.managed_node import ManagedNode

pytestmark = pytest.mark.ros

SUCCESS, FAILURE = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE


class Managed(ManagedNode):
    """Takes its time to be configured."""

    def __init__(self, **options):
        super().__init__("managed", **options)
        self.may_go_on, self.configuring = threading.Event(), threading.Event()

    def on_configure(self, state):
        self.configuring.set()
        self.may_go_on.wait(60.0)
        return SUCCESS

    def release(self):
        self.may_go_on.set()


@pytest.fixture
def node(new_world):
    node = new_world.add(Managed(context=new_world.context))
    node.release()
    return node


def test_a_service_that_asks_for_one_is_told_so(new_world, node):
    asker = new_world.add(Node("asker", context=new_world.context))
    client = asker.create_client(
        ChangeState, "managed/change_state", callback_group=ReentrantCallbackGroup()
    )
    assert client.wait_for_service(60.0)

    def ask(transition):
        return reply_of(
            client.call_async(ChangeState.Request(transition=Transition(id=transition))), 60.0
        ).success

    assert not ask(Transition.TRANSITION_ACTIVATE)
    assert ask(Transition.TRANSITION_CONFIGURE)
    assert not ask(Transition.TRANSITION_CONFIGURE)
    assert ask(Transition.TRANSITION_ACTIVATE)


def test_one_that_is_triggered_fails(node):
    assert node.trigger_deactivate() == FAILURE
    assert node.trigger_configure() == SUCCESS


def test_two_at_once_come_one_after_the_other(node):
    node.may_go_on.clear()
    ends = []
    first = threading.Thread(target=lambda: ends.append(node.trigger_configure()))
    first.start()
    assert node.configuring.wait(60.0)
    second = threading.Thread(target=lambda: ends.append(node.trigger_activate()))
    second.start()
    node.may_go_on.set()
    for thread in (first, second):
        thread.join(60.0)
    assert ends == [SUCCESS, SUCCESS]

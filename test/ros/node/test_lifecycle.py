"""Lifecycle nodes bring themselves up, and say their state to who asks."""

import threading

import pytest
from arm_world import eventually
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState, GetState
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.lifecycle import LifecycleNode, TransitionCallbackReturn
from rclpy.node import Node

from rt_grasp_ros.ros.node.lifecycle import (
    ACTIVE,
    INACTIVE,
    UNCONFIGURED,
    StateQuestion,
    autostart,
    bring_up,
    made_and_starting,
    make_transition,
)
from rt_grasp_ros.ros.rclpy_fixes.service_call import NotReady

pytestmark = pytest.mark.ros

SUCCESS, FAILURE = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE


class Stubborn(LifecycleNode):
    """Fails the transitions that it is told to."""

    def __init__(self, *fails, **options):
        super().__init__("stubborn", **options)
        self.fails, self.done = fails, []

    def _transit(self, name):
        self.done.append(name)
        return FAILURE if name in self.fails else SUCCESS

    def on_configure(self, state):
        return self._transit("configure")

    def on_activate(self, state):
        return self._transit("activate")


@pytest.mark.parametrize(
    ("fails", "is_up", "done"),
    [
        ((), True, ["configure", "activate"]),
        (("configure",), False, ["configure"]),
        (("activate",), False, ["configure", "activate"]),
    ],
)
def test_it_is_up_once_it_was_configured_and_activated(new_world, fails, is_up, done):
    node = new_world.add(Stubborn(*fails, context=new_world.context))
    assert bring_up(node) is is_up
    assert node.done == done


@pytest.mark.parametrize("is_told", [True, False])
def test_a_process_brings_its_node_up_where_it_is_told_to_and_not_by_itself(new_world, is_told):
    node = made_and_starting(lambda: Stubborn(context=new_world.context), lambda _: is_told)
    new_world.add(node)
    if is_told:
        assert eventually(lambda: node.done == ["configure", "activate"])
    else:
        assert node.done == []
    assert autostart().default is False


def test_the_state_is_asked_and_nobody_has_none(new_world):
    asker = new_world.add(Node("asker", context=new_world.context))
    question = StateQuestion(asker, of="stubborn")
    assert not question.is_there()
    assert question.ask(5.0) is None
    assert question.newest() is None
    node = new_world.add(Stubborn(context=new_world.context))
    assert eventually(question.is_there)
    assert question.ask(60.0) == UNCONFIGURED == "unconfigured"
    node.trigger_configure()
    assert question.ask(60.0) == INACTIVE == "inactive"
    assert eventually(lambda: question.newest() == "inactive")
    node.trigger_activate()
    assert eventually(lambda: question.newest() == ACTIVE == "active")


class Deaf(Node):
    """Says its state and changes it, but never replies to the first requests of either kind."""

    def __init__(self, drops, fails=False, **options):
        super().__init__("deaf", **options)
        self.state, self.fails, self.asked, self.told = UNCONFIGURED, fails, 0, 0
        self.drops, self.is_over = drops, threading.Event()
        group = ReentrantCallbackGroup()
        for kind, name, reply in (
            (GetState, "get_state", self._say),
            (ChangeState, "change_state", self._change),
        ):
            self.create_service(kind, f"deaf/{name}", reply, callback_group=group)

    def _say(self, request, response):
        self.asked += 1
        if self.asked <= self.drops[0]:
            self.is_over.wait(60.0)
        response.current_state.label = self.state
        return response

    def _change(self, request, response):
        self.told += 1
        if self.told <= self.drops[1]:
            self.is_over.wait(60.0)
            return response
        response.success = not self.fails
        self.state = self.state if self.fails else INACTIVE
        return response


@pytest.fixture
def deaf_world(new_world):
    """Return what makes a deaf node, and asks it."""
    made = []

    def make(*drops, **options):
        asker = new_world.add(Node("asker", context=new_world.context))
        node = new_world.add(Deaf(drops, **options, context=new_world.context))
        made.append(node)
        client = asker.create_client(
            ChangeState, "deaf/change_state", callback_group=ReentrantCallbackGroup()
        )
        return node, StateQuestion(asker, of="deaf"), client

    yield make
    for node in made:
        node.is_over.set()


def test_the_newest_state_is_asked_again_where_the_reply_is_lost(deaf_world):
    node, question, _ = deaf_world(2, 0)
    assert eventually(question.is_there)
    assert eventually(lambda: question.newest() == UNCONFIGURED)
    assert node.asked >= 3


def configure(client, question, timeout_s=60.0):
    make_transition(client, question, Transition.TRANSITION_CONFIGURE, timeout_s, "It did not load")


def test_a_transition_whose_request_is_lost_is_sent_again(deaf_world):
    node, question, client = deaf_world(0, 1)
    configure(client, question)
    assert node.state == INACTIVE
    assert node.told >= 2


def test_a_transition_that_is_made_without_a_reply_counts(deaf_world):
    node, question, client = deaf_world(0, 100)
    threading.Timer(0.5, lambda: setattr(node, "state", INACTIVE)).start()
    configure(client, question)
    assert node.state == INACTIVE


def test_a_transition_that_fails_ends_in_a_sentence_at_once(deaf_world):
    node, question, client = deaf_world(0, 0, fails=True)
    with pytest.raises(NotReady, match=r"It did not load; read its log"):
        configure(client, question)
    assert node.state == UNCONFIGURED


def test_a_transition_that_nobody_makes_ends_in_a_sentence_in_time(deaf_world):
    _, question, client = deaf_world(0, 100)
    with pytest.raises(NotReady, match=r"It did not load within 3 s"):
        configure(client, question, timeout_s=3.0)

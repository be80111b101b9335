"""Lifecycle nodes bring themselves up, and say their state to who asks."""

import pytest
from arm_world import eventually
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
)

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

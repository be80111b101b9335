"""Cancelling, deactivating and cleaning up end what is under way; what loads, or does not."""

import pytest
from active_perception import COMMAND, DEADLINES, refused
from chat_stand_in import ChatStandIn, says
from listening import listen, wait_until
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from std_msgs.msg import String
from world import FakeCamera, User, reply_of

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.model.worker.worker_messages import EngineSource
from rt_grasp_ros.ros.perception.perception_node import PerceptionNode

pytestmark = pytest.mark.ros


def test_deactivating_stops_the_arm(node, camera, user, make_executor):
    node.set_parameters([Parameter("execution_timeout_s", value=60.0)])
    executor = make_executor(duration_s=60.0)
    reply = user.send(COMMAND, execute=True)
    assert executor.running.wait(30.0)
    node.trigger_deactivate()
    refused(reply_of(reply), ErrorCode.CANCELLED, "stands still")
    assert executor.cancelled.wait(30.0)
    refused(user.ask(COMMAND), ErrorCode.NOT_ACTIVE, "activate")
    node.trigger_activate()
    node.set_parameters([Parameter("execution_timeout_s", value=DEADLINES["execution_timeout_s"])])


def test_deactivating_stops_the_model(node, camera, user):
    node.set_parameters([Parameter("model_timeout_s", value=60.0)])
    heard = listen(user, String, "reasoning", 10)
    reply = user.send("grasp the ramble box")
    wait_until(lambda: any("and" in message.data for message in heard))
    node.trigger_deactivate()
    refused(reply_of(reply), ErrorCode.CANCELLED, "cancelled while it was written")
    node.trigger_activate()
    node.set_parameters([Parameter("model_timeout_s", value=DEADLINES["model_timeout_s"])])
    assert user.ask(COMMAND).error_code == ErrorCode.OK


def test_a_command_is_cancelled_while_the_model_writes(node, camera, user):
    node.set_parameters([Parameter("model_timeout_s", value=60.0)])
    heard = listen(user, String, "reasoning", 10)
    reply = user.send("grasp the ramble box")
    wait_until(lambda: any("and" in message.data for message in heard))
    assert user.cancel().success
    refused(reply_of(reply), ErrorCode.CANCELLED, "while it was written")
    node.set_parameters([Parameter("model_timeout_s", value=DEADLINES["model_timeout_s"])])
    assert user.ask(COMMAND).error_code == ErrorCode.OK


def test_a_command_is_cancelled_while_the_arm_moves(node, camera, user, make_executor):
    node.set_parameters([Parameter("execution_timeout_s", value=60.0)])
    executor = make_executor(duration_s=60.0)
    reply = user.send(COMMAND, execute=True)
    assert executor.running.wait(30.0)
    assert user.cancel().success
    refused(reply_of(reply), ErrorCode.CANCELLED, "stands still")
    assert executor.cancelled.wait(30.0)
    node.set_parameters([Parameter("execution_timeout_s", value=DEADLINES["execution_timeout_s"])])


def test_a_command_is_cancelled_while_it_waits_for_a_picture(camera, user):
    camera.change(silent={"colour", "depth", "info"})
    reply = user.send(COMMAND)
    wait_until(lambda: user.cancel().success)
    refused(reply_of(reply), ErrorCode.CANCELLED)


def test_cancelling_nothing_says_so(user):
    reply = user.cancel()
    assert not reply.success
    assert "No command" in reply.message


def test_a_cleaned_up_node_refuses_and_can_be_configured_again(node, camera, user):
    assert node.trigger_deactivate() == TransitionCallbackReturn.SUCCESS
    assert node.trigger_cleanup() == TransitionCallbackReturn.SUCCESS
    refused(user.ask(COMMAND), ErrorCode.NOT_ACTIVE, "configure")
    assert node.trigger_configure() == TransitionCallbackReturn.SUCCESS
    assert node.trigger_activate() == TransitionCallbackReturn.SUCCESS
    assert user.ask(COMMAND).error_code == ErrorCode.OK


def test_a_model_that_does_not_load_leaves_the_node_unconfigured(world):
    node = PerceptionNode(
        engine=EngineSource("fake_engines:no_checkpoint"), context=world.context, namespace="bad"
    )
    world.add(node)
    assert node.trigger_configure() == TransitionCallbackReturn.FAILURE
    assert node._state_machine.current_state[1] == "unconfigured"
    world.remove(node)


def test_a_model_that_is_not_there_is_named(world):
    overrides = [Parameter("model_dir", value="models/none_such")]
    with pytest.raises(FileNotFoundError, match="models/none_such"):
        PerceptionNode(context=world.context, parameter_overrides=overrides, namespace="bad")


def test_a_server_answers_in_place_of_a_model_here(world, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = ChatStandIn(says("It lies there. x 0.500 y 0.375 theta 0.000 w 0.125"))
    overrides = {"model_backend": "openai", "server_url": server.url, "server_retries": 0}
    node = PerceptionNode(
        context=world.context,
        namespace="served",
        parameter_overrides=[Parameter(name, value=value) for name, value in overrides.items()],
    )
    world.add(node)
    served_user = world.add(User(world, namespace="served"))
    served_camera = world.add(FakeCamera(world, namespace="served"))
    assert node.trigger_configure() == TransitionCallbackReturn.SUCCESS
    assert node.trigger_activate() == TransitionCallbackReturn.SUCCESS
    reply = served_user.ask(COMMAND)
    assert ErrorCode(reply.error_code) is ErrorCode.OK, reply.error_message
    assert reply.reasoning == "It lies there."
    server.close()
    refused(served_user.ask(COMMAND), ErrorCode.SERVER_UNAVAILABLE, server.url)
    for done in (served_user, served_camera, node):
        world.remove(done)


def test_a_server_that_is_away_leaves_the_node_unconfigured(world, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = ChatStandIn(says(""))
    server.close()
    overrides = {"model_backend": "openai", "server_url": server.url, "server_retries": 0}
    node = PerceptionNode(
        context=world.context,
        namespace="bad",
        parameter_overrides=[Parameter(name, value=value) for name, value in overrides.items()],
    )
    world.add(node)
    assert node.trigger_configure() == TransitionCallbackReturn.FAILURE
    world.remove(node)

"""An active perception node with a fake engine, and what its refusals look like."""

from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.model.worker.worker_messages import EngineSource
from rt_grasp_ros.ros.perception.perception_node import PerceptionNode

DEADLINES = {
    "frame_timeout_s": 3.0,
    "model_timeout_s": 10.0,
    "executor_wait_s": 10.0,
    "execution_timeout_s": 3.0,
}
COMMAND = "grasp the box"


def perception_node(world, **options):
    """Return an active node with a fake engine."""
    node = PerceptionNode(
        engine=EngineSource("fake_engines:well_behaved"),
        context=world.context,
        parameter_overrides=[Parameter(name, value=value) for name, value in DEADLINES.items()],
        **options,
    )
    world.add(node)
    assert node.trigger_configure() == TransitionCallbackReturn.SUCCESS
    assert node.trigger_activate() == TransitionCallbackReturn.SUCCESS
    return node


def refused(reply, code, *words):
    """Assert the code and that the sentence holds the words."""
    assert ErrorCode(reply.error_code) is code, reply.error_message
    assert reply.error_message.endswith(".")
    assert len(reply.error_message) < 500
    for word in words:
        assert word in reply.error_message

"""The services' replies, from a runner that is played; its commands are in test_perception_node."""

from types import SimpleNamespace

import pytest
from rt_grasp_ros.srv import GraspCommand
from std_srvs.srv import Trigger

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.pipeline.command_outcome import CommandOutcome, CommandRequest
from rt_grasp_ros.ros.perception.grasp_command_service import GraspCommandService

pytestmark = pytest.mark.ros


class Offering:
    """A node that keeps what is called by each service."""

    def __init__(self):
        self.called = {}

    def create_service(self, kind, name, callback, callback_group):
        self.called[name] = lambda **said: callback(kind.Request(**said), kind.Response())


@pytest.mark.parametrize(
    ("is_running", "message"),
    [
        (True, "The command ends as soon as it can; its own reply says how."),
        (False, "No command is being carried out."),
    ],
)
def test_cancelling_says_whether_there_was_something_to_cancel(is_running, message):
    node = Offering()
    GraspCommandService(node, SimpleNamespace(cancel=lambda: is_running))
    reply = node.called["cancel_command"]()
    assert isinstance(reply, Trigger.Response)
    assert (reply.success, reply.message) == (is_running, message)


def test_a_command_is_handed_on_and_what_comes_of_it_is_replied():
    asked = []

    def run(request):
        asked.append(request)
        return CommandOutcome(
            request.command, error_code=ErrorCode.NO_PLAN, error_message="No way."
        )

    node = Offering()
    GraspCommandService(node, SimpleNamespace(run=run))
    reply = node.called["grasp_command"](
        command="grasp the mug", dialogue_id="d", max_candidates=3, execute=True
    )
    assert asked == [CommandRequest("grasp the mug", "d", 3, execute=True)]
    assert isinstance(reply, GraspCommand.Response)
    assert (reply.error_code, reply.error_message) == (ErrorCode.NO_PLAN, "No way.")

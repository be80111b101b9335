"""What the page says about every way that a call can end; the panel is a notebook here."""

import re
import threading
import time

import pytest
from arm_world import eventually
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rt_grasp_ros.srv import GraspCommand
from std_srvs.srv import SetBool, Trigger

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.ros.browser_commands import BrowserCommands
from rt_grasp_ros.ros.browser_parameters import BrowserParameters

pytestmark = pytest.mark.ros


class Notebook:
    """Stands in for the panel: remembers the last of everything."""

    def __init__(self):
        self.reasoning, self.stage, self.result, self.is_good = "", "", "", None
        self.is_busy, self.was_busy, self.is_asked = False, False, False

    def show_reasoning(self, text):
        self.reasoning = text

    def show_stage(self, sentence):
        self.stage = sentence

    def show_result(self, sentence, is_good=None):
        self.result, self.is_good = sentence, is_good

    def set_busy(self, is_busy):
        self.is_busy, self.was_busy = is_busy, self.was_busy or is_busy

    def ask_to_confirm(self, is_asked):
        self.is_asked = is_asked


class Nodes(Node):
    """Perception and executor as far as the page calls them."""

    def __init__(self, world, namespace):
        super().__init__("nodes", context=world.context, namespace=namespace)
        self.reply = GraspCommand.Response(reasoning="Because.")
        self.requests, self.calls = [], []
        self.may_reply = threading.Event()
        self.may_reply.set()
        group = ReentrantCallbackGroup()
        for kind, name, answer in (
            (GraspCommand, "grasp_command", self._answer),
            (Trigger, "cancel_command", self._note("cancel_command")),
            (Trigger, "stop", self._note("stop")),
            (SetBool, "confirm", self._note("confirm")),
        ):
            self.create_service(kind, name, answer, callback_group=group)

    def _answer(self, request, response):
        self.requests.append(request)
        self.may_reply.wait(30.0)
        return self.reply

    def _note(self, name):
        def answer(request, response):
            self.calls.append(name)
            response.success, response.message = True, f"{name} is done."
            return response

        return answer


@pytest.fixture
def notebook():
    return Notebook()


@pytest.fixture
def make(world, notebook, request):
    """Return the page's side, in a namespace of the test."""
    namespace = re.sub(r"\W", "_", request.node.name)
    made = []

    def make(has_nodes=True, **parameters):
        nodes = world.add(Nodes(world, namespace)) if has_nodes else None
        page = world.add(Node("page", context=world.context, namespace=namespace))
        now = BrowserParameters(**parameters)
        commands = BrowserCommands(page, notebook, lambda: now, lambda grasps: None)
        assert not has_nodes or eventually(lambda: not commands.problems(), 30.0)
        made.extend(filter(None, (nodes, page)))
        return nodes, commands

    yield make
    for node in made:
        world.remove(node)


@pytest.mark.parametrize(
    "moves, held, words, is_good",
    [
        (True, True, "hold something", True),
        (True, False, "empty", False),
        (False, False, "not asked to move", True),
    ],
)
def test_an_outcome_is_told(make, notebook, moves, held, words, is_good):
    nodes, commands = make(max_candidates=3)
    nodes.reply.held = held
    commands.send("grasp the box", moves)
    [request] = nodes.requests
    assert (request.command, request.execute, request.max_candidates) == ("grasp the box", moves, 3)
    assert notebook.reasoning == "Because."
    assert words in notebook.result
    assert notebook.is_good is is_good
    assert notebook.was_busy and not notebook.is_busy


def test_a_failure_is_told_with_its_code(make, notebook):
    nodes, commands = make()
    nodes.reply.error_code = int(ErrorCode.NO_PLAN)
    nodes.reply.error_message = "There is no way."
    commands.send("grasp the box", True)
    assert notebook.result == "NO_PLAN: There is no way."
    assert notebook.is_good is False


def test_a_command_that_takes_too_long_is_given_up(make, notebook):
    nodes, commands = make(command_timeout_s=1.0)
    nodes.may_reply.clear()
    commands.send("grasp the box", True)
    nodes.may_reply.set()
    assert "No reply to the command came within 1 s" in notebook.result
    assert not notebook.is_busy


def test_stop_is_sent_while_a_command_is_under_way_and_ends_that_too(make, notebook):
    nodes, commands = make()
    nodes.may_reply.clear()
    sending = threading.Thread(target=commands.send, args=("grasp the box", True))
    sending.start()
    commands.stop()
    assert "stop" in nodes.calls
    assert notebook.result == "stop is done."
    assert eventually(lambda: "cancel_command" in nodes.calls, 30.0)
    nodes.may_reply.set()
    sending.join(30.0)


def test_a_plan_is_answered(make, notebook):
    nodes, commands = make()
    commands.confirm(True)
    assert nodes.calls == ["confirm"]
    assert notebook.stage == "confirm is done."


def test_where_nobody_is_there_each_call_says_so_in_time(make, notebook):
    _, commands = make(has_nodes=False)
    assert [problem.split(";")[1] for problem in commands.problems()] == [
        " start the perception_node.",
        " start the executor_node.",
    ]
    start_s = time.monotonic()
    commands.stop()
    assert "no executor to stop" in notebook.result
    commands.send("grasp the box", True)
    assert "perception node did not appear" in notebook.result
    commands.confirm(True)
    assert "did not take the answer" in notebook.result
    assert notebook.is_good is False
    assert time.monotonic() - start_s < 60.0


def test_closing_the_page_ends_what_waits(make, notebook):
    nodes, commands = make()
    nodes.may_reply.clear()
    sending = threading.Thread(target=commands.send, args=("grasp the box", True))
    sending.start()
    assert eventually(lambda: nodes.requests)
    commands.close()
    sending.join(30.0)
    assert not sending.is_alive()
    assert "being closed" in notebook.result
    nodes.may_reply.set()

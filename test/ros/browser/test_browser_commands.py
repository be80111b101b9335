"""What the page says about every way that a call can end; the panel is a notebook here."""

import re
import threading
import time

import pytest
from arm_world import eventually
from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rt_grasp_ros.action import GraspByCommand
from std_srvs.srv import SetBool, Trigger

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.ros.browser.browser_commands import BrowserCommands
from rt_grasp_ros.ros.browser.browser_parameters import BrowserParameters

pytestmark = pytest.mark.ros

LOOKING = "Looking at the picture ..."


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
        self.reply = GraspByCommand.Result(reasoning="Because.")
        self.requests, self.calls, self.feedback = [], [], []
        self.may_reply = threading.Event()
        self.may_reply.set()
        self.may_stop = threading.Event()
        self.may_stop.set()
        self.lost_stops = 0
        self.on_its_way_s = 0.0
        self.is_over = threading.Event()
        self._world, self._group = world, ReentrantCallbackGroup()
        self._kinds = {
            "cancel_command": (Trigger, self._note("cancel_command")),
            "stop": (Trigger, self._note("stop")),
            "confirm": (SetBool, self._note("confirm")),
        }
        self._offered = {}
        for name in ("grasp", *self._kinds):
            self.offer(name)

    def offer(self, name):
        """Offer the action or one of the services."""
        if name == "grasp":
            self._offered[name] = ActionServer(
                self,
                GraspByCommand,
                name,
                self._answer,
                goal_callback=self._accept,
                cancel_callback=self._hear_cancel,
                callback_group=self._group,
            )
            return
        kind, answer = self._kinds[name]
        self._offered[name] = self.create_service(kind, name, answer, callback_group=self._group)

    def take_away(self, name):
        """Offer one of them no more."""
        with self._world.not_spun(self):  # rclpy may be taking a goal from it
            if name == "grasp":
                self._offered.pop(name).destroy()
            else:
                self.destroy_service(self._offered.pop(name))

    def destroy_node(self):
        self.is_over.set()
        if "grasp" in self._offered:
            self._offered.pop("grasp").destroy()
        super().destroy_node()

    def _accept(self, goal):
        time.sleep(self.on_its_way_s)
        return GoalResponse.ACCEPT

    def _answer(self, goal):
        self.requests.append(goal.request)
        end_s = time.monotonic() + 30.0
        while not self.may_reply.wait(0.1) and time.monotonic() < end_s:
            for feedback in self.feedback:  # again: it is not heard before the two are connected
                goal.publish_feedback(feedback)
        if goal.is_cancel_requested:
            goal.canceled()
        else:
            goal.succeed()
        return self.reply

    def _hear_cancel(self, goal):
        self.calls.append("cancel")
        return CancelResponse.ACCEPT

    def _note(self, name):
        def answer(request, response):
            self.calls.append(name)
            if name == "stop":
                self.may_stop.wait(30.0)
                if self.calls.count("stop") <= self.lost_stops:
                    self.is_over.wait(30.0)
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

    def make(has_nodes=True, kind=Nodes, **parameters):
        nodes = world.add(kind(world, namespace)) if has_nodes else None
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


def test_stages_and_reasoning_are_shown_while_the_command_is_under_way(make, notebook):
    nodes, commands = make()
    nodes.may_reply.clear()
    stage = GraspByCommand.Feedback.STAGE_MODEL
    nodes.feedback = [GraspByCommand.Feedback(stage=stage, reasoning="It lies")]
    sending = threading.Thread(target=commands.send, args=("grasp the box", False))
    sending.start()
    assert eventually(lambda: (notebook.stage, notebook.reasoning) == (LOOKING, "It lies"))
    nodes.may_reply.set()
    sending.join(30.0)
    assert notebook.reasoning == "Because."


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
    assert eventually(lambda: "cancel" in nodes.calls), "nobody waits for it any more"
    nodes.may_reply.set()
    assert "No result of the command came within 1 s" in notebook.result
    assert not notebook.is_busy


def test_stop_is_sent_while_a_command_is_under_way_and_ends_that_too(make, notebook):
    nodes, commands = make()
    nodes.may_reply.clear()
    sending = threading.Thread(target=commands.send, args=("grasp the box", True))
    sending.start()
    commands.stop()
    assert "stop" in nodes.calls and "cancel_command" in nodes.calls
    assert notebook.result.startswith("stop is done.")
    nodes.may_reply.set()
    sending.join(30.0)


class Ears(Nodes):
    """Its command ends when it is cancelled, as the perception node's does."""

    def _hear_cancel(self, goal):
        self.reply.error_code = int(ErrorCode.CANCELLED)
        self.may_reply.set()
        return super()._hear_cancel(goal)


@pytest.fixture
def under_way(world, make, notebook):
    """Return nodes, commands and a thread in which a command is being answered."""
    nodes, commands = make(kind=Ears)
    nodes.may_reply.clear()
    sending = threading.Thread(target=commands.send, args=("grasp the box", True))
    sending.start()
    yield nodes, commands, sending
    nodes.may_reply.set()
    sending.join(30.0)


def test_stop_ends_the_thinking_also_where_the_executor_is_away(under_way, notebook):
    nodes, commands, sending = under_way
    assert eventually(lambda: nodes.requests, 30.0)
    nodes.take_away("stop")
    assert eventually(lambda: not commands._stop.service_is_ready(), 30.0)
    commands.stop()
    assert "no executor to stop; use the robot's own stop" in notebook.result
    assert notebook.is_good is False
    sending.join(30.0)
    assert not sending.is_alive()
    assert nodes.reply.error_code == ErrorCode.CANCELLED


def test_stop_ends_the_thinking_before_an_executor_that_answers_late(under_way, notebook):
    nodes, commands, sending = under_way
    assert eventually(lambda: nodes.requests, 30.0)
    nodes.may_stop.clear()
    stopping = threading.Thread(target=commands.stop)
    stopping.start()
    sending.join(20.0)
    assert not sending.is_alive(), "thinking waits for the executor's answer"
    nodes.may_stop.set()
    stopping.join(30.0)
    assert notebook.result == "stop is done."


def test_stop_whose_reply_is_lost_is_sent_again(make, notebook):
    nodes, commands = make()
    nodes.lost_stops = 1
    commands.stop()
    assert notebook.result == "stop is done."
    assert nodes.calls.count("stop") >= 2
    nodes.is_over.set()


def test_stop_ends_a_command_that_arrives_behind_the_cancel(make, notebook):
    """`cancel_command` finds nothing: the command is still on its way."""
    nodes, commands = make(kind=Ears)
    nodes.may_reply.clear()
    nodes.on_its_way_s = 1.0
    sending = threading.Thread(target=commands.send, args=("grasp the box", True))
    sending.start()
    assert eventually(lambda: commands._under_way is not None, 30.0)
    commands.stop()
    sending.join(30.0)
    assert not sending.is_alive()
    assert {"cancel_command", "cancel"} <= set(nodes.calls)
    assert nodes.reply.error_code == ErrorCode.CANCELLED


def test_stop_keeps_a_command_from_being_sent(make, notebook):
    """It waits for the perception node when STOP comes, and the node comes afterwards."""
    nodes, commands = make()
    nodes.take_away("grasp")
    assert eventually(lambda: not commands._command.server_is_ready(), 30.0)
    sending = threading.Thread(target=commands.send, args=("grasp the box", True))
    sending.start()
    assert eventually(lambda: notebook.is_busy)
    commands.stop()
    nodes.offer("grasp")
    sending.join(30.0)
    assert not sending.is_alive()
    assert "stopped before it was sent" in notebook.result or "did not appear" in notebook.result
    assert not nodes.requests
    notebook.result = ""
    commands.send("grasp the box", False)
    assert len(nodes.requests) == 1


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


def test_a_node_that_is_not_active_is_named_with_its_state(world, make, request):
    _, commands = make()
    namespace = re.sub(r"\W", "_", request.node.name)
    executor = world.add(Node("executor", context=world.context, namespace=namespace))
    labels = ["inactive"]

    def tell(_, response):
        response.current_state = State(label=labels[-1])
        return response

    executor.create_service(GetState, "executor_node/get_state", tell)
    assert eventually(lambda: len(commands.problems()) == 1)
    (problem,) = commands.problems()
    assert problem == (
        "The executor_node is inactive; run 'ros2 lifecycle set /executor_node activate'."
    )
    labels.append("active")
    assert eventually(lambda: not commands.problems())
    world.remove(executor)


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

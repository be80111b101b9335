"""What people ask for on the page, as goals and calls of the nodes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.node import Node
from std_srvs.srv import SetBool, Trigger

from rt_grasp_ros.action import GraspByCommand

from ...grasp.error_code import ErrorCode
from ...grasp.errors import RtGraspError
from ...grasp.grasp import Grasp
from ...pipeline.command_stage import CommandStage
from ..messages.grasps import grasp_from_message
from ..node.lifecycle import ACTIVE, INACTIVE, StateQuestion
from ..rclpy_fixes.action_client import ActionClient
from ..rclpy_fixes.goal_call import GoalCall
from ..rclpy_fixes.service_call import STOP_AGAIN_S, NotReady, ask, call, comes_true, must_come_true
from .browser_parameters import BrowserParameters
from .cancelling import Cancelling

if TYPE_CHECKING:
    from ...browser.panel import Panel

_APPEAR_TIMEOUT_S = 3.0
_CONFIRM_TIMEOUT_S = 5.0
# The executor itself waits up to 5 s for the end of the goal; the arm stands long before that.
_STOP_TIMEOUT_S = 7.0
_PERCEPTION, _EXECUTOR = "perception_node", "executor_node"


class BrowserCommands:
    """Sends commands, stops and confirmations; every failure is shown in one sentence.

    The methods block: the page calls each in a thread of its own.
    """

    def __init__(
        self,
        node: Node,
        panel: Panel,
        parameters: Callable[[], BrowserParameters],
        show_grasps: Callable[[list[Grasp]], None],
    ) -> None:
        """Connect to the nodes; they need not be there yet.

        Args:
            node: which an executor spins.
            panel: where outcomes are shown.
            parameters: gives the parameters as they are now.
            show_grasps: gets the candidates of an answer, and none when a command begins.
        """
        group = ReentrantCallbackGroup()
        self._panel = panel
        self._parameters = parameters
        self._show_grasps = show_grasps
        self._is_closed = False
        self._sending = threading.Lock()
        self._stops = 0
        self._under_way: GoalCall | None = None
        # Of its own, so that feedback is heard in order.
        feedback = MutuallyExclusiveCallbackGroup()
        self._command = ActionClient(node, GraspByCommand, "grasp", callback_group=feedback)
        self._cancel = node.create_client(Trigger, "cancel_command", callback_group=group)
        self._stop = node.create_client(Trigger, "stop", callback_group=group)
        self._confirm = node.create_client(SetBool, "confirm", callback_group=group)
        self._states = [StateQuestion(node, name) for name in (_PERCEPTION, _EXECUTOR)]

    def problems(self) -> list[str]:
        """Return a sentence for each node that is missing, or not active."""
        nodes = (
            (self._command.server_is_ready, "grasp", _PERCEPTION),
            (self._stop.service_is_ready, "stop", _EXECUTOR),
        )
        problems = []
        for (is_there, what, node), question in zip(nodes, self._states, strict=True):
            state = question.newest()
            if not is_there():
                problems.append(f"Nobody offers '{what}'; start the {node}.")
            elif state not in (None, ACTIVE):
                problems.append(
                    f"The {node} is {state}; run 'ros2 lifecycle set /{node} "
                    f"{'activate' if state == INACTIVE else 'configure'}'."
                )
        return problems

    def close(self) -> None:
        """Let calls that wait end; a command of the page's that is under way is cancelled."""
        self._is_closed = True

    def send(self, command: str, moves: bool) -> None:
        """Send a command and show what becomes of it.

        Args:
            command: the sentence.
            moves: whether the arm is to carry it out.
        """
        stops = self._stops
        self._panel.set_busy(True)
        self._panel.show_reasoning("")
        self._panel.show_stage("")
        self._panel.show_result("Sending the command ...")
        self._show_grasps([])
        try:
            self._show(self._ask(command, moves, stops), moves)
        except RtGraspError as error:
            self._panel.show_result(error.message, is_good=False)
        finally:
            self._panel.set_busy(False)
            self._panel.ask_to_confirm(False)

    def stop(self) -> None:
        """Halt the arm at once, and end the command under way; neither waits for the other.

        A command of this page that is not sent yet is not sent any more; one that has not arrived
        yet is cancelled once it has.
        """
        with self._sending:
            self._stops += 1
            command = self._under_way
        deadline_s = time.monotonic() + _STOP_TIMEOUT_S
        thinking = Cancelling(self._cancel, command)

        def meanwhile() -> None:
            self._require_open()
            thinking.go_on()

        try:
            said, is_good = self._stopped(meanwhile)
            meanwhile()
            left_s = deadline_s - time.monotonic()
            if not comes_true(thinking.is_over, left_s, meanwhile):
                said += " The command did not say that it has ended; end the perception node."
                is_good = False
        except NotReady as error:
            said, is_good = error.message, False
        self._panel.show_result(said, is_good=is_good)

    def _stopped(self, meanwhile: Callable[[], None]) -> tuple[str, bool]:
        """Stop the arm, and return what became of it, in a sentence, and whether that is good."""
        if not self._stop.service_is_ready():
            return "There is no executor to stop; use the robot's own stop.", False
        failure = (
            "The executor did not say that the arm stands; use the robot's own stop; none came"
        )
        try:
            reply = ask(
                self._stop, Trigger.Request(), _STOP_TIMEOUT_S, failure, meanwhile, STOP_AGAIN_S
            )
        except NotReady as error:
            return error.message, False
        return reply.message, reply.success

    def confirm(self, is_allowed: bool) -> None:
        """Answer the plan that waits.

        Args:
            is_allowed: whether the arm may go along it.
        """
        request = SetBool.Request(data=is_allowed)
        failure = "The executor did not take the answer"
        try:
            reply = call(self._confirm, request, _CONFIRM_TIMEOUT_S, failure, self._require_open)
        except NotReady as error:
            self._panel.show_result(error.message, is_good=False)
        else:
            self._panel.show_stage(reply.message)  # the result is the command's own to say

    def _ask(self, command: str, moves: bool, stops: int) -> GraspByCommand.Result:
        """Return the result of a command, which is not sent where STOP came meanwhile.

        Args:
            command: the sentence.
            moves: whether the arm is to carry it out.
            stops: how often STOP had been asked for when the command was.
        """
        now = self._parameters()
        is_there = self._command.server_is_ready
        missing = "The perception node did not appear"
        must_come_true(is_there, _APPEAR_TIMEOUT_S, missing, self._require_open)

        def require_perception() -> None:
            self._require_open()
            if not is_there():
                raise NotReady("The perception node disappeared; start it again.")

        goal = GraspByCommand.Goal(
            command=command, max_candidates=now.max_candidates, execute=moves
        )
        with self._sending:
            if self._stops != stops:
                raise NotReady("The command was stopped before it was sent; send it again.")
            asked = self._under_way = GoalCall(self._command, goal, self._hear_feedback)
        failure = "No result of the command came"
        try:
            return asked.result(now.command_timeout_s, failure, require_perception)
        finally:
            with self._sending:
                self._under_way = None

    def _hear_feedback(self, feedback: GraspByCommand.Feedback) -> None:
        self._panel.show_stage(CommandStage(feedback.stage).text)
        if feedback.reasoning:
            self._panel.show_reasoning(feedback.reasoning)

    def _show(self, reply: GraspByCommand.Result, moves: bool) -> None:
        self._panel.show_reasoning(reply.reasoning)
        self._show_grasps([grasp_from_message(grasp) for grasp in reply.grasps])
        if reply.error_code != ErrorCode.OK:
            code = ErrorCode(reply.error_code).name
            self._panel.show_result(f"{code}: {reply.error_message}", is_good=False)
        elif reply.held:
            self._panel.show_result("Done: the fingers hold something.", is_good=True)
        elif moves:
            self._panel.show_result("Done, but the fingers are empty.", is_good=False)
        else:
            self._panel.show_result("Found; the arm was not asked to move.", is_good=True)

    def _require_open(self) -> None:
        if self._is_closed:
            raise NotReady("The page is being closed.")

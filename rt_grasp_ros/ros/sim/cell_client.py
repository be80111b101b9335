"""A user of the nodes: waits until they are ready, sends a command, asks the cell how it went."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import rclpy
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from numpy.typing import NDArray
from rclpy.client import Client
from rclpy.context import Context
from sensor_msgs.msg import Image
from std_srvs.srv import Trigger

from rt_grasp_ros.action import ExecuteGrasp, GraspByCommand

from ...closing import Closing
from ...pipeline.command_stage import CommandStage
from ..messages.images import rgb_from_image
from ..node.lifecycle import ACTIVE, StateQuestion, make_transition
from ..node.qos import LATCHED
from ..rclpy_fixes.action_client import ActionClient
from ..rclpy_fixes.goal_call import GoalCall
from ..rclpy_fixes.service_call import call, must_come_true
from ..rclpy_fixes.spinner import Spinner

_STOP_TIMEOUT_S = 2.0
_REPLY_TIMEOUT_S = 1.0


class CellClient(Closing):
    """Talks to the nodes of a simulated cell; spins in the background."""

    def __init__(
        self,
        require_alive: Callable[[], None],
        on_reasoning: Callable[[str], None],
        on_stage: Callable[[CommandStage], None],
    ) -> None:
        """Create a node in a context of its own.

        Args:
            require_alive: called while waiting; raises where waiting makes no sense any more.
            on_reasoning: gets what the model has written so far about a command.
            on_stage: gets each stage of a command.
        """
        self._require_alive = require_alive
        self._on_reasoning, self._on_stage = on_reasoning, on_stage
        self._context = Context()
        rclpy.init(context=self._context)
        self._node = rclpy.create_node("rt_grasp_user", context=self._context)
        self._command = ActionClient(self._node, GraspByCommand, "grasp")
        self._change_state = self._node.create_client(ChangeState, "perception_node/change_state")
        self._perception_state = StateQuestion(self._node, "perception_node")
        self._executor_state = StateQuestion(self._node, "executor_node")
        self._judge = self._node.create_client(Trigger, "sim/judge")
        self._executor_action = ActionClient(self._node, ExecuteGrasp, "execute_grasp")
        self._pictures: dict[str, Image] = {}

        def listen(kind: type, topic: str, hear: Callable[[Any], None], qos: Any = 10) -> None:
            self._node.create_subscription(kind, topic, hear, qos)

        listen(Image, "grasp_image", lambda image: self._keep("grasp_image", image), LATCHED)
        listen(Image, "sim/overview", lambda image: self._keep("sim/overview", image), LATCHED)
        self._spinner = Spinner(self._context)
        self._spinner.add(self._node)
        self._spinner.start()

    def wait_for_cell_and_executor(self, timeout_s: float) -> None:
        """Wait until the cell answers, and an executor that starts itself is active.

        Raises:
            NotReady: they do not within the timeout.
        """
        self._wait(self._judge.service_is_ready, timeout_s, "The simulated cell did not start")
        # Asked again and again: one that was killed lives on in DDS for a while, and answers none.
        self._wait(
            lambda: self._executor_state.ask(_REPLY_TIMEOUT_S) == ACTIVE,
            timeout_s,
            "The executor node did not become active",
        )
        self._wait(
            self._executor_action.server_is_ready, timeout_s, "The executor node did not start"
        )

    def activate_perception(self, timeout_s: float) -> None:
        """Configure and activate the perception node, which loads the model.

        Raises:
            NotReady: it fails, or takes longer than the timeout.
        """
        for transition, name in (
            (Transition.TRANSITION_CONFIGURE, "load its model"),
            (Transition.TRANSITION_ACTIVATE, "become active"),
        ):
            make_transition(
                self._change_state,
                self._perception_state,
                transition,
                timeout_s,
                f"The perception node did not {name}",
                self._require_alive,
            )

    def send(
        self,
        command: str,
        max_candidates: int,
        timeout_s: float,
        *,
        dialogue_id: str = "",
        execute: bool = True,
    ) -> GraspByCommand.Result:
        """Send a command and wait for what comes of it; it is cancelled where the wait breaks off.

        Args:
            command: the sentence.
            max_candidates: 1 to 16.
            timeout_s: how long to wait.
            dialogue_id: of an earlier result, to follow up on it.
            execute: whether the arm moves.

        Raises:
            NotReady: no result within the timeout.
        """
        goal = GraspByCommand.Goal(
            command=command,
            dialogue_id=dialogue_id,
            max_candidates=max_candidates,
            execute=execute,
        )
        failure = "No result of the command came"
        start_s = time.monotonic()
        self._wait(self._command.server_is_ready, timeout_s, failure)
        left_s = timeout_s - (time.monotonic() - start_s)
        call = GoalCall(self._command, goal, _NewFeedback(self._on_reasoning, self._on_stage).hear)
        return call.result(left_s, failure, self._require_alive)

    def judgement(self, timeout_s: float) -> dict[str, Any]:
        """Return what became of the objects, as `sim/judge` says.

        Raises:
            NotReady: no reply within the timeout.
        """
        request = Trigger.Request()
        reply = self._call(self._judge, request, timeout_s, "The simulated cell did not answer")
        judgement: dict[str, Any] = json.loads(reply.message)
        return judgement

    def picture(self, topic: str, timeout_s: float) -> NDArray[np.uint8]:
        """Return the last picture of `grasp_image` or `sim/overview`, shape (H, W, 3), RGB.

        Raises:
            NotReady: none came within the timeout.
        """
        self._wait(lambda: topic in self._pictures, timeout_s, f"No picture came on {topic}")
        return rgb_from_image(self._pictures[topic])

    def close(self) -> None:
        """Leave the ROS graph."""
        self._spinner.stop(_STOP_TIMEOUT_S)
        self._executor_action.destroy()
        self._command.destroy()
        self._node.destroy_node()
        self._context.try_shutdown()

    def _keep(self, topic: str, message: Image) -> None:
        self._pictures[topic] = message

    def _call(self, client: Client, request: Any, timeout_s: float, failure: str) -> Any:
        return call(client, request, timeout_s, failure, self._require_alive)

    def _wait(self, is_done: Callable[[], bool], timeout_s: float, failure: str) -> None:
        must_come_true(is_done, timeout_s, failure, self._require_alive)


class _NewFeedback:
    """Passes on what feedback says that the one before did not."""

    def __init__(
        self, on_reasoning: Callable[[str], None], on_stage: Callable[[CommandStage], None]
    ) -> None:
        self._on_reasoning, self._on_stage = on_reasoning, on_stage
        self._reasoning = ""
        self._stage: CommandStage | None = None

    def hear(self, feedback: GraspByCommand.Feedback) -> None:
        if feedback.reasoning != self._reasoning:
            self._reasoning = feedback.reasoning
            self._on_reasoning(feedback.reasoning)
        stage = CommandStage(feedback.stage)
        if stage is not self._stage:
            self._stage = stage
            self._on_stage(stage)

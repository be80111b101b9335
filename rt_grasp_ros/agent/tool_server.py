"""The tools themselves: perceive, pick, stop and state, served by the official `mcp` package.

An agent says what is to be grasped. How fast the arm moves, where it may go and whether a person
confirms each motion is set where the executor is started, and no tool reaches that.
"""

from __future__ import annotations

import time
from typing import Annotated

import anyio
from anyio import to_thread
from mcp.server import MCPServer
from mcp.types import ToolAnnotations
from pydantic import Field

from ..grasp.errors import MotionTimeout, RtGraspError
from .results import CommandResult, Failure, RobotState, StopResult
from .robot import AgentCommand, AgentRobot

_POLL_S = 0.05
_END_TIMEOUT_S = 5.0
_INSTRUCTIONS = (
    "A robot arm over a table. `perceive` looks for what a sentence asks for and moves nothing; "
    "`pick` also lifts it. Both return `failure` with a code and a sentence where it did not go "
    "through. `held` is measured by the fingers: believe it, not the plan. Pass `dialogue_id` on "
    "to correct an earlier command ('no, the other one'). `stop` may be called at any time."
)

Sentence = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        description="What to grasp, in English: 'grasp the mug by its handle'.",
    ),
]
DialogueId = Annotated[
    str, Field(max_length=100, description="Of an earlier result, to go on with; else empty.")
]
Count = Annotated[int, Field(ge=1, le=16, description="How many grasps to return.")]


def tool_server(robot: AgentRobot, version: str, timeout_s: float) -> MCPServer:
    """Return the server with its tools.

    Args:
        robot: that they are about.
        version: of this package.
        timeout_s: for a command; a longer one is cancelled.
    """
    server = MCPServer("rt-grasp", version=version, instructions=_INSTRUCTIONS)

    @server.tool(annotations=ToolAnnotations(read_only_hint=True))
    async def perceive(
        command: Sentence, dialogue_id: DialogueId = "", max_candidates: Count = 4
    ) -> CommandResult:
        """Find grasps for a sentence in a new picture. Nothing moves."""
        return await _carried_out(
            robot, AgentCommand(command, dialogue_id, max_candidates, execute=False), timeout_s
        )

    @server.tool(annotations=ToolAnnotations(destructive_hint=True))
    async def pick(command: Sentence, dialogue_id: DialogueId = "") -> CommandResult:
        """Find a grasp for a sentence and carry it out: the arm moves, closes and lifts.

        Ends once something is held, or with a failure. Where the robot was set up so, a person
        has to confirm the motion first.
        """
        return await _carried_out(
            robot, AgentCommand(command, dialogue_id, 4, execute=True), timeout_s
        )

    @server.tool(annotations=ToolAnnotations(idempotent_hint=True))
    async def stop() -> StopResult:
        """Let the arm stand still where it is, and end the command under way."""
        return await to_thread.run_sync(robot.stop)

    @server.tool(annotations=ToolAnnotations(read_only_hint=True))
    async def state() -> RobotState:
        """Tell whether the robot takes commands, what its nodes report, and the last result."""
        return await to_thread.run_sync(robot.state)

    return server


async def _carried_out(robot: AgentRobot, command: AgentCommand, timeout_s: float) -> CommandResult:
    """Return what came of a command; one that nobody waits for any more is cancelled."""
    begun_s = time.monotonic()
    try:
        running = await to_thread.run_sync(robot.begin, command)
    except RtGraspError as error:
        return CommandResult(Failure.from_error(error))
    try:
        with anyio.move_on_after(timeout_s):
            while not running.is_over():
                await anyio.sleep(_POLL_S)
    finally:
        if not running.is_over():
            running.cancel()
    if not running.is_over():
        with anyio.move_on_after(_END_TIMEOUT_S):
            while not running.is_over():
                await anyio.sleep(_POLL_S)
        late = MotionTimeout(
            f"The command took longer than {timeout_s:g} s and was cancelled; look at the arm, "
            "then send it again."
        )
        return CommandResult(Failure.from_error(late), seconds=round(time.monotonic() - begun_s, 3))
    return running.result()

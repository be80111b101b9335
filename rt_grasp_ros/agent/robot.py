"""The seam between the tools and a robot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .results import CommandResult, RobotState, StopResult


@dataclass(frozen=True, slots=True)
class AgentCommand:
    """What an agent may say of a command; how fast the arm moves, and who confirms, it may not.

    Attributes:
        text: the sentence.
        dialogue_id: of an earlier result, to go on with; empty for a new dialogue.
        max_candidates: how many grasps are returned, 1 to 16.
        execute: whether the arm is to carry it out.
    """

    text: str
    dialogue_id: str
    max_candidates: int
    execute: bool


class RunningCommand(Protocol):
    """A command under way."""

    def is_over(self) -> bool:
        """Return whether its result is there."""
        ...

    def cancel(self) -> None:
        """Let it end as soon as it can, the arm standing still; returns at once."""
        ...

    def result(self) -> CommandResult:
        """Return what came of it once it is over; a failure is in it, none is raised."""
        ...


class AgentRobot(Protocol):
    """A robot that takes commands."""

    def begin(self, command: AgentCommand) -> RunningCommand:
        """Send a command; raises `RtGraspError` where nobody takes it."""
        ...

    def stop(self) -> StopResult:
        """Let the arm stand still and whatever is thought about end; waits for the reply."""
        ...

    def state(self) -> RobotState:
        """Return how things stand; returns at once."""
        ...

"""Commands and their outcomes as messages: of the service, of the action, and of both."""

from __future__ import annotations

from collections.abc import Sequence

from rt_grasp_ros.action import GraspByCommand
from rt_grasp_ros.msg import Grasp as GraspMessage
from rt_grasp_ros.msg import StageDuration, StageTime
from rt_grasp_ros.srv import GraspCommand

from ...grasp.frame import RgbdFrame
from ...pipeline.command_outcome import Candidate, CommandOutcome, CommandRequest
from ..messages.grasps import grasp_to_message, verdict_to_message
from ..messages.stamps import duration_from_seconds, header_of


def request_of(message: GraspCommand.Request | GraspByCommand.Goal) -> CommandRequest:
    """Return what a message asks for."""
    return CommandRequest(
        command=message.command,
        dialogue_id=message.dialogue_id,
        max_candidates=message.max_candidates,
        execute=message.execute,
    )


def service_request(request: CommandRequest) -> GraspCommand.Request:
    """Return a request as the service has it, whichever way it came."""
    return GraspCommand.Request(
        command=request.command,
        dialogue_id=request.dialogue_id,
        max_candidates=request.max_candidates,
        execute=request.execute,
    )


def service_response(outcome: CommandOutcome) -> GraspCommand.Response:
    """Return an outcome as the service replies it."""
    response = GraspCommand.Response()
    _fill(response, outcome)
    response.stages = [
        StageTime(name=name, duration_s=duration_s) for name, duration_s in outcome.stages_s.items()
    ]
    return response


def action_result(outcome: CommandOutcome) -> GraspByCommand.Result:
    """Return an outcome as the action's result."""
    result = GraspByCommand.Result()
    _fill(result, outcome)
    result.stages = [
        StageDuration(name=name, duration=duration_from_seconds(duration_s))
        for name, duration_s in outcome.stages_s.items()
    ]
    return result


def _fill(message: GraspCommand.Response | GraspByCommand.Result, outcome: CommandOutcome) -> None:
    """Set what the service and the action have alike."""
    message.error_code = int(outcome.error_code)
    message.error_message = outcome.error_message
    message.reasoning = outcome.reasoning
    message.grasps = grasp_messages(outcome.frame, outcome) if outcome.frame else []
    message.verdicts = [verdict_to_message(verdict) for verdict in outcome.verdicts]
    message.dialogue_id = outcome.dialogue_id
    message.executed = outcome.executed
    message.held = outcome.held


def grasp_messages(frame: RgbdFrame, outcome: CommandOutcome) -> list[GraspMessage]:
    """Return the outcome's candidates as messages, in their order."""
    return _messages_of(outcome.candidates, frame, outcome)


def found_messages(frame: RgbdFrame, outcome: CommandOutcome) -> list[GraspMessage]:
    """Return what was found before the arm was asked as messages, in that order."""
    return _messages_of(outcome.found, frame, outcome)


def _messages_of(
    candidates: Sequence[Candidate], frame: RgbdFrame, outcome: CommandOutcome
) -> list[GraspMessage]:
    header = header_of(frame)
    return [
        grasp_to_message(candidate.grasp, header, candidate.reasoning, outcome.command)
        for candidate in candidates
    ]

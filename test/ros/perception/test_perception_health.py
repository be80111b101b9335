"""What the diagnostics say of model, commands and recording."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import RecordingFailed
from rt_grasp_ros.pipeline.command_outcome import CommandOutcome
from rt_grasp_ros.ros.perception.perception_health import (
    CommandHistory,
    model_finding,
    recorder_finding,
)
from rt_grasp_ros.ros.recording.attempt_recorder import RecorderState

pytestmark = pytest.mark.ros


@dataclass
class Worker:
    pid: int | None
    is_ready: bool
    replaced: int = 0


@pytest.mark.parametrize(
    ("worker", "is_active", "status", "words"),
    [
        (Worker(7, True, 2), True, "ok", "ready, process 7, replaced 2 times"),
        (Worker(7, False), True, "note", "being started"),
        (Worker(None, False), False, "note", "configure"),
        (Worker(None, False, 3), True, "wrong", "too often"),
    ],
)
def test_the_model(worker, is_active, status, words):
    found = model_finding(worker, is_active)
    assert found.status == status
    assert words in found.message
    assert found.numbers == {"replaced": worker.replaced}


def test_the_recorder():
    assert recorder_finding(RecorderState(), "").message.startswith("off")
    assert recorder_finding(RecorderState(3, 0), "there").message == "3 attempts written to there"
    failure = RecordingFailed(Path("there"), "No space left on device", "make room")
    found = recorder_finding(RecorderState(3, 1, None, failure), "there")
    assert (found.status, found.numbers) == ("wrong", {"recorded": 3, "lost": 1})
    assert "No space left" in found.message


def test_commands_are_counted_and_a_failure_is_no_fault():
    history = CommandHistory()
    assert "no command yet" in history.finding(is_active=False, is_busy=False).message
    history.note(CommandOutcome("grasp the mug"))
    history.note(CommandOutcome("grasp the x", ErrorCode.OBJECT_NOT_FOUND))
    found = history.finding(is_active=True, is_busy=True)
    assert found.status == "ok"
    assert found.message == "busy; 'grasp the x' ended with OBJECT_NOT_FOUND"
    assert found.numbers == {"commands": 2, "failed": 1}

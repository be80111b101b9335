"""Whoever asked hears of each stage, and ends its own command alone."""

import pytest
from flow_surroundings import Surroundings, answer_at

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.language.memory import DialogueMemory
from rt_grasp_ros.pipeline.caller import Caller
from rt_grasp_ros.pipeline.command_flow import CommandFlow
from rt_grasp_ros.pipeline.command_outcome import CommandRequest
from rt_grasp_ros.pipeline.command_stage import CommandStage


def test_a_caller_hears_of_each_stage_before_it_begins():
    heard = []
    surroundings = Surroundings([answer_at(160, 0.9)])
    flow = CommandFlow(surroundings, Gripper(), lambda: "plane", DialogueMemory())
    caller = Caller(on_stage=heard.append)
    outcome = flow.run(CommandRequest("grasp the box", execute=True), caller)
    assert [stage.name for stage in heard] == ["FRAME", "MODEL", "GEOMETRY", "SHOW", "EXECUTION"]
    assert [stage.name.lower() for stage in heard] == [
        name for name in outcome.stages_s if "/" not in name
    ]
    heard.clear()
    assert flow.run(CommandRequest("grasp the box")).error_code is ErrorCode.OK
    assert heard == []


@pytest.mark.parametrize("last", ["FRAME", "MODEL", "GEOMETRY", "SHOW"])
def test_a_caller_ends_its_command_at_any_stage_and_no_other(last):
    heard = []
    surroundings = Surroundings([answer_at(160, 0.9)])
    flow = CommandFlow(surroundings, Gripper(), lambda: "plane", DialogueMemory())
    caller = Caller(heard.append, has_cancelled=lambda: CommandStage[last] in heard)
    outcome = flow.run(CommandRequest("grasp the box", execute=True), caller)
    assert outcome.error_code is ErrorCode.CANCELLED
    assert surroundings.executed == []
    assert not flow.is_cancelled
    assert flow.run(CommandRequest("grasp the box")).error_code is ErrorCode.OK


def test_the_caller_of_a_command_that_is_turned_away_ends_none():
    surroundings = Surroundings([answer_at(160, 0.9)])
    flow = CommandFlow(surroundings, Gripper(), lambda: "plane", DialogueMemory())
    turned_away = []

    def ask_another(stage):
        caller = Caller(has_cancelled=lambda: True)
        turned_away.append(flow.run(CommandRequest("grasp the box"), caller).error_code)

    outcome = flow.run(CommandRequest("grasp the box", execute=True), Caller(ask_another))
    assert set(turned_away) == {ErrorCode.BUSY}
    assert outcome.error_code is ErrorCode.OK and surroundings.executed

"""A command after another: what is remembered, and what the model is asked anew."""

import pytest
from flow_surroundings import Surroundings, answer_at, far

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.verdict import Verdict
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.memory import DialogueMemory
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.pipeline.command_flow import CommandFlow
from rt_grasp_ros.pipeline.command_outcome import CommandRequest


def test_a_follow_up_is_asked_with_the_turns_before_it_as_the_best_grasp_was_answered():
    surroundings = Surroundings([answer_at(158, 0.2, "worse"), answer_at(160, 0.9, "better")])
    flow = CommandFlow(surroundings, Gripper(), lambda: "plane", DialogueMemory())
    first = flow.run(CommandRequest("grasp the box", max_candidates=2))
    surroundings.answers = [Answer("There is none.", None, 0.9)]
    flow.run(CommandRequest("  by the   lid instead", first.dialogue_id))
    flow.run(CommandRequest("the other end", first.dialogue_id))
    flow.run(CommandRequest("grasp the box"))  # a dialogue of its own
    better = Turn("grasp the box", "better x 0.500 y 0.375 theta 0.000 w 0.125")
    none = Turn("by the lid instead", "There is none. No grasp.")
    assert surroundings.histories == [(), (better,), (better, none), ()]


def test_a_turn_without_an_answer_is_not_remembered():
    surroundings = Surroundings([answer_at(160, 0.9)])
    flow = CommandFlow(surroundings, Gripper(), lambda: "plane", DialogueMemory())
    dialogue_id = flow.run(CommandRequest("grasp the box")).dialogue_id
    answers, surroundings.answers = surroundings.answers, []
    assert flow.run(CommandRequest("the other end", dialogue_id)).error_code is ErrorCode.INTERNAL
    surroundings.answers = answers
    assert flow.run(CommandRequest("the other end", dialogue_id)).error_code is ErrorCode.OK
    assert [len(history) for history in surroundings.histories] == [0, 1, 1]


def test_a_change_starts_from_the_last_grasp_and_asks_no_model():
    surroundings = Surroundings([answer_at(160, 0.9)])
    flow = CommandFlow(surroundings, Gripper(), lambda: "plane", DialogueMemory())
    dialogue_id = flow.run(CommandRequest("grasp the box")).dialogue_id
    same = flow.run(CommandRequest("again", dialogue_id))
    assert same.candidates[0].grasp.rectangle.x_px == 160.0
    assert same.reasoning.startswith("The same grasp as before, unchanged")
    after = flow.run(CommandRequest("too far left, a bit", dialogue_id))
    assert after.candidates[0].grasp.rectangle.x_px == pytest.approx(160 + 0.015 * 320, abs=0.5)
    assert len(surroundings.histories) == 1


def test_another_thing_is_asked_for_as_if_nothing_had_been_said_before():
    surroundings = Surroundings([answer_at(160, 0.9)])
    flow = CommandFlow(surroundings, Gripper(), lambda: "plane", DialogueMemory())
    dialogue_id = flow.run(CommandRequest("grasp the box")).dialogue_id
    surroundings.answers = [Answer("There is none.", None, 0.9)]
    outcome = flow.run(CommandRequest("no, the mug", dialogue_id))
    assert outcome.error_code is ErrorCode.OBJECT_NOT_FOUND
    assert surroundings.histories == [(), ()]


@pytest.mark.parametrize(
    "sentence",
    ["no", "never mind", "thanks", "why?", "not there", "don't touch the lid", "not yet"],
)
def test_what_asks_for_no_change_is_refused_before_a_picture_is_taken(sentence):
    surroundings = Surroundings([answer_at(160, 0.9)])
    flow = CommandFlow(surroundings, Gripper(), lambda: "plane", DialogueMemory())
    dialogue_id = flow.run(CommandRequest("grasp the box")).dialogue_id
    outcome = flow.run(CommandRequest(sentence, dialogue_id))
    assert outcome.error_code.name.startswith("COMMAND_")
    assert "say what to change, such as 'a bit to the left'" in outcome.error_message
    assert outcome.frame is None and len(surroundings.histories) == 1


def test_a_dialogue_goes_on_from_the_grasp_that_the_arm_took():
    surroundings = Surroundings([answer_at(160, 0.9, "better"), answer_at(158, 0.2, "worse")])
    surroundings.verdicts = [[Verdict(1, False), Verdict(1, True), far(0, False), far(0, True)]]
    flow = CommandFlow(surroundings, Gripper(), lambda: "plane", DialogueMemory())
    first = flow.run(CommandRequest("grasp the box", max_candidates=2, execute=True))
    flow.run(CommandRequest("the other end", first.dialogue_id))
    assert surroundings.histories[1][0].answer.startswith("worse")

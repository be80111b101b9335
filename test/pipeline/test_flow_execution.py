"""What the arm is offered, what it rejects, and how its outcome is told."""

from flow_surroundings import Surroundings, answer_at, far, frame_of_box, run

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.verdict import Verdict
from rt_grasp_ros.pipeline.command_outcome import Execution


def test_nothing_is_executed_unless_asked_for():
    surroundings = Surroundings([answer_at(160, 0.9)])
    assert not run(surroundings).executed
    assert not surroundings.executed


def test_the_outcome_of_the_execution_is_passed_on():
    outcome = run(Surroundings([answer_at(160, 0.9)]), execute=True)
    assert outcome.executed and outcome.held
    assert list(outcome.stages_s) == [
        "frame",
        "model",
        "geometry",
        "show",
        "execution",
        "execution/planning",
        "execution/lifting",
    ]


def test_what_the_arm_rejects_comes_last_with_its_reason_and_is_shown_again():
    surroundings = Surroundings([answer_at(160, 0.9, "better"), answer_at(158, 0.2, "worse")])
    surroundings.verdicts = [
        [Verdict(0, False), Verdict(0, True), Verdict(1, True), far(1, False)],
        [Verdict(1, True), far(0, False), far(0, True), far(1, False)],
    ]
    outcome = run(surroundings, max_candidates=2, execute=True)
    assert surroundings.executed == [["better", "worse"]]
    assert [c.reasoning for c in outcome.candidates] == ["worse", "better"]
    assert outcome.reasoning == "worse"
    taken, rejected = (candidate.grasp for candidate in outcome.candidates)
    assert taken.is_executable
    assert rejected.rejected_code is ErrorCode.OUT_OF_REACH
    assert rejected.rejected_reason == "It is too far away; move it."
    assert outcome.verdicts == [Verdict(0, True), far(1, False), far(1, True), far(0, False)]
    assert [[grasp.is_executable for grasp in shown] for shown in surroundings.shown] == [
        [True, True],
        [True, True],
        [True, False],
    ]


def test_nothing_that_the_arm_can_go_to_is_reported_with_the_reasons():
    surroundings = Surroundings([answer_at(160, 0.9)])
    surroundings.verdicts = [
        [far(index, is_twin) for index in range(6) for is_twin in (False, True)]
    ]
    surroundings.execution = Execution(ErrorCode.OUT_OF_REACH, "Too far.", False, False, {})
    outcome = run(surroundings, execute=True)
    assert outcome.verdicts == [far(0, False), far(0, True)]
    assert len(outcome.candidates) == 1
    assert (outcome.error_code, outcome.error_message) == (ErrorCode.OUT_OF_REACH, "Too far.")
    assert not outcome.candidates[0].grasp.is_executable


def test_a_rejected_best_grasp_is_reported_and_not_executed():
    surroundings = Surroundings([answer_at(160, 0.9, opening_px=150)], frame_of_box(100))
    outcome = run(surroundings, execute=True)
    assert outcome.error_code is ErrorCode.OPENING_TOO_WIDE
    assert outcome.error_message == outcome.candidates[0].grasp.rejected_reason
    assert not surroundings.executed
    assert surroundings.shown

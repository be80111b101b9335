"""One command at a time; whatever ends it, nothing of it follows."""

import sys
import threading
import time

import pytest
from flow_surroundings import Surroundings, answer_at, flow_of, frame_of_box

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import Cancelled, NotActive
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.language.memory import DialogueMemory
from rt_grasp_ros.pipeline.command_flow import CommandFlow
from rt_grasp_ros.pipeline.command_outcome import CommandRequest


def test_a_command_is_refused_while_another_is_being_answered():
    entered, leave = threading.Event(), threading.Event()
    surroundings = Surroundings([answer_at(160, 0.9)])

    def take_frame():
        entered.set()
        assert leave.wait(30.0)
        return frame_of_box()

    surroundings.take_frame = take_frame
    flow = CommandFlow(surroundings, Gripper(), lambda: "plane", DialogueMemory())
    outcomes = []
    first = threading.Thread(
        target=lambda: outcomes.append(flow.run(CommandRequest("grasp the box")))
    )
    first.start()
    assert entered.wait(30.0)
    assert flow.run(CommandRequest("grasp the mug")).error_code is ErrorCode.BUSY
    leave.set()
    first.join(30.0)
    assert outcomes[0].error_code is ErrorCode.OK


def test_a_command_cancelled_before_the_arm_moves_does_not_move_it():
    surroundings = Surroundings([answer_at(160, 0.9)])
    flow = CommandFlow(surroundings, Gripper(), lambda: "plane", DialogueMemory())
    cancelled = []
    surroundings.show = lambda *_: cancelled.append(flow.cancel())
    outcome = flow.run(CommandRequest("grasp the box", execute=True))
    assert cancelled == [True]
    assert outcome.error_code is ErrorCode.CANCELLED
    assert not surroundings.executed
    surroundings.show = lambda *_: None
    assert flow.run(CommandRequest("grasp the box", execute=True)).executed


def test_there_is_nothing_to_cancel_between_commands():
    flow = CommandFlow(Surroundings([]), Gripper(), lambda: "plane", DialogueMemory())
    assert not flow.cancel()
    assert not flow.is_cancelled


CLOSED = NotActive("It is asleep; wake it.")


def test_a_closed_flow_refuses_commands_until_it_is_opened():
    surroundings = Surroundings([answer_at(160, 0.9)])
    flow = flow_of(surroundings)
    assert flow.is_open
    assert flow.close(CLOSED)
    assert not flow.is_open
    outcome = flow.run(CommandRequest("grasp the box", execute=True))
    assert (outcome.error_code, outcome.error_message) == (
        ErrorCode.NOT_ACTIVE,
        "It is asleep; wake it.",
    )
    assert outcome.frame is None and not surroundings.executed
    flow.open()
    assert flow.run(CommandRequest("grasp the box", execute=True)).executed


@pytest.mark.parametrize("end", ["cancel", "close"])
@pytest.mark.parametrize("step", ["take_frame", "ask_model", "show"])
def test_whatever_ends_a_command_at_any_step_nothing_follows(step, end):
    """Also where the step itself does not hear of it and goes through."""
    surroundings = Surroundings([answer_at(160, 0.9)])
    flow = flow_of(surroundings)
    steps, done = ["take_frame", "ask_model", "show", "execute"], []

    def spied(name):
        real = getattr(surroundings, name)

        def call(*arguments):
            done.append(name)
            result = real(*arguments)
            if name == step:
                assert flow.cancel() if end == "cancel" else not flow.close(CLOSED)
                assert flow.is_cancelled
            return result

        return call

    for name in steps:
        setattr(surroundings, name, spied(name))
    outcome = flow.run(CommandRequest("grasp the box", execute=True))
    assert outcome.error_code is ErrorCode.CANCELLED
    assert done == steps[: steps.index(step) + 1]


class Waiting(Surroundings):
    """Takes a picture for as long as nobody cancels."""

    flow = None
    begun = 0

    def take_frame(self):
        self.begun += 1
        deadline_s = time.monotonic() + 20.0
        while not self.flow.is_cancelled:
            assert time.monotonic() < deadline_s, "a command survived"
            time.sleep(0)
        raise Cancelled


@pytest.fixture
def eager_threads():
    """Let threads take turns a hundred times as often as usual."""
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(5e-5)
    yield
    sys.setswitchinterval(usual_s)


def test_a_command_never_survives_a_cancel_that_says_it_took_it(eager_threads):
    for _ in range(200):
        surroundings = Waiting([])
        flow = surroundings.flow = flow_of(surroundings)
        outcomes = []
        thread = threading.Thread(
            target=lambda flow=flow, outcomes=outcomes: outcomes.append(
                flow.run(CommandRequest("grasp the box"))
            )
        )
        thread.start()
        while not flow.cancel():
            assert thread.is_alive()
        thread.join(30.0)
        assert outcomes[0].error_code is ErrorCode.CANCELLED


def test_a_command_never_survives_a_close_that_comes_at_the_same_time(eager_threads):
    seen = set()
    for round_number in range(300):
        surroundings = Waiting([])
        flow = surroundings.flow = flow_of(surroundings)
        both, outcomes = threading.Barrier(2), []

        def command(flow=flow, both=both, outcomes=outcomes):
            both.wait(30.0)
            outcomes.append(flow.run(CommandRequest("grasp the box", execute=True)))

        thread = threading.Thread(target=command)
        thread.start()
        both.wait(30.0)
        time.sleep(0.00002 * (round_number % 10))
        assert flow.close(CLOSED, timeout_s=20.0)
        begun = surroundings.begun
        thread.join(30.0)
        assert surroundings.begun == begun, "a command began behind the close"
        seen.add(outcomes[0].error_code)
    assert seen <= {ErrorCode.CANCELLED, ErrorCode.NOT_ACTIVE}


def test_a_cancel_of_one_command_is_none_of_the_next():
    surroundings = Surroundings([answer_at(160, 0.9)])
    flow = flow_of(surroundings)
    surroundings.show = lambda *_: flow.cancel()
    assert flow.run(CommandRequest("grasp the box")).error_code is ErrorCode.CANCELLED
    surroundings.show = lambda *_: None
    assert flow.run(CommandRequest("grasp the box")).error_code is ErrorCode.OK

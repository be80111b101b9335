from dataclasses import replace

import pytest
from labels import FixedEngine

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.rollout.simulated_pick import SimulatedPicker
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.scene import random_scene

pytestmark = pytest.mark.sim


@pytest.fixture(scope="module")
def picker():
    return SimulatedPicker()


@pytest.fixture(scope="module")
def cell():
    with Cell(random_scene(2, ["screwdriver", "apple"])) as cell:
        yield cell


def apple_in(cell):
    return next(part.rectangle for part in cell.labels() if part.object_name == "apple")


def test_a_command_goes_through_the_flow_that_ships(picker, cell):
    engine = FixedEngine(apple_in(cell))
    for command, code in (("?!", ErrorCode.COMMAND_EMPTY), ("a\0b", ErrorCode.COMMAND_NOT_TEXT)):
        outcome = picker.pick(cell, command, engine)
        assert outcome.error_code is code
        assert not outcome.executed
    assert engine.asked == []


def test_finding_moves_nothing_and_knows_what_was_said(picker, cell):
    engine = FixedEngine(apple_in(cell))
    before_s = cell.observe().stamp_s
    turn = Turn("grasp the apple", "So I said. No grasp.")
    outcome = picker.find(cell.observe(), "  by   its stem ", engine, (turn,))
    assert outcome.error_code is ErrorCode.OK
    assert outcome.candidates[0].grasp.rectangle == apple_in(cell)
    assert not outcome.executed
    assert engine.asked == [("by its stem instead", (turn,))]
    assert cell.observe().stamp_s == before_s


def test_a_grasp_is_what_the_fingers_have_room_for(picker, cell):
    seen, apple = cell.observe(), apple_in(cell)
    assert picker.is_grasp(seen, apple)
    assert not picker.is_grasp(seen, replace(apple, x_px=5.0, y_px=5.0))

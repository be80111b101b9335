import numpy as np
import pytest
from fake_robot import FakeRobot

from rt_grasp_ros.grasp.errors import Cancelled, JointStatesStale, MotionTimeout
from rt_grasp_ros.motion.watch import Stillness, fresh_state, wait_for_rest, wait_until


@pytest.fixture
def io(robot, gripper):
    return FakeRobot(robot, gripper)


def test_no_and_old_states_are_told_apart(io):
    assert fresh_state(io).stamp_s == io.now_s()
    io.stale_from_s = io.now_s()
    io.sleep(0.9)
    assert fresh_state(io).stamp_s < io.now_s() - 0.8
    io.sleep(0.2)
    with pytest.raises(JointStatesStale, match="old"):
        fresh_state(io)
    io.silent = True
    with pytest.raises(JointStatesStale, match="No joint state"):
        fresh_state(io)


def test_messages_that_cannot_be_read_are_not_called_missing(io):
    """The joint of a NaN is named, before and after a good state was heard."""
    io.trouble = "Joint states can be read in part only: the position of a is not a number."
    assert fresh_state(io).stamp_s == io.now_s()  # what is right of them is enough
    io.stale_from_s = io.now_s()
    io.sleep(1.1)
    with pytest.raises(JointStatesStale, match="position of a"):
        fresh_state(io)
    io.silent = True
    with pytest.raises(JointStatesStale, match="position of a"):
        fresh_state(io)


def test_stillness_starts_anew_with_every_movement():
    stillness = Stillness(0.01)
    assert stillness.duration_s(np.array([0.0, 1.0]), 5.0) == 0.0
    assert stillness.duration_s(np.array([0.009, 1.0]), 6.0) == 1.0
    assert stillness.duration_s(np.array([0.02, 1.0]), 7.0) == 0.0
    assert stillness.duration_s(np.array([0.02, 1.0]), 7.5) == 0.5


def test_waiting_ends_when_done(io):
    start_s = io.now_s()
    wait_until(io, lambda state, waited_s: waited_s > 0.5, 1.0, lambda: False, "It")
    assert io.now_s() - start_s == pytest.approx(0.5, abs=0.03)


def test_waiting_ends_at_its_deadline(io):
    start_s = io.now_s()
    with pytest.raises(MotionTimeout, match=r"It did not end within 2\.0 s"):
        wait_until(io, lambda state, waited_s: False, 2.0, lambda: False, "It")
    assert io.now_s() - start_s < 2.1


def test_waiting_asks_fifty_times_a_second_whether_it_is_cancelled(io):
    asked_s = []

    def is_cancelled() -> bool:
        asked_s.append(io.now_s())
        return io.now_s() > 101.0

    with pytest.raises(Cancelled):
        wait_until(io, lambda state, waited_s: False, 5.0, is_cancelled, "It")
    assert np.diff(asked_s).max() <= 0.02 + 1e-9


def test_a_state_that_is_not_renewed_is_not_still():
    stillness = Stillness(0.001)
    assert stillness.duration_s(np.array([0.08]), 5.0) == 0.0
    assert stillness.duration_s(np.array([0.08]), 5.0) == 0.0
    assert stillness.duration_s(np.array([0.08]), 5.4) == pytest.approx(0.4)


def test_an_arm_that_does_not_come_to_rest_is_waited_for_three_seconds(io):
    io.sleep(100.0)  # not the time since the start of the world
    io.rests_from_s = np.inf
    start_s = io.now_s()
    wait_for_rest(io)
    assert io.now_s() - start_s == pytest.approx(3.0, abs=0.02)
    assert max(io.sleeps_s[1:]) == 0.01


def test_an_arm_that_comes_to_rest_is_waited_for_no_longer(io):
    io.rests_from_s = io.now_s() + 0.4
    wait_for_rest(io)
    assert io.now_s() == pytest.approx(io.rests_from_s, abs=0.011)

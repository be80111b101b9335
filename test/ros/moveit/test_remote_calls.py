"""A server that appears late is waited for; calls themselves are in test_move_group_planning."""

import pytest

from rt_grasp_ros.grasp.errors import BackendUnavailable, Cancelled

pytestmark = [pytest.mark.ros, pytest.mark.moveit]


@pytest.fixture
def wait_for():
    from rt_grasp_ros.ros.moveit import remote_calls

    return remote_calls._wait_for


def test_one_that_appears_in_time_is_waited_for(wait_for):
    answers = iter([False, False, False, True])
    wait_for(lambda: next(answers), "plan", 60.0, lambda: False)
    assert next(answers, "none left") == "none left"


def test_one_that_does_not_appear_is_named(wait_for):
    with pytest.raises(BackendUnavailable, match="Nobody offers 'plan'"):
        wait_for(lambda: False, "plan", 0.05, lambda: False)


def test_a_stop_ends_the_wait(wait_for):
    with pytest.raises(Cancelled):
        wait_for(lambda: False, "plan", 60.0, lambda: True)

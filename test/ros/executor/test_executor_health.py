"""What the diagnostics say of the executor."""

from types import SimpleNamespace

import pytest

from rt_grasp_ros.doctor.finding import Finding
from rt_grasp_ros.ros.executor.executor_health import (
    executor_finding,
    joints_finding,
    joints_findings,
    new_instance,
)

IDLE = {
    "state": "active",
    "is_running": False,
    "is_stopped": False,
    "awaits_word": False,
    "last": "",
    "instance": 123456,
}


@pytest.mark.parametrize(
    ("age_s", "status"),
    [(None, "wrong"), (0.02, "ok"), (0.99, "ok"), (1.01, "wrong"), (1.5, "wrong")],
)
def test_joint_states_must_be_fresh(age_s, status):
    found = joints_finding(age_s)
    assert found.status == status
    assert found.numbers == ({} if age_s is None else {"age_s": age_s})


@pytest.mark.parametrize(("stamp_s", "age_s"), [(99.75, 0.25), (98.0, 2.0), (None, None)])
def test_the_age_is_counted_from_the_state_s_own_stamp(stamp_s, age_s):
    complete = Finding("joints", "ok", "all joints have a state")
    state = None if stamp_s is None else SimpleNamespace(stamp_s=stamp_s)
    io = SimpleNamespace(
        joint_state=lambda: state, now_s=lambda: 100.0, joints_finding=lambda: complete
    )
    assert joints_findings(io) == [joints_finding(age_s), complete]


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({}, "ok", "idle; embedded, last goal: none yet"),
        ({"is_running": True, "last": "OK"}, "ok", "carries out a grasp; embedded, last goal: OK"),
        ({"is_stopped": True, "last": "CANCELLED"}, "note", "stopped"),
        ({"is_running": True, "awaits_word": True}, "note", "waits for the service confirm"),
        ({"state": "inactive"}, "note", "inactive, takes no goals"),
    ],
)
def test_what_the_executor_does(changes, status, words):
    found = executor_finding("embedded", **(IDLE | changes))
    assert found.status == status
    assert words in found.message
    assert found.numbers == {"instance": 123456.0}


def test_two_executors_have_numbers_that_diagnostics_tell_apart():
    numbers = {new_instance() for _ in range(50)}
    assert len({f"{float(number):.6g}" for number in numbers}) == len(numbers) > 40
    assert all(100_000 <= number <= 999_999 for number in numbers)

"""Our own nodes: what keeps a command from being answered."""

import pytest

from rt_grasp_ros.doctor.node_checks import (
    check_executor,
    check_perception,
    check_posted_grasps,
)


@pytest.mark.parametrize(
    ("state", "status", "said"),
    [
        ("active", "ok", "loaded"),
        ("inactive", "wrong", "activate"),
        ("unconfigured", "wrong", "configure"),
        ("errorprocessing", "wrong", "errorprocessing"),
        (None, "wrong", "ros2 launch"),
    ],
)
def test_only_an_active_perception_node_answers(state, status, said):
    finding = check_perception(state)
    assert finding.status == status
    assert said in finding.message


@pytest.mark.parametrize(
    ("publishers", "status", "said"),
    [(0, "wrong", "nobody publishes there"), (1, "ok", "one node on /p"), (2, "ok", "2 nodes")],
)
def test_somebody_proposes_the_grasps_that_are_waited_for(publishers, status, said):
    finding = check_posted_grasps("/p", publishers)
    assert (finding.check, finding.status) == ("grasps", status)
    assert said in finding.message


@pytest.mark.parametrize(("servers", "status"), [(0, "wrong"), (1, "ok"), (2, "wrong")])
def test_exactly_one_executor_moves_the_arm(servers, status):
    assert check_executor(servers).status == status


@pytest.mark.parametrize(
    ("state", "status", "said"),
    [
        ("active", "ok", "active"),
        ("inactive", "wrong", "activate"),
        ("unconfigured", "wrong", "configure"),
        (None, "wrong", "does not say its state"),
    ],
)
def test_only_an_active_executor_takes_goals(state, status, said):
    for servers, heard in ((1, 0), (1, 1), (2, 1)):
        finding = check_executor(servers, heard, state)
        assert finding.status == status
        assert said in finding.message or status == "ok"
    assert "2 executors" in check_executor(2, 2, state).message


@pytest.mark.parametrize(
    ("servers", "heard", "status", "said"),
    [
        (2, 1, "ok", "DDS still counts one"),  # restarted, within DDS's lease
        (2, 2, "wrong", "2 executors"),
        (3, 2, "wrong", "2 executors"),
        (2, 0, "wrong", "2 executors"),  # of a kind that does not say that it is there
        (1, 0, "ok", "offers execute_grasp"),
    ],
)
def test_an_executor_that_has_ended_is_not_a_second_one(servers, heard, status, said):
    finding = check_executor(servers, heard)
    assert finding.status == status
    assert said in finding.message

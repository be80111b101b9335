import numpy as np
import pytest
from builtin_interfaces.msg import Time
from sensor_msgs.msg import JointState
from std_msgs.msg import Header

from rt_grasp_ros.ros.robot.heard_joints import HeardJoints

pytestmark = pytest.mark.ros


def test_broadcasters_are_put_together_as_old_as_the_oldest():
    heard = HeardJoints(("a", "b", "finger"))
    heard.hear(JointState(name=["a", "b"], position=[1.0, 2.0], velocity=[0.1, 0.2]), 10.0)
    assert heard.state_of(("a", "finger")) is None
    heard.hear(JointState(name=["finger"], position=[0.04]), 10.5)
    state = heard.state_of(("finger", "b"))
    assert (state.names, state.stamp_s) == (("finger", "b"), 10.0)
    assert state.positions.tolist() == [0.04, 2.0]
    assert state.velocities.tolist() == [0.0, 0.2]


def test_the_newest_counts():
    heard = HeardJoints(("a",))
    for arrival_s in (1.0, 2.0):
        heard.hear(JointState(name=["a"], position=[arrival_s]), arrival_s)
    state = heard.state_of(("a",))
    assert (state.positions.tolist(), state.stamp_s) == ([2.0], 2.0)


def test_velocities_are_made_of_the_drivers_stamps():
    """Both messages come at once: over their arrivals the joint would be infinitely fast."""
    heard = HeardJoints(("a",))
    for number in range(2):
        stamp = Time(sec=77, nanosec=number * 20_000_000)
        heard.hear(
            JointState(header=Header(stamp=stamp), name=["a"], position=[number * 0.01]), 5.0
        )
    state = heard.state_of(("a",))
    assert state.velocities == pytest.approx([0.5])
    assert state.velocity_spans_s == pytest.approx(0.02)


@pytest.mark.parametrize("position", [[], [np.nan]])
def test_of_a_joint_that_cannot_be_read_nothing_is_remembered(position):
    heard = HeardJoints(("a",))
    heard.hear(JointState(name=["a"], position=position), 1.0)
    assert heard.state_of(("a",)) is None
    assert heard.has_problems
    finding = heard.finding()
    assert finding.status == "wrong"
    assert "a" in finding.message and "mend the driver" in finding.message


def test_what_is_right_of_a_message_counts():
    heard = HeardJoints(("a", "b"))
    heard.hear(JointState(name=["a", "b"], position=[1.0, 2.0]), 1.0)
    heard.hear(JointState(name=["b", "other", "a"], position=[3.0, 9.0, np.nan]), 1.2)
    assert heard.state_of(("a", "b")).positions.tolist() == [1.0, 2.0]  # where both were at 1.0
    assert heard.state_of(("b",)).positions.tolist() == [3.0]
    assert heard.finding().status == "note"
    assert "the position of a is not a number" in heard.finding().message


def test_trouble_that_is_over_is_not_told_any_more():
    heard = HeardJoints(("a",))
    heard.hear(JointState(name=["a"], position=[np.nan]), 1.0)
    heard.hear(JointState(name=["a"], position=[1.0]), 3.5)
    assert not heard.has_problems
    assert heard.finding().status == "ok"


@pytest.mark.parametrize(("later_s", "is_told"), [(0.5, True), (1.9, True), (2.1, False)])
def test_trouble_is_told_for_two_seconds(later_s, is_told):
    heard = HeardJoints(("a",))
    heard.hear(JointState(name=["a"], position=[np.nan]), 1.0)
    heard.hear(JointState(name=["a"], position=[1.0]), 1.0 + later_s)
    assert heard.has_problems is is_told
    assert heard.finding().status == ("note" if is_told else "ok")


def test_what_is_forgotten_was_never_heard():
    heard = HeardJoints(("elbow",))
    heard.hear(JointState(name=["elbow"], position=[1.0]), 0.0)
    heard.forget()
    assert heard.state_of(("elbow",)) is None


def test_how_joints_moved_of_late_is_told_where_it_is_asked_for():
    heard = HeardJoints(("a",))
    for number in range(21):
        heard.hear(JointState(name=["a"], position=[2.0 * (0.01 * number) ** 2]), 0.01 * number)
    assert heard.state_of(("a",)).motion is None
    motion = heard.state_of(("a",), is_fitted=True).motion
    assert motion.velocities == pytest.approx([0.8], abs=1e-6)
    assert motion.accelerations == pytest.approx([4.0], abs=1e-6)

import numpy as np
import pytest
from sensor_msgs.msg import JointState

from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.ros.heard_joints import HeardJoints

pytestmark = pytest.mark.ros


def test_broadcasters_are_put_together_as_old_as_the_oldest():
    heard = HeardJoints()
    heard.hear(JointState(name=["a", "b"], position=[1.0, 2.0], velocity=[0.1, 0.2]), 10.0)
    assert heard.state_of(("a", "finger")) is None
    heard.hear(JointState(name=["finger"], position=[0.04]), 10.5)
    state = heard.state_of(("finger", "b"))
    assert (state.names, state.stamp_s) == (("finger", "b"), 10.0)
    assert state.positions.tolist() == [0.04, 2.0]
    assert state.velocities.tolist() == [0.0, 0.2]


def test_the_newest_counts():
    heard = HeardJoints()
    for arrival_s in (1.0, 2.0):
        heard.hear(JointState(name=["a"], position=[arrival_s]), arrival_s)
    state = heard.state_of(("a",))
    assert (state.positions.tolist(), state.stamp_s) == ([2.0], 2.0)


@pytest.mark.parametrize("position", [[], [np.nan]])
def test_of_a_message_that_cannot_be_read_nothing_is_remembered(position):
    heard = HeardJoints()
    with pytest.raises(RequestInvalid, match="joint state"):
        heard.hear(JointState(name=["a"], position=position), 1.0)
    assert heard.state_of(("a",)) is None


def test_what_is_forgotten_was_never_heard():
    heard = HeardJoints()
    heard.hear(JointState(name=["elbow"], position=[1.0]), 0.0)
    heard.forget()
    assert heard.state_of(("elbow",)) is None

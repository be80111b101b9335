"""The doctor's node says on /diagnostics what is there and what is not."""

import pytest
from arm_world import eventually
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.node import Node
from rclpy.parameter import Parameter
from world import FakeCamera

from rt_grasp_ros.grasp.errors import ProfileInvalid
from rt_grasp_ros.ros.doctor.doctor_node import DoctorNode

pytestmark = [pytest.mark.ros]

QUICK = {"period_s": 5.0, "listen_s": 0.5}


def parameters(**values):
    return [Parameter(name, value=value) for name, value in (QUICK | values).items()]


def test_findings_become_diagnostics(world):
    heard = []
    listener = world.add(Node("listener", context=world.context))
    listener.create_subscription(DiagnosticArray, "/diagnostics", heard.append, 10)
    world.add(FakeCamera(world))
    world.add(DoctorNode(context=world.context, parameter_overrides=parameters()))

    def statuses():
        return {status.name: status for message in heard[-1:] for status in message.status}

    def is_seen():
        seen = statuses()
        return (
            "doctor_node: registration" in seen
            and seen["doctor_node: colour"].level == DiagnosticStatus.OK
        )

    assert eventually(is_seen), statuses()
    colour = statuses()["doctor_node: colour"]
    assert (colour.level, colour.hardware_id) == (DiagnosticStatus.OK, "panda")
    assert float({value.key: value.value for value in colour.values}["rate_hz"]) > 1.0
    joints = statuses()["doctor_node: joint states"]
    assert joints.level == DiagnosticStatus.ERROR
    assert "joint_state_broadcaster" in joints.message


def test_a_wrong_profile_is_refused_at_the_start(world, tmp_path):
    profile = tmp_path / "arm.yaml"
    profile.write_text("name: arm\n")
    with pytest.raises(ProfileInvalid):
        DoctorNode(context=world.context, parameter_overrides=parameters(robot=str(profile)))

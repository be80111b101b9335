"""The policy of SROS 2 allows each node what it does in the graph, and nothing else."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib.util import find_spec

import pytest
from arm_world import eventually, executor_node
from graph import used_by
from rclpy.node import Node
from rclpy.parameter import Parameter

from rt_grasp_ros.model.worker.worker_messages import EngineSource
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.doctor.doctor_node import DoctorNode
from rt_grasp_ros.ros.executor.sent_record import SentRecord
from rt_grasp_ros.ros.perception.perception_node import PerceptionNode
from rt_grasp_ros.with_parent import start_with_parent

pytestmark = pytest.mark.ros

POLICY = ET.parse(share_path("config/security/policy.xml")).getroot()
CLOCK = "/clock"  # heard with use_sim_time alone
ACTION_SERVICES = ("send_goal", "cancel_goal", "get_result")
ACTION_TOPICS = ("feedback", "status")


def profiles():
    return {profile.get("node"): profile for profile in POLICY.iter("profile")}


def full_name(profile, name):
    """Return a name as sros2 expands it."""
    namespace = profile.get("ns").rstrip("/")
    if name.startswith("~"):
        return f"{namespace}/{profile.get('node')}{name[1:]}"
    return name if name.startswith("/") else f"{namespace}/{name}"


def named(profile, kind, right):
    return {
        full_name(profile, item.text)
        for group in profile.iter(kind)
        if group.get(right) == "ALLOW"
        for item in group
    }


def allowed(profile):
    """Return what a profile lets its node publish, hear, serve and call."""
    executes, calls = (named(profile, "actions", right) for right in ("execute", "call"))
    topics = [named(profile, "topics", right) for right in ("publish", "subscribe")]
    services = [named(profile, "services", right) for right in ("reply", "request")]
    for of_action, served, heard in ((executes, 0, 0), (calls, 1, 1)):
        topics[heard] |= {f"{a}/_action/{t}" for a in of_action for t in ACTION_TOPICS}
        services[served] |= {f"{a}/_action/{s}" for a in of_action for s in ACTION_SERVICES}
    topics[1].discard(CLOCK)
    return (*topics, *services)


@pytest.fixture(scope="module")
def observer(world):
    return world.add(Node("observer", context=world.context))


def assert_allowed_exactly(observer, name):
    """Wait until the graph knows all of the node, then compare."""
    expected = allowed(profiles()[name])
    eventually(lambda: used_by(observer, name, "/") == expected, 60.0)
    for what, used, may in zip(
        ("publishes", "hears", "serves", "calls"),
        used_by(observer, name, "/"),
        expected,
        strict=True,
    ):
        assert used == may, f"{name} {what}"


def test_perception(world, observer):
    engine = EngineSource("fake_engines:well_behaved")
    world.add(PerceptionNode(engine=engine, context=world.context))
    assert_allowed_exactly(observer, "perception_node")
    assert_allowed_exactly(observer, "perception_node_listener")


def test_executor(world, observer):
    executor_node(world)
    assert_allowed_exactly(observer, "executor_node")
    assert_allowed_exactly(observer, "executor_node_listener")


def test_guard(observer):
    command = [sys.executable, "-m", "rt_grasp_ros.ros.executor.arm_guard", "/"]
    command += ["/arm_controller/joint_trajectory", "/trajectory_execution_event"]
    record = SentRecord().descriptor
    command += ["/joint_states", "panda_joint1", "15.0", str(record)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(record,)) as guard:
        assert_allowed_exactly(observer, "arm_guard")
        guard.stdin.close()
        assert guard.wait(60.0) == 0


def test_doctor(world, observer):
    world.add(DoctorNode(context=world.context))
    assert_allowed_exactly(observer, "doctor_node")


@pytest.mark.skipif(find_spec("viser") is None, reason="not run here: needs viser")
def test_browser(world, observer):
    from rt_grasp_ros.ros.browser.browser_node import BrowserNode

    port = [Parameter("port", value=0)]
    world.add(BrowserNode(context=world.context, parameter_overrides=port))
    assert_allowed_exactly(observer, "browser_node")
    assert_allowed_exactly(observer, "browser_node_listener")


@pytest.mark.sim
def test_simulation(observer):
    command = ["-m", "rt_grasp_ros.ros.sim.sim_node", "--ros-args"]
    command += ["-p", "image_width_px:=64", "-p", "image_height_px:=48"]
    with start_with_parent(command) as cell:
        try:
            assert_allowed_exactly(observer, "sim_node")
        finally:
            cell.terminate()


def test_an_operator_may_ask_and_stop_but_not_move_the_arm():
    publishes, hears, serves, calls = allowed(profiles()["operator"])
    assert publishes == {"/rosout", "/parameter_events"}
    assert all(name.startswith("/_ros2cli_*/") for name in serves)
    grasp = {f"/grasp/_action/{service}" for service in ACTION_SERVICES}
    assert calls == {"/grasp_command", "/cancel_command", "/stop", "/confirm"} | grasp
    assert "/grasp/_action/feedback" in hears


def test_the_arm_is_moved_by_the_executor_and_its_guard_alone():
    movers = {
        name
        for name, profile in profiles().items()
        if "/arm_controller/joint_trajectory" in allowed(profile)[0]
    }
    assert movers == {"executor_node_listener", "arm_guard"}


def test_each_right_is_given_once_and_none_by_a_wildcard_but_what_ros2_serves_itself():
    for name, profile in profiles().items():
        for group in profile:
            names = [item.text for item in group]
            assert len(names) == len(set(names)), name
            assert all(text.startswith("/_ros2cli_*/") for text in names if "*" in text), name


def test_every_node_that_the_launch_file_starts_has_an_enclave():
    started = {
        line.split('"')[1]
        for line in share_path("launch/grasp.launch.py").read_text().splitlines()
        if line.strip().startswith("executable=")
    } - {"rviz2"}
    enclaves = {enclave.get("path") for enclave in POLICY.iter("enclave")}
    assert {f"/rt_grasp/{node}" for node in started} <= enclaves

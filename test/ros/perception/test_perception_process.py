"""The perception node as a process of its own: where it is told to, it makes itself ready."""

import signal
from pathlib import Path

import pytest
from arm_world import eventually
from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
from rclpy.node import Node
from rt_grasp_ros.srv import GraspCommand
from std_msgs.msg import String
from std_srvs.srv import Trigger
from world import FakeCamera, FakeExecutor, User, reply_of

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.ros.rclpy_fixes.service_call import ask
from rt_grasp_ros.with_parent import start_with_parent

pytestmark = pytest.mark.ros


@pytest.fixture
def start():
    """Start perception processes; none outlives the test."""
    started = []

    def start(namespace, *arguments, program=("-m", "rt_grasp_ros.ros.perception.perception_node")):
        command = [*program, "--ros-args"]
        started.append(start_with_parent([*command, "-r", f"__ns:=/{namespace}", *arguments]))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait(5.0)


WITH_FAKE_MODEL = """
import sys
sys.path[:0] = PATHS
from rt_grasp_ros.model.worker.worker_messages import EngineSource
from rt_grasp_ros.ros.perception import perception_node

class WithFakeModel(perception_node.PerceptionNode):
    def __init__(self):
        super().__init__(EngineSource("fake_engines:well_behaved", {"opening_fraction": 0.125}))

if __name__ == "__main__":
    perception_node.PerceptionNode = WithFakeModel
    perception_node.main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("what", ["the motion", "the thinking"])
@pytest.mark.parametrize("way", ["service", "action"])
def test_a_signal_ends_what_is_under_way(start, state_of, world, tmp_path, way, what, number):
    """The arm is stopped and the model's answer given up, and the command has a reply."""
    namespace = f"signalled_{number.name.lower()}_{what.split()[1]}_{way}"
    script = tmp_path / "perception.py"
    paths = [str(Path(__file__).parents[2] / "model"), str(Path(__file__).parents[3])]
    script.write_text(WITH_FAKE_MODEL.replace("PATHS", repr(paths)))
    process = start(
        namespace,
        *("-p", "autostart:=true", "-p", "execution_timeout_s:=120.0"),
        program=[str(script)],
    )
    world.add(FakeCamera(world, namespace=namespace))
    executor = world.add(FakeExecutor(world, duration_s=120.0, namespace=namespace))
    user = world.add(User(world, namespace=namespace))
    heard = []
    user.create_subscription(String, "reasoning", heard.append, 10)
    state = state_of(namespace)
    assert eventually(lambda: state() == State.PRIMARY_STATE_ACTIVE, 120.0)
    send = user.send if way == "service" else user.start
    if what == "the motion":
        reply = send("grasp the box", execute=True)
        assert executor.running.wait(60.0)
    else:
        reply = send("grasp the ramble box")
        assert eventually(lambda: any("and" in message.data for message in heard), 60.0)
    process.send_signal(number)
    result = reply_of(reply) if way == "service" else reply.end()[1]
    assert result.error_code == ErrorCode.CANCELLED
    assert what == "the thinking" or executor.cancelled.wait(30.0)
    assert process.wait(60.0) == 0


@pytest.fixture
def state_of(world):
    """Return a function that asks a node for its state; the nodes differ, so do their clients."""

    def state_of(namespace):
        node = world.add(Node(f"asks_{namespace}", context=world.context))
        client = node.create_client(GetState, f"/{namespace}/perception_node/get_state")
        assert client.wait_for_service(120.0)
        return lambda: ask(client, GetState.Request(), 30.0, "No state came").current_state.id

    return state_of


def test_it_configures_and_activates_itself(start, state_of):
    process = start("told", "-p", "autostart:=true")
    state = state_of("told")
    assert eventually(lambda: state() == State.PRIMARY_STATE_ACTIVE, 120.0)
    process.terminate()
    assert process.wait(60.0) == 0


def test_it_waits_to_be_told(start, state_of):
    start("untold")
    assert state_of("untold")() == State.PRIMARY_STATE_UNCONFIGURED


def test_a_model_that_is_not_there_leaves_it_unconfigured(start, state_of, tmp_path):
    start("lost", "-p", "autostart:=true", "-p", f"model_dir:='{tmp_path}'")
    state = state_of("lost")
    assert not eventually(lambda: state() == State.PRIMARY_STATE_ACTIVE, 8.0)
    assert eventually(lambda: state() == State.PRIMARY_STATE_UNCONFIGURED)  # it may still try


def test_a_command_under_way_is_cancelled_and_another_one_refused(world, start, state_of):
    start("busy", "-p", "autostart:=true", "-p", "frame_timeout_s:=60.0")  # there is no camera
    state = state_of("busy")
    assert eventually(lambda: state() == State.PRIMARY_STATE_ACTIVE, 120.0)
    node = world.add(Node("commands_busy", context=world.context))
    commands = node.create_client(GraspCommand, "/busy/grasp_command")
    cancels = node.create_client(Trigger, "/busy/cancel_command")
    assert commands.wait_for_service(60.0) and cancels.wait_for_service(60.0)
    first = commands.call_async(GraspCommand.Request(command="grasp the mug", max_candidates=1))
    second = ask(
        commands, GraspCommand.Request(command="grasp the mug", max_candidates=1), 20.0, "No reply"
    )
    assert ErrorCode(second.error_code) is ErrorCode.BUSY
    assert not first.done()
    assert ask(cancels, Trigger.Request(), 20.0, "No reply").success
    assert eventually(first.done, 20.0)
    assert ErrorCode(first.result().error_code) is ErrorCode.CANCELLED

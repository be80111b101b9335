"""From a command to a lifted object: cell and executor as processes, the label for the model."""

import os
import signal
import threading

import pytest
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from world import World

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.model.worker.worker_messages import EngineSource
from rt_grasp_ros.pipeline.command_stage import CommandStage
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.messages.stamps import seconds_from_duration
from rt_grasp_ros.ros.node.processes import CELLS_CLOCK, CELLS_EXECUTOR, NodeProcesses
from rt_grasp_ros.ros.perception.perception_node import PerceptionNode
from rt_grasp_ros.ros.sim.cell_client import CellClient

pytestmark = [pytest.mark.ros, pytest.mark.sim, pytest.mark.timeout(600)]

SEED, OBJECTS = 4, ["banana", "mug"]
START_TIMEOUT_S = 200.0
COMMAND_TIMEOUT_S = 200.0


@pytest.fixture(scope="module")
def perception():
    world = World()
    oracle = {"seed": SEED, "object_names": OBJECTS, "object_name": "banana"}
    deadlines = {"model_timeout_s": 60.0, "executor_wait_s": 60.0, **CELLS_CLOCK}
    node = PerceptionNode(
        engine=EngineSource("oracle_engine:oracle", oracle),
        context=world.context,
        parameter_overrides=[Parameter(name, value=value) for name, value in deadlines.items()],
    )
    world.add(node)
    world.start()
    assert node.trigger_configure() == TransitionCallbackReturn.SUCCESS
    assert node.trigger_activate() == TransitionCallbackReturn.SUCCESS
    yield node
    world.stop()


class Chain:
    """Cell and executor, and a user of them."""

    def __init__(self, folder, real_time_factor=1.0):
        self.stages = []
        self.is_moving = threading.Event()
        self.is_executor_killed = False
        self.processes = NodeProcesses(folder)
        scene = {"seed": SEED, "object_names": ",".join(OBJECTS)}
        scene["real_time_factor"] = real_time_factor
        self.processes.start("sim_node", scene, share_path("config/sim.yaml"))
        self.processes.start(
            "executor_node", CELLS_EXECUTOR, share_path("config/executor_cell.yaml")
        )
        self.client = CellClient(self._require_alive, lambda text: None, self._hear)
        self.client.wait_for_cell_and_executor(START_TIMEOUT_S)

    def _hear(self, stage):
        self.stages.append(stage)
        if stage is CommandStage.PREGRASP:
            self.is_moving.set()

    def _require_alive(self):
        if not self.is_executor_killed:
            self.processes.require_alive()

    def kill_executor(self):
        self.is_executor_killed = True
        os.kill(self.processes.pid("executor_node"), signal.SIGKILL)

    def stop(self):
        self.client.close()
        self.processes.stop()


@pytest.fixture
def chain(perception, tmp_path):
    chain = Chain(tmp_path)
    yield chain
    chain.stop()


@pytest.fixture
def slow_chain(perception, tmp_path):
    chain = Chain(tmp_path, real_time_factor=0.2)
    yield chain
    chain.stop()


def test_a_cell_five_times_slower_gives_the_same_answer_later(slow_chain):
    reply = slow_chain.client.send("grasp the banana", 1, COMMAND_TIMEOUT_S)
    assert ErrorCode(reply.error_code) is ErrorCode.OK, reply.error_message
    assert reply.executed and reply.held
    assert slow_chain.client.judgement(60.0)["lifted_object"] == "banana"
    stages_s = {stage.name: seconds_from_duration(stage.duration) for stage in reply.stages}
    assert stages_s["execution/approach"] > 5.0


def test_a_command_lifts_the_named_object(chain):
    reply = chain.client.send("grasp the banana", 1, COMMAND_TIMEOUT_S)
    assert ErrorCode(reply.error_code) is ErrorCode.OK, reply.error_message
    assert reply.executed and reply.held
    judgement = chain.client.judgement(60.0)
    assert judgement["lifted_object"] == "banana"
    assert chain.client.picture("grasp_image", 60.0).shape == (480, 640, 3)
    assert CommandStage.LIFTING in chain.stages
    assert {"frame", "model", "geometry", "execution/lifting"} <= {s.name for s in reply.stages}


def test_an_executor_that_is_killed_while_the_arm_moves_is_reported(chain):
    def kill_when_moving():
        if chain.is_moving.wait(COMMAND_TIMEOUT_S):
            chain.kill_executor()

    killer = threading.Thread(target=kill_when_moving, daemon=True)
    killer.start()
    reply = chain.client.send("grasp the banana", 1, COMMAND_TIMEOUT_S)
    killer.join(10.0)
    assert ErrorCode(reply.error_code) is ErrorCode.EXECUTOR_UNAVAILABLE
    assert "look at the arm" in reply.error_message

"""The tools of `rt-grasp mcp`, asked by the official client over real standard streams."""

import asyncio
import os
import sys
from functools import partial

import pytest
from active_perception import perception_node
from mcp import Client, StdioServerParameters
from rclpy.parameter import Parameter
from rt_grasp_ros.action import ExecuteGrasp
from std_srvs.srv import Trigger
from world import FakeCamera, FakeExecutor

from rt_grasp_ros.grasp.error_code import ErrorCode

pytestmark = pytest.mark.ros


SCHEMA_OF_PICK = {"command", "dialogue_id"}
PATIENCE_S = 90.0


@pytest.fixture(scope="module")
def node(world):
    node = perception_node(world)
    patient = {"model_timeout_s": 120.0, "execution_timeout_s": 120.0, "frame_timeout_s": 30.0}
    node.set_parameters([Parameter(name, value=value) for name, value in patient.items()])
    world.add(FakeCamera(world))
    return node


class StoppableExecutor(FakeExecutor):
    """One whose stop service ends the goal, as the executor's does."""

    def __init__(self, world, **options):
        super().__init__(world, **options)
        self.stops = 0
        self.create_service(Trigger, "stop", self._stop)

    def _stop(self, _, response):
        self.stops += 1
        self.release()
        response.success, response.message = True, "The arm was told to stand still."
        return response


@pytest.fixture
def make_executor(node, make_executor):
    return partial(make_executor, StoppableExecutor)


def server(*options):
    arguments = ["-m", "rt_grasp_ros.cli", "mcp", *options]
    return StdioServerParameters(command=sys.executable, args=arguments, env=dict(os.environ))


def talk(conversation, *options):
    """Start the server, let a conversation with it run, and return what it returns."""

    async def whole():
        async with Client(server(*options)) as client:
            return await conversation(client)

    return asyncio.run(asyncio.wait_for(whole(), PATIENCE_S))


async def told(client, tool, **arguments):
    reply = await client.call_tool(tool, arguments)
    assert not reply.is_error, reply.content
    return reply.structured_content


def test_the_tools_are_four_and_none_takes_speed_or_confirmation(node):
    async def conversation(client):
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in talk(conversation)}
    assert tools.keys() == {"perceive", "pick", "stop", "state"}
    assert tools["pick"].input_schema["properties"].keys() == SCHEMA_OF_PICK
    assert tools["perceive"].input_schema["properties"].keys() == {
        *SCHEMA_OF_PICK,
        "max_candidates",
    }
    assert all(tool.output_schema and tool.description for tool in tools.values())


def test_looking_moves_nothing_and_picking_tells_what_the_fingers_measured(make_executor):
    executor = make_executor(result=ExecuteGrasp.Result(held=True, executed_index=0))

    async def conversation(client):
        seen = await told(client, "perceive", command="grasp the box")
        assert executor.goals == []
        picked = await told(client, "pick", command="grasp the box", dialogue_id="")
        return seen, picked, await told(client, "state")

    seen, picked, state = talk(conversation)
    assert seen["failure"] is None
    assert (seen["moved"], seen["held"]) == (False, None)
    assert seen["grasps"][0]["opening_m"] == pytest.approx(0.056, abs=0.02)
    assert seen["dialogue_id"]
    assert (picked["moved"], picked["held"], picked["failure"]) == (True, True, None)
    assert (state["takes_commands"], state["has_executor"], state["is_busy"]) == (True, True, False)
    assert state["last"]["held"] is True


def test_what_was_measured_is_believed_not_what_was_planned(make_executor):
    lost = ExecuteGrasp.Result(
        error_code=int(ErrorCode.NOT_HELD),
        error_message="The fingers closed to 0.0 mm and hold nothing; ask again.",
        held=False,
        executed_index=0,
    )
    make_executor(result=lost)
    picked = talk(lambda client: told(client, "pick", command="grasp the box"))
    assert (picked["moved"], picked["held"]) == (True, False)
    assert picked["failure"] == {
        "code": "NOT_HELD",
        "number": 505,
        "message": "The fingers closed to 0.0 mm and hold nothing; ask again.",
    }


def test_stop_comes_through_while_a_pick_is_under_way(make_executor):
    executor = make_executor(duration_s=PATIENCE_S)

    async def conversation(client):
        picking = asyncio.ensure_future(told(client, "pick", command="grasp the box"))
        await asyncio.to_thread(executor.running.wait, PATIENCE_S)
        busy = (await told(client, "state"))["is_busy"]
        stopped = await told(client, "stop")
        return busy, stopped, await picking

    busy, stopped, picked = talk(conversation)
    assert busy
    assert stopped == {"stands": True, "message": "The arm was told to stand still."}
    assert executor.stops >= 1
    assert picked["seconds"] < PATIENCE_S


def test_a_command_that_takes_too_long_is_cancelled_and_said_so(make_executor):
    executor = make_executor(duration_s=PATIENCE_S)
    picked = talk(lambda client: told(client, "pick", command="grasp the box"), "--timeout-s", "3")
    assert picked["failure"]["code"] == "MOTION_TIMEOUT"
    assert "longer than 3 s" in picked["failure"]["message"]
    assert executor.cancelled.wait(PATIENCE_S)


def test_an_agent_that_goes_away_leaves_no_arm_moving(make_executor):
    executor = make_executor(duration_s=PATIENCE_S)

    async def conversation(client):
        picking = asyncio.ensure_future(told(client, "pick", command="grasp the box"))
        await asyncio.to_thread(executor.running.wait, PATIENCE_S)
        picking.cancel()

    talk(conversation)
    assert executor.cancelled.wait(PATIENCE_S)


def test_what_is_no_request_is_an_error_and_what_fails_is_a_result_with_its_code(node):
    too_many = {"command": "grasp the box", "max_candidates": 17}

    async def conversation(client):
        bad = [await client.call_tool("perceive", one) for one in ({}, {"command": ""}, too_many)]
        return bad, await told(client, "perceive", command="how many boxes are there?")

    bad, seen = talk(conversation)
    assert all(reply.is_error for reply in bad)
    assert seen["failure"]["code"] == "COMMAND_NO_GRASP"
    assert seen["grasps"] == []


def test_a_robot_that_is_not_there_is_said_to_be_missing(node):
    async def conversation(client):
        return await told(client, "perceive", command="grasp the box"), await told(client, "state")

    seen, state = talk(conversation, "--namespace", "elsewhere")
    assert seen["failure"]["code"] == "NOT_ACTIVE"
    assert "--namespace" in seen["failure"]["message"]
    assert (state["takes_commands"], state["last"]) == (False, None)

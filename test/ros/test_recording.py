"""The perception node records what it is asked, and picks on where it cannot."""

import pytest
from active_perception import COMMAND, perception_node, refused
from arm_world import eventually
from rclpy.parameter import Parameter
from world import FakeCamera, FakeExecutor, User, reply_of

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.ros.recording.attempt_file import read_attempt

pytestmark = pytest.mark.ros


@pytest.fixture(scope="module")
def node(world):
    return perception_node(world, namespace="left")


@pytest.fixture(scope="module")
def camera(world, node):
    return world.add(FakeCamera(world, namespace="left"))


@pytest.fixture(scope="module")
def user(world, node):
    return world.add(User(world, namespace="left"))


@pytest.fixture
def folder(node, tmp_path):
    node.set_parameters([Parameter("record_dir", value=str(tmp_path))])
    yield tmp_path
    node.set_parameters([Parameter("record_dir", value="")])


def recorded_in(folder, count, node):
    def paths():
        return sorted(folder.glob("left/attempt_*.mcap"))

    def is_written():
        return len(paths()) >= count and paths()[-1] == node.recorder_state.newest

    assert eventually(is_written), "nothing was recorded"
    return [read_attempt(path) for path in paths()]


def test_nothing_is_recorded_unless_asked_for(camera, user, node, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert ErrorCode(user.ask(COMMAND).error_code) is ErrorCode.OK
    assert node.recorder_state.recorded == 0
    assert not any(tmp_path.iterdir())


def test_a_dialogue_is_recorded_as_it_was_answered(camera, user, node, folder):
    first = user.ask(COMMAND, max_candidates=2)
    second = user.ask("a bit to the left", dialogue_id=first.dialogue_id)
    before, after = recorded_in(folder, 2, node)
    assert (before.response, after.response) == (first, second)
    assert after.request.command == "a bit to the left"
    assert before.history == ()
    (turn,) = after.history
    assert turn.command == COMMAND
    assert before.begun_ns < before.frame.stamp_ns < before.ended_ns
    assert before.settings.node == "/left/perception_node"


def test_the_outcome_of_the_arm_is_recorded(world, camera, user, node, folder):
    executor = world.add(FakeExecutor(world, namespace="left"))
    reply = user.ask(COMMAND, execute=True)
    world.remove(executor)
    (attempt,) = recorded_in(folder, 1, node)
    assert reply.held and attempt.response == reply
    assert attempt.response.stages[-1].name == "execution/planning"


def test_a_failure_is_recorded_and_a_refused_command_is_not(camera, user, node, folder):
    camera.change(silent={"colour", "depth", "info"})
    first = user.send(COMMAND)
    assert eventually(lambda: node._commands._flow.is_busy)
    refused(user.ask(COMMAND), ErrorCode.BUSY)
    failed = reply_of(first)
    camera.mend()
    (attempt,) = recorded_in(folder, 1, node)
    assert attempt.frame is None
    assert attempt.response == failed
    assert ErrorCode(failed.error_code) is ErrorCode.FRAME_STALE


def test_a_folder_that_cannot_be_made_costs_no_pick(camera, user, node, tmp_path):
    (tmp_path / "file").touch()
    node.set_parameters([Parameter("record_dir", value=str(tmp_path / "file"))])
    for _ in range(2):
        assert ErrorCode(user.ask(COMMAND).error_code) is ErrorCode.OK
    node.set_parameters([Parameter("record_dir", value="")])
    state = node.recorder_state
    assert state.lost >= 1
    assert "Not a directory" in state.failure.message

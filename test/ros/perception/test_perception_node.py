"""A command to the perception node: what is answered and published, and what is refused."""

import numpy as np
import pytest
from active_perception import COMMAND, refused
from arm_world import eventually
from geometry_msgs.msg import PoseStamped
from listening import listen, wait_until
from rt_grasp_ros.msg import Grasp
from sensor_msgs.msg import Image
from std_msgs.msg import String
from visualization_msgs.msg import Marker, MarkerArray
from world import OPTICAL, reply_of

from rt_grasp_ros.grasp.error_code import ErrorCode

pytestmark = pytest.mark.ros


def test_a_command_ends_in_a_grasp_of_the_box(camera, user):
    reply = user.ask(COMMAND)
    assert ErrorCode(reply.error_code) is ErrorCode.OK, reply.error_message
    (grasp,) = reply.grasps
    assert (grasp.header.frame_id, grasp.command) == (OPTICAL, COMMAND)
    assert abs(grasp.pose.position.x) < 0.004
    assert 0.65 < grasp.pose.position.z < 0.7
    assert 0.04 < grasp.opening_m < 0.07
    assert grasp.approach.z == pytest.approx(1.0, abs=0.01)
    assert "in the middle" in reply.reasoning
    assert [stage.name for stage in reply.stages] == ["frame", "model", "geometry", "show"]
    assert not reply.executed
    assert reply.dialogue_id


def test_the_picture_is_newer_than_the_request(camera, user):
    before_ns = user.get_clock().now().nanoseconds
    (grasp,) = user.ask(COMMAND).grasps
    assert grasp.header.stamp.sec * 10**9 + grasp.header.stamp.nanosec > before_ns


def test_the_find_is_published(camera, user):
    grasps, poses = listen(user, Grasp, "grasp"), listen(user, PoseStamped, "grasp_pose")
    markers = listen(user, MarkerArray, "grasp_markers")
    images = listen(user, Image, "grasp_image")
    reply = user.ask(COMMAND, max_candidates=2)
    stamp = reply.grasps[0].header.stamp
    wait_until(lambda: all(heard for heard in (grasps, poses, markers, images)))
    wait_until(lambda: images[-1].header.stamp == stamp)
    assert grasps[-1] == reply.grasps[0]
    assert poses[-1].pose == reply.grasps[0].pose
    assert [m.type for m in markers[-1].markers].count(Marker.LINE_LIST) == 2
    picture = np.frombuffer(images[-1].data, np.uint8).reshape(240, 320, 3)
    assert (picture[:, :, 0] > 200).any(), "no jaw drawn"


def test_the_reasoning_is_streamed(camera, user):
    heard = listen(user, String, "reasoning", 10)
    said = ["It lies", "It lies in the middle."]

    def is_streamed():  # what is said before the two are connected is not heard
        user.ask(COMMAND)
        return eventually(lambda: [m.data for m in heard[-2:]] == said, 1.0)

    wait_until(is_streamed)


def test_candidates_come_best_first(camera, user):
    scores = [grasp.score for grasp in user.ask(COMMAND, max_candidates=3).grasps]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("command", ["", "   ", "?!", "123"])
def test_an_empty_command_is_refused(user, command):
    refused(user.ask(command), ErrorCode.COMMAND_EMPTY, "such as")


def test_a_command_of_10_kilobytes_is_refused(user):
    refused(user.ask("grasp " * 1700), ErrorCode.COMMAND_TOO_LONG, "10200", "shorter")


@pytest.mark.parametrize("command", ["grasp\x07 it", "grasp \N{REPLACEMENT CHARACTER}\x80"])
def test_a_command_that_is_not_text_is_refused(user, command):
    refused(user.ask(command), ErrorCode.COMMAND_NOT_TEXT, "UTF-8")


@pytest.mark.parametrize("max_candidates", [0, 17])
def test_a_number_of_candidates_out_of_bounds_is_refused(user, max_candidates):
    refused(user.ask(COMMAND, max_candidates=max_candidates), ErrorCode.REQUEST_INVALID, "1 to 16")


def test_a_dialogue_goes_on_under_its_id(camera, user):
    dialogue_id = user.ask(COMMAND).dialogue_id
    reply = user.ask("the other end", dialogue_id=dialogue_id)
    assert reply.dialogue_id == dialogue_id
    assert reply.reasoning == f"It lies in the middle ({COMMAND}; the other end)."


def test_an_unknown_dialogue_is_refused(user):
    refused(user.ask(COMMAND, dialogue_id="nonsense"), ErrorCode.DIALOGUE_UNKNOWN, "nonsense")


def test_an_absent_object_is_reported_with_the_reasoning(camera, user):
    reply = user.ask("grasp the absent spoon")
    refused(reply, ErrorCode.OBJECT_NOT_FOUND, "name an object")
    assert reply.reasoning == "There is no such thing on the table."
    assert not reply.grasps


def test_a_garbled_answer_is_reported(camera, user):
    refused(user.ask("garbled please"), ErrorCode.MODEL_ANSWER_GARBLED, "lorem ipsum")


def test_a_model_that_hangs_is_given_up_and_replaced(camera, user):
    refused(user.ask("grasp the hanger"), ErrorCode.MODEL_TIMEOUT, "again")
    wait_until(lambda: user.ask(COMMAND).error_code == ErrorCode.OK)


def test_a_model_that_crashes_is_reported_and_replaced(camera, user):
    refused(user.ask("crash please"), ErrorCode.MODEL_WORKER_DIED, "exit code 7")
    wait_until(lambda: user.ask(COMMAND).error_code == ErrorCode.OK)


def test_a_second_command_is_told_at_once_that_the_first_is_being_answered(node, camera, user):
    first = user.send("slow please")
    wait_until(lambda: node._commands._flow.is_busy)
    refused(user.ask(COMMAND), ErrorCode.BUSY, "again")
    assert not first.done()
    assert ErrorCode(reply_of(first).error_code) is ErrorCode.OK

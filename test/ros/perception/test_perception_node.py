"""Every way that a command to the perception node ends, each within its deadline."""

import math
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from active_perception import COMMAND, DEADLINES, perception_node, refused
from arm_world import eventually
from geometry_msgs.msg import PoseStamped
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from rt_grasp_ros.action import ExecuteGrasp
from rt_grasp_ros.msg import Grasp, GraspVerdict
from sensor_msgs.msg import Image
from std_msgs.msg import String
from visualization_msgs.msg import Marker, MarkerArray
from world import OPTICAL, FakeCamera, User, reply_of

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.model.worker.worker_messages import EngineSource
from rt_grasp_ros.ros.node.qos import LATCHED
from rt_grasp_ros.ros.perception.perception_node import PerceptionNode

pytestmark = pytest.mark.ros

sys.path.append(str(Path(__file__).parents[2] / "model"))  # the worker imports fake_engines
from chat_stand_in import ChatStandIn, says  # noqa: E402


@pytest.fixture(scope="module")
def node(world):
    return perception_node(world)


@pytest.fixture(scope="module")
def user(world, node):
    return world.add(User(world))


@pytest.fixture(scope="module")
def the_camera(world, node):
    return world.add(FakeCamera(world))


@pytest.fixture
def camera(the_camera):
    yield the_camera
    the_camera.mend()


def listen(user, kind, topic, qos=LATCHED):
    """Return a list that every message on a topic is added to."""
    heard = []
    user.create_subscription(kind, topic, heard.append, qos)
    return heard


def wait_until(condition, timeout_s=30.0):
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, "nothing came"
        time.sleep(0.02)


def texts_of(array):
    return [" ".join(marker.text.split()) for marker in array.markers]  # RViz gets them in lines


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


def zero_depth(colour, depth, info):
    depth.data = bytes(len(depth.data))


def nan_depth(colour, depth, info):
    depth.encoding, depth.step = "32FC1", depth.width * 4
    depth.data = np.full((240, 320), math.nan, np.float32).tobytes()


def other_depth_size(colour, depth, info):
    depth.height //= 2
    depth.data = depth.data[: depth.step * depth.height]


def other_info_size(colour, depth, info):
    info.width, info.height = 640, 480


def zero_k(colour, depth, info):
    info.k = [0.0] * 9


def other_depth_frame(colour, depth, info):
    depth.header.frame_id = "camera_depth_optical_frame"


def other_info_frame(colour, depth, info):
    info.header.frame_id = "camera_infra1_optical_frame"


def odd_colour_encoding(colour, depth, info):
    colour.encoding = "h265"


def odd_depth_encoding(colour, depth, info):
    depth.encoding = "compressedDepth"


def cut_short(colour, depth, info):
    colour.data = colour.data[:100]


def empty_picture(colour, depth, info):
    colour.width = colour.height = 0


@pytest.mark.parametrize(
    "spoil, code, words",
    [
        (zero_depth, ErrorCode.NO_DEPTH, ["depth sensor"]),
        (nan_depth, ErrorCode.NO_DEPTH, ["depth sensor"]),
        (other_depth_size, ErrorCode.SIZE_MISMATCH, ["320x120", "320x240"]),
        (other_info_size, ErrorCode.SIZE_MISMATCH, ["640x480", "320x240"]),
        (zero_k, ErrorCode.INTRINSICS_INVALID, ["calibrate"]),
        (other_info_frame, ErrorCode.INTRINSICS_INVALID, ["camera_infra1_optical_frame"]),
        (other_depth_frame, ErrorCode.DEPTH_NOT_REGISTERED, ["camera_depth", "registration"]),
        (odd_colour_encoding, ErrorCode.ENCODING_UNKNOWN, ["h265", "rgb8"]),
        (odd_depth_encoding, ErrorCode.ENCODING_UNKNOWN, ["compressedDepth", "16UC1"]),
        (cut_short, ErrorCode.SIZE_MISMATCH, ["100 bytes"]),
        (empty_picture, ErrorCode.NO_IMAGE, ["no pixels"]),
    ],
)
def test_a_bad_picture_is_named(camera, user, spoil, code, words):
    camera.change(spoil=spoil)
    refused(user.ask(COMMAND), code, *words)


@pytest.mark.parametrize(
    "age_s, depth_age_s, words",
    [
        (300.0, 0.0, ["colour image is 30", "camera is running"]),
        (0.0, 300.0, ["depth image is 30"]),
        (-300.0, 0.0, ["in the future", "clocks"]),
    ],
)
def test_a_stale_picture_is_refused(camera, user, age_s, depth_age_s, words):
    camera.change(age_s=age_s, depth_age_s=depth_age_s)
    refused(user.ask(COMMAND), ErrorCode.FRAME_STALE, *words)


def test_a_camera_that_stopped_is_stale(camera, user):
    camera.change(silent={"colour", "depth", "info"})
    refused(user.ask(COMMAND), ErrorCode.FRAME_STALE, "old")


def test_a_missing_topic_is_named(world, camera, user):
    node = perception_node(world, namespace="deaf")
    lonely_user = world.add(User(world, namespace="deaf"))
    lonely_camera = world.add(FakeCamera(world, namespace="deaf"))
    silent = {"colour", "depth", "info"}
    lonely_camera.change(silent={*silent})
    for code, topic, came in (
        (ErrorCode.NO_IMAGE, "camera/color/image_raw", "colour"),
        (ErrorCode.NO_DEPTH, "camera/aligned_depth_to_color/image_raw", "depth"),
        (ErrorCode.NO_CAMERA_INFO, "camera/color/camera_info", "info"),
    ):
        refused(lonely_user.ask(COMMAND), code, topic)
        silent.remove(came)
        lonely_camera.change(silent={*silent})
    assert lonely_user.ask(COMMAND).error_code == ErrorCode.OK
    for done in (lonely_user, lonely_camera, node):
        world.remove(done)


def test_an_object_wider_than_the_gripper_is_refused_with_the_candidate(camera, user):
    camera.change(box_width_m=0.15)
    reply = user.ask("grasp the wide box")
    refused(reply, ErrorCode.OPENING_TOO_WIDE, "80 mm", "narrower")
    assert reply.grasps[0].rejected_code == ErrorCode.OPENING_TOO_WIDE
    assert reply.grasps[0].rejected_reason == reply.error_message


def test_the_executor_gets_the_grasps_and_its_outcome_comes_back(camera, user, make_executor):
    executor = make_executor()
    reply = user.ask(COMMAND, max_candidates=2, execute=True)
    assert ErrorCode(reply.error_code) is ErrorCode.OK, reply.error_message
    assert reply.executed and reply.held
    assert [goal.grasps for goal in executor.goals] == [reply.grasps]
    stages = {stage.name: stage.duration_s for stage in reply.stages}
    assert stages["execution/planning"] == 0.2


def test_a_failed_motion_is_reported_as_the_executor_says(camera, user, make_executor):
    make_executor(
        result=ExecuteGrasp.Result(
            error_code=int(ErrorCode.OUT_OF_REACH),
            error_message="It is 20 cm too far away; move it closer.",
            executed_index=-1,
        )
    )
    reply = user.ask(COMMAND, execute=True)
    refused(reply, ErrorCode.OUT_OF_REACH, "20 cm")
    assert not reply.executed and reply.grasps


def test_what_the_arm_rejects_is_grey_and_comes_last_with_its_reason(camera, user, make_executor):
    markers = listen(user, MarkerArray, "grasp_markers")
    reason = "The arm does not reach it; move it nearer."
    far = int(ErrorCode.OUT_OF_REACH)
    make_executor(
        result=ExecuteGrasp.Result(
            held=True,
            executed_index=1,
            verdicts=[
                GraspVerdict(grasp_index=1, is_twin=True),
                GraspVerdict(grasp_index=0, rejected_code=far, rejected_reason=reason),
                GraspVerdict(
                    grasp_index=0, is_twin=True, rejected_code=far, rejected_reason=reason
                ),
                GraspVerdict(
                    grasp_index=1, rejected_code=far, rejected_reason="The wrist is in the way."
                ),
            ],
        )
    )
    reply = user.ask(COMMAND, max_candidates=2, execute=True)
    assert ErrorCode(reply.error_code) is ErrorCode.OK, reply.error_message
    taken, rejected = reply.grasps
    assert taken.rejected_code == ErrorCode.OK
    assert (rejected.rejected_code, rejected.rejected_reason) == (far, reason)
    assert rejected.score > taken.score
    assert [(v.grasp_index, v.is_twin, v.rejected_code) for v in reply.verdicts] == [
        (0, True, 0),
        (1, False, far),
        (1, True, far),
        (0, False, far),
    ]
    wait_until(lambda: any(reason in texts_of(array) for array in markers))


def test_without_an_executor_the_grasp_is_still_found(camera, user):
    reply = user.ask(COMMAND, execute=True)
    refused(reply, ErrorCode.EXECUTOR_UNAVAILABLE, "start the executor_node")
    assert reply.grasps and not reply.executed


def test_an_executor_that_refuses_is_reported(camera, user, make_executor):
    make_executor(accept=False)
    refused(user.ask(COMMAND, execute=True), ErrorCode.EXECUTOR_UNAVAILABLE, "refused")


def test_an_executor_that_takes_too_long_is_stopped(camera, user, make_executor):
    executor = make_executor(duration_s=60.0)
    refused(user.ask(COMMAND, execute=True), ErrorCode.MOTION_TIMEOUT, "3 s")
    assert executor.cancelled.wait(30.0)


def test_deactivating_stops_the_arm(node, camera, user, make_executor):
    node.set_parameters([Parameter("execution_timeout_s", value=60.0)])
    executor = make_executor(duration_s=60.0)
    reply = user.send(COMMAND, execute=True)
    assert executor.running.wait(30.0)
    node.trigger_deactivate()
    refused(reply_of(reply), ErrorCode.CANCELLED, "stands still")
    assert executor.cancelled.wait(30.0)
    refused(user.ask(COMMAND), ErrorCode.NOT_ACTIVE, "activate")
    node.trigger_activate()
    node.set_parameters([Parameter("execution_timeout_s", value=DEADLINES["execution_timeout_s"])])


def test_deactivating_stops_the_model(node, camera, user):
    node.set_parameters([Parameter("model_timeout_s", value=60.0)])
    heard = listen(user, String, "reasoning", 10)
    reply = user.send("grasp the ramble box")
    wait_until(lambda: any("and" in message.data for message in heard))
    node.trigger_deactivate()
    refused(reply_of(reply), ErrorCode.CANCELLED, "cancelled while it was written")
    node.trigger_activate()
    node.set_parameters([Parameter("model_timeout_s", value=DEADLINES["model_timeout_s"])])
    assert user.ask(COMMAND).error_code == ErrorCode.OK


def test_a_command_is_cancelled_while_the_model_writes(node, camera, user):
    node.set_parameters([Parameter("model_timeout_s", value=60.0)])
    heard = listen(user, String, "reasoning", 10)
    reply = user.send("grasp the ramble box")
    wait_until(lambda: any("and" in message.data for message in heard))
    assert user.cancel().success
    refused(reply_of(reply), ErrorCode.CANCELLED, "while it was written")
    node.set_parameters([Parameter("model_timeout_s", value=DEADLINES["model_timeout_s"])])
    assert user.ask(COMMAND).error_code == ErrorCode.OK


def test_a_command_is_cancelled_while_the_arm_moves(node, camera, user, make_executor):
    node.set_parameters([Parameter("execution_timeout_s", value=60.0)])
    executor = make_executor(duration_s=60.0)
    reply = user.send(COMMAND, execute=True)
    assert executor.running.wait(30.0)
    assert user.cancel().success
    refused(reply_of(reply), ErrorCode.CANCELLED, "stands still")
    assert executor.cancelled.wait(30.0)
    node.set_parameters([Parameter("execution_timeout_s", value=DEADLINES["execution_timeout_s"])])


def test_a_command_is_cancelled_while_it_waits_for_a_picture(camera, user):
    camera.change(silent={"colour", "depth", "info"})
    reply = user.send(COMMAND)
    wait_until(lambda: user.cancel().success)
    refused(reply_of(reply), ErrorCode.CANCELLED)


def test_cancelling_nothing_says_so(user):
    reply = user.cancel()
    assert not reply.success
    assert "No command" in reply.message


def test_a_cleaned_up_node_refuses_and_can_be_configured_again(node, camera, user):
    assert node.trigger_deactivate() == TransitionCallbackReturn.SUCCESS
    assert node.trigger_cleanup() == TransitionCallbackReturn.SUCCESS
    refused(user.ask(COMMAND), ErrorCode.NOT_ACTIVE, "configure")
    assert node.trigger_configure() == TransitionCallbackReturn.SUCCESS
    assert node.trigger_activate() == TransitionCallbackReturn.SUCCESS
    assert user.ask(COMMAND).error_code == ErrorCode.OK


def test_a_model_that_does_not_load_leaves_the_node_unconfigured(world):
    node = PerceptionNode(
        engine=EngineSource("fake_engines:no_checkpoint"), context=world.context, namespace="bad"
    )
    world.add(node)
    assert node.trigger_configure() == TransitionCallbackReturn.FAILURE
    assert node._state_machine.current_state[1] == "unconfigured"
    world.remove(node)


def test_a_model_that_is_not_there_is_named(world):
    overrides = [Parameter("model_dir", value="models/none_such")]
    with pytest.raises(FileNotFoundError, match="models/none_such"):
        PerceptionNode(context=world.context, parameter_overrides=overrides, namespace="bad")


def test_a_server_answers_in_place_of_a_model_here(world, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = ChatStandIn(says("It lies there. x 0.500 y 0.375 theta 0.000 w 0.125"))
    overrides = {"model_backend": "openai", "server_url": server.url, "server_retries": 0}
    node = PerceptionNode(
        context=world.context,
        namespace="served",
        parameter_overrides=[Parameter(name, value=value) for name, value in overrides.items()],
    )
    world.add(node)
    served_user = world.add(User(world, namespace="served"))
    served_camera = world.add(FakeCamera(world, namespace="served"))
    assert node.trigger_configure() == TransitionCallbackReturn.SUCCESS
    assert node.trigger_activate() == TransitionCallbackReturn.SUCCESS
    reply = served_user.ask(COMMAND)
    assert ErrorCode(reply.error_code) is ErrorCode.OK, reply.error_message
    assert reply.reasoning == "It lies there."
    server.close()
    refused(served_user.ask(COMMAND), ErrorCode.SERVER_UNAVAILABLE, server.url)
    for done in (served_user, served_camera, node):
        world.remove(done)


def test_a_server_that_is_away_leaves_the_node_unconfigured(world, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = ChatStandIn(says(""))
    server.close()
    overrides = {"model_backend": "openai", "server_url": server.url, "server_retries": 0}
    node = PerceptionNode(
        context=world.context,
        namespace="bad",
        parameter_overrides=[Parameter(name, value=value) for name, value in overrides.items()],
    )
    world.add(node)
    assert node.trigger_configure() == TransitionCallbackReturn.FAILURE
    world.remove(node)

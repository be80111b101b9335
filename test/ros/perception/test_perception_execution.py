"""What the arm is asked to do, and how its outcome reaches who commanded it."""

import pytest
from active_perception import COMMAND, refused
from listening import listen, texts_of, wait_until
from rt_grasp_ros.action import ExecuteGrasp
from rt_grasp_ros.msg import GraspVerdict
from visualization_msgs.msg import MarkerArray

from rt_grasp_ros.grasp.error_code import ErrorCode

pytestmark = pytest.mark.ros


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


def test_where_nothing_is_held_a_new_picture_is_taken_once(camera, user, make_executor):
    lost = ExecuteGrasp.Result(
        error_code=int(ErrorCode.NOT_HELD),
        error_message="The fingers closed to 0.0 mm and hold nothing; ask again.",
        held=False,
        executed_index=0,
    )
    executor = make_executor(result=lost)
    reply = user.ask(COMMAND, execute=True)
    refused(reply, ErrorCode.NOT_HELD, "hold nothing")
    assert reply.executed and not reply.held
    assert reply.reasoning.startswith("The fingers held nothing, so I looked again. ")
    first, second = (goal.grasps[0].header.stamp for goal in executor.goals)
    assert (second.sec, second.nanosec) > (first.sec, first.nanosec)
    assert reply.grasps[0].header.stamp == second


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

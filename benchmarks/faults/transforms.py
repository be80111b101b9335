"""The camera's transform is missing, stops, or jumps, while the arm is to move."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tf2_msgs.msg import TFMessage

from benchmarks.faults.chain import EXECUTOR, FIXED_FRAMES
from benchmarks.faults.relay import drop
from benchmarks.faults.trial import Case, Trial
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.ros.sim.sim_node import OPTICAL_FRAME

_JUMP_M = 0.25
_PERIOD_S = 0.05
_HEARD_S = 1.0
_ARM_RESTS_S = 10.0


def cases() -> list[Case]:
    """Return every way in which TF fails."""
    return [
        Case(
            "transforms",
            "TF of the camera is missing",
            "nobody publishes the camera's transform to a new executor",
            "before planning",
            _leave_out,
        ),
        Case(
            "transforms",
            "TF of the camera stops",
            "the camera's transform comes 20 times a second, and then no more",
            "before planning",
            _stop,
        ),
        Case(
            "transforms",
            "TF of the camera jumps",
            f"from one moment to the next the camera's transform is {_JUMP_M:g} m off sideways",
            "before planning",
            _jump,
        ),
    ]


def _leave_out(trial: Trial) -> None:
    with _without_transform(trial):
        trial.fault()
        trial.require_code(trial.ask(execute=True), ErrorCode.TRANSFORM_UNAVAILABLE)
        trial.require_arm_still()
    trial.recover(execute=True)


def _stop(trial: Trial) -> None:
    with _without_transform(trial) as frames:
        stopped = threading.Event()

        def publish() -> None:
            while not stopped.wait(_PERIOD_S):
                trial.chain.publish_frames(frames)

        publisher = threading.Thread(target=publish, daemon=True)
        publisher.start()
        time.sleep(_HEARD_S)
        attempt = trial.ask(execute=True)
        trial.require(
            attempt.code is not ErrorCode.TRANSFORM_UNAVAILABLE, "a moving transform was not used"
        )
        stopped.set()
        publisher.join()
        trial.chain.put_back()
        time.sleep(_HEARD_S)
        trial.fault()
        trial.require_code(trial.ask(execute=True), ErrorCode.TRANSFORM_UNAVAILABLE)
        trial.require_arm_still()
    trial.recover(execute=True)


def _jump(trial: Trial) -> None:
    relay = trial.chain.relays[FIXED_FRAMES]
    right = trial.chain.user.frames
    wrong = copy.deepcopy(right)
    for transform in wrong.transforms:
        if transform.child_frame_id == OPTICAL_FRAME:
            transform.transform.translation.y += _JUMP_M
    relay.publish(wrong)
    time.sleep(_HEARD_S)
    trial.fault()
    attempt = trial.ask(execute=True)
    trial.say(str(attempt))
    trial.require(
        attempt.code not in (ErrorCode.OK, ErrorCode.INTERNAL, None),
        "what is somewhere else can't have been grasped",
    )
    trial.wait_until_arm_stands(_ARM_RESTS_S)
    trial.require_arm_still()
    trial.chain.put_back()  # the hand may have pushed the object where none can grasp it
    relay.publish(right)
    time.sleep(_HEARD_S)
    trial.recover(execute=True)


@contextmanager
def _without_transform(trial: Trial) -> Iterator[TFMessage]:
    """Let a new executor know nothing of the camera's place; yields the message it is not told."""
    relay = trial.chain.relays[FIXED_FRAMES]
    relay.spoil(drop)
    relay.publish(TFMessage())  # in place of what a late listener would get
    trial.chain.replace(EXECUTOR)
    frames = trial.chain.user.frames
    yield frames
    relay.mend()
    relay.publish(frames)

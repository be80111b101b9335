"""Each process is killed at each stage and started anew, as a supervisor does."""

from __future__ import annotations

import os
import signal
import time
from functools import partial

from benchmarks.faults.chain import CELL, EXECUTOR, PERCEPTION
from benchmarks.faults.pids import is_running
from benchmarks.faults.trial import Case, Trial
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.pipeline.command_stage import CommandStage

WORKER = "model worker"
_VICTIMS = {"perception": PERCEPTION, "executor": EXECUTOR, "cell": CELL, WORKER: WORKER}
_STAGES: dict[str, tuple[CommandStage | None, float]] = {
    "answering": (None, 0.0),
    "planning": (CommandStage.PLANNING, 0.02),
    "approaching": (CommandStage.APPROACH, 0.3),
    "lifting": (CommandStage.LIFTING, 0.4),
}
"""By name: the stage, None while the model writes, and how long it has run when the kill comes."""

_CANDIDATES = 4
_ARM_STOPS_S = 0.5
_PICK_ENDS_S = 60.0
_PICK_PAUSES_S = 3.0
"""Longer than the arm stands within a pick, while it plans or the fingers move."""

_ENDS = {
    PERCEPTION: {ErrorCode.NOT_ACTIVE},
    EXECUTOR: {ErrorCode.EXECUTOR_UNAVAILABLE, ErrorCode.CANCELLED},
    CELL: {
        ErrorCode.JOINT_STATES_STALE,
        ErrorCode.CONTROLLER_FAILED,
        ErrorCode.FRAME_STALE,
        ErrorCode.NOT_HELD,
        ErrorCode.NO_PLAN,
        ErrorCode.MOTION_TIMEOUT,
        ErrorCode.OK,
    },
    WORKER: {ErrorCode.MODEL_WORKER_DIED, ErrorCode.OK},
}
"""By victim: how the command under way may end.

OK: it was back before it was needed. CANCELLED: a new executor carries out nothing that was seen
before it was there.
"""


def cases() -> list[Case]:
    """Return every process at every stage."""
    return [
        Case(
            family="processes",
            name=f"{name} killed while {stage}",
            fault=f"SIGKILL to the {name}, then started anew at once",
            stage=stage,
            run=partial(_kill, victim=victim, stage=stage),
        )
        for name, victim in _VICTIMS.items()
        for stage in _STAGES
    ]


def _kill(trial: Trial, victim: str, stage: str) -> None:
    chain = trial.chain
    begins, delay_s = _STAGES[stage]
    attempt = trial.start(execute=True, max_candidates=_CANDIDATES)
    trial.wait_for_stage(begins)
    time.sleep(delay_s)
    worker = chain.worker_pid()
    trial.fault()
    killed_s = time.monotonic()
    if victim != WORKER:
        chain.kill(victim)
        chain.restart(victim)
    elif worker is not None:
        os.kill(worker, signal.SIGKILL)
    trial.require(worker is not None, "there was no model worker")
    if victim == EXECUTOR:
        trial.require_arm_still(killed_s + _ARM_STOPS_S)
    trial.end(attempt)
    trial.require_code(attempt, *_ENDS[victim])
    if victim != WORKER:
        chain.wait_until_ready(victim)
    if victim == PERCEPTION:
        trial.require(worker is None or not is_running(worker), "the model worker was left behind")
    # A pick whose asker is gone is ended by the executor itself.
    trial.wait_until_arm_stands(_PICK_ENDS_S, _PICK_PAUSES_S)
    trial.require_arm_still()
    trial.recover(execute=victim in (EXECUTOR, CELL))
    if victim == WORKER:
        trial.require(chain.worker_pid() != worker, "the model worker was not replaced")

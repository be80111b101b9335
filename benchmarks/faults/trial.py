"""One row in the making: what is done to the chain, what is asked of it, and what it says."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rt_grasp_ros.action import GraspByCommand

from benchmarks.faults.chain import Chain
from benchmarks.faults.row import Row
from benchmarks.faults.user import COMMAND, COMMAND_TIMEOUT_S, NodeEnded
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import RtGraspError
from rt_grasp_ros.pipeline.command_stage import CommandStage
from rt_grasp_ros.ros.sim.cell_client import CellClient

_OVERDUE_S = 5.0  # a command may end this much after its deadline
_RECOVERY_TIMEOUT_S = 90.0
_RETRY_S = 0.2
_WATCHED_S = 1.0  # at least
_STAGE_TIMEOUT_S = 60.0
_STANDS_S = 0.3


@dataclass(frozen=True, slots=True)
class Case:
    """One fault that the harness can bring about.

    Attributes:
        family: the kind of fault.
        name: unique.
        fault: what is done, in words.
        stage: what the system does then, in words.
        run: does it; gets the trial.
        deadline_s: after this the row counts as hung.
    """

    family: str
    name: str
    fault: str
    stage: str
    run: Callable[[Trial], None]
    deadline_s: float = 300.0


@dataclass(slots=True)
class Attempt:
    """A command on its way; `thread` waits for its end.

    Attributes:
        reply: what the perception node said, None where it said nothing.
        error: why there is no reply.
        ended_s: when that was known, by `time.monotonic`.
    """

    command: str
    thread: threading.Thread = field(init=False)
    reply: GraspByCommand.Result | None = None
    error: RtGraspError | None = None
    ended_s: float | None = None

    @property
    def is_lost(self) -> bool:
        """Whether it had no reply, though the node that was asked did not end."""
        return self.reply is None and not isinstance(self.error, NodeEnded)

    @property
    def code(self) -> ErrorCode | None:
        """How it ended."""
        if self.reply is not None:
            return ErrorCode(self.reply.error_code)
        return self.error.code if self.error is not None else None

    def __str__(self) -> str:
        """Say how it ended, in a few words."""
        if self.reply is None:
            return f"no reply ({self.error})" if self.error is not None else "lost"
        if self.code is ErrorCode.OK:
            return "held" if self.reply.held else "answered"
        return str(self.code.name) if self.code is not None else "lost"


class Trial:
    """Carries out one case on a chain that is well; the case calls these in order."""

    def __init__(self, chain: Chain) -> None:
        """Take over a chain."""
        self.chain = chain
        self.attempts: list[Attempt] = []
        self.happened: list[str] = []
        self.problems: list[str] = []
        self.arm_moved_rad = 0.0
        self._fault_s: float | None = None
        self._right_s: float | None = None
        self._still_since_s: float | None = None
        self._start_s = time.monotonic()

    def start(
        self,
        *,
        execute: bool,
        max_candidates: int = 1,
        command: str = COMMAND,
        client: CellClient | None = None,
    ) -> Attempt:
        """Send a command without waiting for its reply; by the chain's user, or another client."""
        if client is None:
            self.chain.user.forget()
        send = (client or self.chain.user).send
        attempt = Attempt(command)
        self.attempts.append(attempt)

        def ask() -> None:
            try:
                attempt.reply = send(command, max_candidates, COMMAND_TIMEOUT_S, execute=execute)
            except RtGraspError as error:
                attempt.error = error
            attempt.ended_s = time.monotonic()

        attempt.thread = threading.Thread(target=ask, daemon=True)
        attempt.thread.start()
        return attempt

    def end(self, attempt: Attempt) -> Attempt:
        """Wait until an attempt has ended; it is lost where it does not."""
        attempt.thread.join(COMMAND_TIMEOUT_S + _OVERDUE_S)
        return attempt

    def ask(self, *, execute: bool = False, command: str = COMMAND) -> Attempt:
        """Send a command and wait until it has ended."""
        return self.end(self.start(execute=execute, command=command))

    def wait_for_stage(self, stage: CommandStage | None) -> None:
        """Wait until the pick is at a stage, or, for None, until the model writes."""
        if not self.chain.user.wait_for_stage(stage, _STAGE_TIMEOUT_S):
            self.require(False, f"the stage {stage.name if stage else 'answering'} did not come")

    def fault(self) -> None:
        """Note that the fault is there from now on."""
        self._fault_s = time.monotonic()

    def say(self, what: str) -> None:
        """Note what was seen."""
        self.happened.append(what)

    def require(self, is_so: bool, otherwise: str) -> None:
        """Note a problem where something is not so."""
        if not is_so:
            self.problems.append(otherwise)

    def require_code(self, attempt: Attempt, *expected: ErrorCode) -> None:
        """Say how an attempt ended, and require that it is one of these ends."""
        self.say(str(attempt))
        names = " or ".join(code.name for code in expected)
        self.require(attempt.code in expected, f"{attempt} instead of {names}")

    def require_arm_still(self, since_s: float | None = None) -> None:
        """From now on nobody asks the arm to move, until `recover`, which says how far it went.

        Args:
            since_s: from when on it has to stand, by `time.monotonic`; now, where left out.
        """
        if self._still_since_s is None:
            self._still_since_s = since_s or time.monotonic()

    def wait_until_arm_stands(self, timeout_s: float, still_s: float = _STANDS_S) -> None:
        """Let a motion under way come to its end: the arm stands for so many seconds."""
        stands = self.chain.joints.wait_until_still(still_s, timeout_s)
        self.require(stands, f"the arm still moved after {timeout_s:.0f} s")

    def recover(self, *, execute: bool = False) -> None:
        """Ask until the answer is right, and note how long after the fault that is.

        Where the arm is not at home or the object was moved, things are put back first.
        """
        self._measure_arm()
        was_held = any(
            attempt.reply is not None and attempt.reply.held for attempt in self.attempts
        )
        if was_held or not self.chain.is_at_home():
            self.chain.put_back()
        deadline_s = time.monotonic() + _RECOVERY_TIMEOUT_S
        while time.monotonic() < deadline_s:
            attempt = self.ask(execute=execute)
            if attempt.reply is not None and self.chain.user.is_right(attempt.reply):
                self._right_s = time.monotonic()
                return
            if execute and not self.chain.is_at_home():
                self.chain.put_back()
            time.sleep(_RETRY_S)
        self.say(f"at last {self.attempts[-1]}")

    def _measure_arm(self) -> None:
        since_s = self._still_since_s
        if since_s is None:
            return
        time.sleep(max(0.0, since_s + _WATCHED_S - time.monotonic()))
        self.arm_moved_rad = self.chain.joints.way_rad(since_s, time.monotonic())

    def row(self, case: Case, *, hung: bool) -> Row:
        """Return what came of it."""
        after_s = None
        if self._right_s is not None:
            after_s = self._right_s - (self._fault_s or self._start_s)
        return Row(
            family=case.family,
            name=case.name,
            fault=case.fault,
            stage=case.stage,
            happened="; ".join(self.happened) or "nothing",
            time_to_correct_answer_s=after_s,
            hung=hung,
            arm_moved_rad=self.arm_moved_rad,
            attempts=len(self.attempts),
            attempts_lost=sum(attempt.is_lost for attempt in self.attempts),
            problems=tuple(self.problems),
            duration_s=time.monotonic() - self._start_s,
        )

"""The time that a robot's motions are measured in: the machine's, or a simulation's by `/clock`.

A real robot moves by the machine's clock. A simulated one moves by its own, which a busy machine
slows down; what is measured by that has the same answers on every machine, only later.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from rclpy.callback_groups import CallbackGroup
from rclpy.clock import Clock, JumpThreshold, ROSClock, TimeJump
from rclpy.clock_type import ClockType
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.timer import Timer

LONGEST_STEP_S = 0.25
"""A message of `/clock` counts no more: what was not heard may not make joint states old."""

STANDSTILL_S = 10.0
"""For so long of the machine's time `/clock` may stand still before time passes without it."""

EVERY_CHANGE = JumpThreshold(
    min_forward=Duration(nanoseconds=1), min_backward=Duration(nanoseconds=-1), on_clock_change=True
)


class HeardTime:
    """Time that passes as a clock is heard to go on; safe to share between threads.

    Between two messages it goes on as it went between the two before, by one such step at most: of
    a clock that is told 50 times a second an arm at 1 rad/s would else be 20 mrad behind. It never
    goes back. A clock that jumps ahead, because the listener was starved or another
    simulation took over, moves it by `LONGEST_STEP_S`. Once the clock has stood still for
    `STANDSTILL_S` of the machine's time, that passes in its place: every wait ends.
    """

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        """Start at zero.

        Args:
            steady_s: the machine's clock, seconds, which never jumps.
        """
        self._steady_s = steady_s
        self._lock = threading.Lock()
        self._passed_s = self._told_s = 0.0
        self._heard_s = steady_s()
        self._step_s = self._rate = 0.0

    def advance(self, change_s: float) -> None:
        """Hear that the clock has changed by so many seconds."""
        with self._lock:
            steady_s = self._steady_s()
            step_s = min(max(change_s, 0.0), LONGEST_STEP_S)
            waited_s = steady_s - self._heard_s
            goes_on = self._step_s > 0.0 and 0.0 < waited_s < STANDSTILL_S
            self._rate = step_s / waited_s if goes_on else 0.0
            self._step_s = step_s if step_s == change_s else 0.0  # no step is known after a jump
            self._passed_s = self._at(steady_s) + step_s
            self._heard_s = steady_s

    def now_s(self) -> float:
        """Return the seconds that have passed."""
        with self._lock:
            steady_s = self._steady_s()
            further_s = min(self._rate * (steady_s - self._heard_s), self._step_s)
            self._told_s = max(self._told_s, self._at(steady_s) + further_s)
            return self._told_s

    def _at(self, steady_s: float) -> float:
        return self._passed_s + max(0.0, steady_s - self._heard_s - STANDSTILL_S)


class RobotClock:
    """Measures durations by a node's clock: `/clock` with `use_sim_time`, else the machine's.

    Whether the node uses `/clock` is settled when this is made.
    """

    def __init__(self, node: Node) -> None:
        """Follow a node's clock.

        Args:
            node: a thread spins it, or the node that hears `/clock` for it.
        """
        self._now_s: Callable[[], float] = time.monotonic
        if simulated_clock(node) is not None:
            heard = HeardTime()
            self._now_s = heard.now_s

            def hear(jump: TimeJump) -> None:
                heard.advance(jump.delta.nanoseconds / 1e9)

            self._handle = node.get_clock().create_jump_callback(EVERY_CHANGE, post_callback=hear)

    def now_s(self) -> float:
        """Return seconds since some moment; they never go back and never end."""
        return self._now_s()


def simulated_clock(node: Node) -> ROSClock | None:
    """Return a node's clock where it takes the time from `/clock`, else None."""
    clock = node.get_clock()
    return clock if isinstance(clock, ROSClock) and clock.ros_time_is_active else None


def steady_timer(
    node: Node, period_s: float, callback: Callable[[], None], group: CallbackGroup | None = None
) -> Timer:
    """Return a timer by the machine's clock: a simulation that stands still does not stop it."""
    steady = Clock(clock_type=ClockType.STEADY_TIME)
    return node.create_timer(period_s, callback, callback_group=group, clock=steady)

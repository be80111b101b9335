"""The second look (`verify`) and our own time, beside a model that points.

An oracle that knows the cell's scenes answers over a real socket. Prints, of scenes without motion:
how many choices the second look stops where the pointer is right, where it points
at the neighbour and where it invents a thing, and how long the chain takes beside the server, by
the clock and of the processor's time, which a busy machine does not lengthen as much.

    python -m benchmarks.pointing --scenes 24 --seed 1
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

from rich.progress import track

from rt_grasp_ros.evaluate.commands import Phrasing
from rt_grasp_ros.evaluate.oracle_truths import truth_of_cell
from rt_grasp_ros.evaluate.scenes import SceneKind
from rt_grasp_ros.evaluate.suite import sim_picks
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.model.engine import EngineSettings
from rt_grasp_ros.model.load_engine import load_engine
from rt_grasp_ros.model.server_settings import ServerSettings
from rt_grasp_ros.rollout.simulated_pick import SimulatedPicker
from rt_grasp_ros.serve.chat_service import ChatService
from rt_grasp_ros.serve.mistakes import Mistake
from rt_grasp_ros.serve.oracle import Oracle

FAMILY = "molmo2"
ABSENT = "grasp the umbrella"


class Clocked:
    """Calls a function and keeps how long that took."""

    def __init__(self, call: Callable[..., Any]) -> None:
        """Take the function."""
        self._call, self.spent_s, self.processor_s = call, 0.0, 0.0

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it."""
        start_s, start_processor_s = time.perf_counter(), time.thread_time()
        try:
            return self._call(*arguments, **named)
        finally:
            self.spent_s += time.perf_counter() - start_s
            self.processor_s += time.thread_time() - start_processor_s


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--scenes", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    picker, truths, seen = SimulatedPicker(), [], []
    for trial in sim_picks(arguments.seed, arguments.scenes, SceneKind(3, 6), Phrasing.PLAIN):
        with trial.drawn() as (cell, command):
            truths.append(truth_of_cell(cell, command))
            seen.append((cell.observe(), command.text))
    for mistake, verify in (
        ("exact", False),
        ("exact", True),
        ("neighbour", True),
        ("invents", True),
    ):
        oracle = Clocked(Oracle(FAMILY, truths, Mistake.parse(mistake)).reply)
        codes, own_s, processor_s = [], [], []
        with ChatService("oracle", oracle) as service:
            server = ServerSettings(url=service.url)
            engine = load_engine(
                ".", settings=EngineSettings(family=FAMILY, server=server, verify=verify)
            )
            for observation, command in track(seen, f"{mistake}, verify {verify}"):
                oracle.spent_s = oracle.processor_s = 0.0
                start_s, start_processor_s = time.perf_counter(), time.process_time()
                outcome = picker.find(
                    observation, ABSENT if mistake == "invents" else command, engine
                )
                own_s.append(time.perf_counter() - start_s - oracle.spent_s)
                processor_s.append(time.process_time() - start_processor_s - oracle.processor_s)
                codes.append(outcome.error_code)
        stopped = sum(code is ErrorCode.CHOICE_DOUBTED for code in codes)
        spread = statistics.quantiles(own_s, n=10)
        print(
            f"{mistake}, verify {verify}: {stopped} of {len(codes)} stopped by it; our own time "
            f"{statistics.median(own_s):.3f} s ({spread[0]:.3f} to {spread[-1]:.3f}), processor "
            f"{statistics.median(processor_s):.3f} s"
        )


if __name__ == "__main__":
    main()

"""How long a pick computes between two looks for a stop, at each stage.

Robot and planner run in one process on simulated time. The time counted is that of the thread on
the processor, without the simulation's: a busy machine does not change it. To it comes, on a
real system, what the messages take (`benchmarks.stop_latency` measures all of it).

    python -m benchmarks.stop_checks --picks 5 --json -
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from rt_grasp_ros.bench.machine import describe_machine
from rt_grasp_ros.motion.cloud import RobotFilter, cloud_from_depth
from rt_grasp_ros.motion.collision import RobotShape
from rt_grasp_ros.motion.embedded import EmbeddedBackend
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.pick_outcome import Stage
from rt_grasp_ros.motion.pick_plan import PickCandidate
from rt_grasp_ros.motion.robot import load_robot
from rt_grasp_ros.motion.sequence import PickSequence
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.robot_io import CellRobotIo
from rt_grasp_ros.sim.scene import random_scene

ROBOT = load_robot(share_path("config/robots/panda.yaml"))
GRIPPER = load_gripper(share_path("config/grippers/panda_hand.yaml"))


class Gaps:
    """The longest time between two looks, by stage."""

    def __init__(self) -> None:
        self.longest_s: dict[str, float] = defaultdict(float)
        self._stage = ""
        self._last_s = time.thread_time()
        self.excluded_s = 0.0

    def begin(self, stage: Stage, _: int) -> None:
        """Count for another stage; what lies before belongs to the one before."""
        self.look()
        self._stage = stage.name.lower()

    def look(self) -> bool:
        """Note how long ago the last look was; nothing is stopped."""
        now_s = time.thread_time() - self.excluded_s
        self.longest_s[self._stage] = max(self.longest_s[self._stage], now_s - self._last_s)
        self._last_s = now_s
        return False


class UncountedIo(CellRobotIo):
    """Steps the simulation off the clock."""

    gaps: Gaps

    def sleep(self, duration_s: float) -> None:
        """Step the simulation; a controller of flesh and bone costs us nothing."""
        start_s = time.thread_time()
        super().sleep(duration_s)
        self.gaps.excluded_s += time.thread_time() - start_s


def longest_gaps_s(seed: int) -> dict[str, float]:
    """Pick the first object of a scene, and return the longest gap of each stage."""
    with Cell(random_scene(seed)) as cell:
        io = UncountedIo(cell)
        gaps = io.gaps = Gaps()
        backend = EmbeddedBackend(ROBOT, GRIPPER, io)
        seen = cell.observe()
        label = next(label for label in cell.labels() if label.is_default)
        robot_filter = RobotFilter(RobotShape(ROBOT), GRIPPER)
        gaps.begin(Stage.CHECKING, 0)
        gaps.longest_s.clear()
        cloud_m = cloud_from_depth(seen.depth_m, seen.intrinsics, seen.T_base_camera)
        cloud_m = robot_filter.without_robot(cloud_m, backend.arm_positions(), backend.opening_m())
        gaps.look()
        gaps.longest_s["reading the picture"] = gaps.longest_s.pop("checking")
        sequence = PickSequence(
            backend,
            GRIPPER,
            on_progress=gaps.begin,
            is_cancelled=gaps.look,
            clock=time.process_time,
        )
        sequence.run([PickCandidate(label.T_world_grasp, label.opening_m)], cloud_m)
        return {stage: gap_s for stage, gap_s in gaps.longest_s.items() if stage != "done"}


def main() -> None:
    """Measure, print the table, and write the numbers where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--picks", type=int, default=5, help="scenes to pick in (default 5)")
    parser.add_argument("--json", metavar="FILE", help="write all numbers there; - for stdout")
    arguments = parser.parse_args()
    taken: dict[str, list[float]] = defaultdict(list)
    for seed in range(arguments.picks):
        for stage, gap_s in longest_gaps_s(seed).items():
            taken[stage].append(gap_s)
        print(f"pick {seed + 1} of {arguments.picks}", file=sys.stderr, flush=True)
    report = {"machine": describe_machine(), "longest_gaps_s": taken}
    if arguments.json == "-":
        print(json.dumps(report, indent=2))
        return
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(report, indent=2), encoding="utf-8")
    print("| stage | median, ms | longest, ms | picks |\n|---|---:|---:|---:|")
    for stage, gaps_s in taken.items():
        gaps_ms = np.array(gaps_s) * 1000
        print(f"| {stage} | {np.median(gaps_ms):.0f} | {gaps_ms.max():.0f} | {len(gaps_ms)} |")


if __name__ == "__main__":
    main()

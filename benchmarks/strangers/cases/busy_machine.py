"""A machine that has more to do than it can: the demo ends as on an idle one, only later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.strangers.case import Case, CaseFailed
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.node.processes import CELLS_CLOCK, CELLS_EXECUTOR, NodeProcesses
from rt_grasp_ros.with_parent import start_with_parent

_LOOPS_PER_CPU = 6
_DEMO_TIMEOUT_S = 900.0
_READY_TIMEOUT_S = 300.0
_MODEL = Path(__file__).parents[3] / "models" / "rt-grasp-tiny"


def cases() -> list[Case]:
    """Return the demo beside busy loops, and a cell that is five times slower."""
    return [
        Case(
            "busy machine",
            f"the first demo, beside {_LOOPS_PER_CPU} busy loops a processor",
            "a newcomer's first demo, load 12 on two cores: JOINT_STATES_STALE",
            "lifted",
            _demo_beside_busy_loops,
            is_quick=False,
        ),
        Case(
            "busy machine",
            "a cell five times slower than its nodes",
            "review",
            "lifted, with the deadlines that are shipped",
            _slow_cell,
            is_quick=False,
        ),
    ]


def _demo_beside_busy_loops() -> str:
    with tempfile.TemporaryDirectory() as out, _busy_loops():
        demo = ["-m", "rt_grasp_ros.cli", "demo", "--command", "grasp the banana", "--seed", "0"]
        ended = subprocess.run(
            [sys.executable, *demo, "--model", str(_MODEL), "--out", out],
            capture_output=True,
            text=True,
            timeout=_DEMO_TIMEOUT_S,
            check=False,
        )
        path = Path(out, "result.json")
        if not path.exists():
            raise CaseFailed(ended.stderr.strip()[-300:] or ended.stdout.strip()[-300:])
        result = json.loads(path.read_text(encoding="utf-8"))
    if not result["lifted"]:
        raise CaseFailed(f"{result['error_code']}: {result['error_message']}")
    return "lifted"


def _slow_cell() -> str:
    from rt_grasp_ros.ros.sim.cell_client import CellClient

    with (
        tempfile.TemporaryDirectory() as logs,
        NodeProcesses(Path(logs)) as nodes,
        CellClient(nodes.require_alive, lambda text: None, lambda stage: None) as client,
    ):
        scene = {"seed": 4, "object_names": "banana,mug", "real_time_factor": 0.2}
        perception = {"model_dir": str(_MODEL), **CELLS_CLOCK}
        nodes.start("sim_node", scene, share_path("config/sim.yaml"))
        nodes.start("executor_node", CELLS_EXECUTOR, share_path("config/executor_cell.yaml"))
        nodes.start("perception_node", perception, share_path("config/perception.yaml"))
        client.wait_for_cell_and_executor(_READY_TIMEOUT_S)
        client.activate_perception(_READY_TIMEOUT_S)
        reply = client.send("grasp the banana", 4, _READY_TIMEOUT_S)
        lifted = client.judgement(_READY_TIMEOUT_S)["lifted_object"]
    if lifted != "banana":
        raise CaseFailed(f"{reply.error_code}: {reply.error_message}; lifted: {lifted}")
    return "lifted"


@contextmanager
def _busy_loops() -> Iterator[None]:
    count = _LOOPS_PER_CPU * (os.cpu_count() or 1)
    loops = [start_with_parent(["-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
